#pragma once

#include <string_view>

namespace dashcam {

// Whether libav's demuxer of this name (or comma-separated names) reads video files. Playlists,
// still pictures, subtitles, text art and sound are left out: some of them would open other files.
bool is_video_container(std::string_view names);

// Whether a file name ends like a video's, in any case: ".mp4", ".MOV", ...
bool has_video_extension(std::string_view file_name);
// Whether it ends like a still picture's that read_picture() knows, in any case: ".jpg", ".PNG",
// ...
bool has_picture_extension(std::string_view file_name);

}  // namespace dashcam
