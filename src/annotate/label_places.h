#pragma once

#include <vector>

#include "base/geometry.h"

namespace dashcam {

// A text to put beside a box; all in pixels of the frame.
struct LabelToPlace {
    Box box;
    float width = 0;
    float height = 0;
};

// Where each text goes, so that none covers another: above its box, else at one of seven places
// around and in it, else the nearest free place above or below. The first label chooses first. All
// lie in the frame as far as they fit; where nothing is free, the text stands above its box in
// spite of the others.
std::vector<Box> label_places(const std::vector<LabelToPlace>& labels, float frame_width,
                              float frame_height);

}  // namespace dashcam
