#pragma once

#include <string>
#include <vector>

namespace dashcam {

// The sample drive, or "" where it is not there.
std::string sample_drive();

// Makes clips with the ffmpeg program. Each returns the clip's path; a failure fails the test.
//
// `seconds` of the sample drive from `start` on, half as wide and at 15 frames per second, so that
// a run over it is short. Precondition: sample_drive() is there.
std::string cut_drive(const std::string& folder, const std::string& name, double start,
                      double seconds);
// A moving test pattern: no vehicles, but all the work of decoding and looking.
std::string pattern_clip(const std::string& folder, const std::string& name, int frames,
                         int width = 640, int height = 360, int variant = 0);
// Runs "ffmpeg ARGUMENTS PATH".
std::string make_clip(const std::string& path, const std::vector<std::string>& arguments);

// A folder with several short clips: of the drive where there is one, and patterns of odd sizes.
// Returns their paths.
std::vector<std::string> mixed_clips(const std::string& folder);

void write_file(const std::string& path, const std::string& content);
std::string read_file(const std::string& path);

}  // namespace dashcam
