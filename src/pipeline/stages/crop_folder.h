#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/frame_view.h"
#include "base/geometry.h"
#include "base/result.h"
#include "inference/preprocess.h"

namespace dashcam {

enum class CropKind { kVehicle, kPlate };

// The best-shot pictures of one run: JPEG files at OUT/crops/VIDEO/TRACK-FRAME-{vehicle,plate}.jpg.
// Names follow from the rows' keys alone, and a file appears whole or not at all, so writing is as
// repeatable as the tasks are. Used by one worker; several workers may write into the same folder.
class CropFolder {
  public:
    // `output`: the run's output folder; `crops` is made in it when the first picture is written.
    explicit CropFolder(std::string output) : output_(std::move(output)) {}

    // Path relative to the output folder.
    static std::string relative_path(std::string_view video, std::uint32_t track,
                                     std::uint32_t frame, CropKind kind);

    // Writes the part of the frame inside `box`, grown a little, as a JPEG. A file that is there
    // already is kept: its content is the same. Errors: the folder is not writable, or the disk is
    // full.
    Result<void> write(std::string_view video, std::uint32_t track, std::uint32_t frame,
                       CropKind kind, const FrameView& view, const Box& box);

    // Deletes the pictures of one track, except those named.
    void keep_only(std::string_view video, std::uint32_t track,
                   const std::vector<std::string>& relative_paths);
    // Deletes all files of a video's folder that are not named, temporary ones of killed workers
    // too, and the folder if nothing is left.
    void keep_only(std::string_view video, const std::vector<std::string>& relative_paths);

    // True if that picture is there.
    bool exists(const std::string& relative_path) const;

  private:
    std::string output_;
    Preprocessor preprocessor_;
    std::vector<std::uint8_t> bgr_;
};

}  // namespace dashcam
