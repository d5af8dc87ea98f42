#include "video/probe.h"

#include "video/demuxer.h"

namespace dashcam {

Result<VideoInfo> probe_video(const std::string& path, const DecoderOptions& options) {
    TRY_ASSIGN(const auto demuxer, Demuxer::open(path, options));
    return demuxer->info();
}

}  // namespace dashcam
