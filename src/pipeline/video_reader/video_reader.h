#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "pipeline/control_region/control_region.h"
#include "pipeline/frame_store/frame_store.h"
#include "pipeline/stages/messages.h"
#include "pipeline/task_queue/task_queue.h"
#include "pipeline/video_reader/frame_choice.h"
#include "video/decoder.h"

namespace dashcam {

// How reading one video ended.
enum class ReadOutcome {
    kAdmitted,  // to its end, damaged or not: the pipeline finishes the video by itself
    kStopped,   // `stop` was raised: the video stays unfinished
    kTooLarge,  // its frames do not fit the frame slots of this session: nothing was admitted
};

struct ReadReport {
    ReadOutcome outcome = ReadOutcome::kAdmitted;
    VideoEnd end;
    std::size_t frame_bytes = 0;  // of one frame; kTooLarge
};

struct VideoToRead {
    std::string path;
    std::string id;  // content hash
    std::string settings;
    std::int64_t bytes = 0;
    std::int64_t modified_us = 0;
};

// Reads one video: opens its stream, admits the video's begin, one VEHICLE_DETECT for each frame
// that is to be analysed, and its end. Pauses while back-pressure holds, slows down above the soft
// limit, resumes by itself. A video that cannot be opened is admitted as a failed one, so that its
// row says why. Runs in a thread of main; `queue` belongs to that thread.
class VideoReader {
  public:
    VideoReader(const ControlRegion& control, const FrameStore& frames, VideoOpener opener,
                const DecoderOptions& options, const FrameChoice::Rates& rates)
        : control_(control),
          frames_(frames),
          queue_(control, 0),
          opener_(std::move(opener)),
          options_(options),
          rates_(rates) {}

    ReadReport read(const VideoToRead& video);

  private:
    bool stopping() const { return control_.header().stop.load(std::memory_order_acquire) != 0; }
    // kNoSlot: stopped.
    std::uint32_t open_stream(const VideoToRead& video, const Decoder* decoder);
    // Waits until `attempt` gives something; nothing: stopped.
    template <typename Attempt>
    auto when_there_is_room(Attempt attempt) -> decltype(attempt());
    void note_frames_held();
    // False: stopped.
    bool admit_frame(std::uint32_t stream, Decoder& decoder, const FrameStamp& stamp);
    void admit_begin(std::uint32_t stream);
    void admit_end(std::uint32_t stream, const VideoEnd& end, std::uint32_t analysed);

    const ControlRegion& control_;
    const FrameStore& frames_;
    TaskQueue queue_;
    VideoOpener opener_;
    DecoderOptions options_;
    FrameChoice::Rates rates_;
};

}  // namespace dashcam
