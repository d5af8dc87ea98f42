#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "pictures/picture_reader.h"

namespace dashcam {

// One picture and what was found in it.
struct PictureResult {
    std::string path;
    FrameFormat format;
    std::string problem;  // it could not be read, or is damaged; or ""
    std::vector<PictureFind> finds;
};

// A table for people: picture, plate, tier, confidence, alternatives, region, vehicle, where.
std::string picture_table(const std::vector<PictureResult>& results);

// An array with an object for each picture, the fields of `dashcam read --json`.
std::string picture_json(const std::vector<PictureResult>& results);

}  // namespace dashcam
