#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/detection.h"
#include "base/frame_view.h"
#include "base/result.h"
#include "inference/networks.h"
#include "reading/plate_summary.h"
#include "reading/track_evidence.h"

namespace dashcam {

// One thing found in a picture: a vehicle, its plate, or both.
struct PictureFind {
    std::optional<Detection> vehicle;     // without: a plate on its own, as in a close-up
    std::optional<PlateDetection> plate;  // without: a vehicle on which none was found
    TrackEvidence evidence;               // the looks at the plate
    PlateSummary summary;                 // what they say together
};

// Reads the plates of single pictures with the networks and the code that the pipeline uses for a
// track's frames. A picture gives each plate one frame only, so it is looked at several times, in
// crops of other sizes, and the readings are fused as a track's are. Same picture, same finds. Not
// thread-safe.
class PictureReader {
  public:
    // Plates that the network is less sure of than its side file's score_threshold are looked at
    // too, from this score on; they count if they can be read.
    static constexpr float kWeakPlate = 0.25f;

    // `networks`: with a plate detector that gives plates from kWeakPlate on; `sure_plate`: its
    // side file's score_threshold.
    PictureReader(Networks networks, float sure_plate)
        : networks_(std::move(networks)), sure_plate_(sure_plate) {}

    // Plates are looked for on vehicles, in the whole picture and, if there is none so far, in
    // parts of it. Finds with a text come first, confirmed before probable before partial ones, the
    // largest plate first; then plates that were not read; then vehicles without a plate, the
    // largest first. Weak vehicle detections are reported with a plate only; a plate without a text
    // only if every closer look is sure of it.
    Result<std::vector<PictureFind>> read(const FrameView& picture);

  private:
    // Detections of one plate, in crops of several sizes; the best is the first.
    using PlateLooks = std::vector<PlateDetection>;

    Result<std::vector<PlateLooks>> find_plates(const FrameView& picture,
                                                const Detections& vehicles);
    Result<void> search(const FrameView& picture, const Box& part, std::vector<PlateLooks>& plates);
    Result<void> search_wide(const FrameView& picture, const Box& part,
                             std::vector<PlateLooks>& plates);
    Result<void> search_parts(const FrameView& picture, const Box& whole,
                              std::vector<PlateLooks>& plates);
    // Adds a look in a crop of each closer size; whether all of them are sure of a plate.
    Result<bool> look_closer(const FrameView& picture, PlateLooks& looks);
    Result<PictureFind> read_plate_of(const FrameView& picture, const PlateLooks& looks);
    bool found_one(const std::vector<PlateLooks>& plates, const Box& part) const;

    Networks networks_;
    float sure_plate_;
};

}  // namespace dashcam
