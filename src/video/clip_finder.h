#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace dashcam {

struct FoundClips {
    // Sorted by bytes, each file once: the same file under several names (links, "a/../a/x") is
    // named by the first. Any bytes but zero may occur.
    std::vector<std::string> clips;
    // What could not be used, in the order of the given paths. The clips are usable all the same.
    std::vector<Error> problems;
};

// Finds the clips that `paths` name.
// * A file is taken, whatever its name; whether it is a video shows when it is opened.
// * A folder is searched with its subfolders for files that end like a video's
// (has_video_extension());
//   hidden files and folders (with macOS' "._x.mp4") are skipped, links are followed, loops are
//   not.
// * Anything else with *, ? or [ is a pattern as in a shell; what it matches is taken as if it was
// named. Problems: a path that does not exist, is neither file nor folder or cannot be read, a
// pattern without a match, a folder without videos.
FoundClips find_clips(const std::vector<std::string>& paths);
// The same for still pictures (has_picture_extension()).
FoundClips find_pictures(const std::vector<std::string>& paths);

}  // namespace dashcam
