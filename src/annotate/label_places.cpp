#include "annotate/label_places.h"

#include <algorithm>
#include <array>

namespace dashcam {
namespace {

bool overlap(const Box& a, const Box& b) {
    return a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
}

class Placer {
  public:
    Placer(float frame_width, float frame_height) : width_(frame_width), height_(frame_height) {}

    Box place(const LabelToPlace& label) {
        const Box& box = label.box;
        const float left = box.x0, right = box.x1 - label.width;
        const float above = box.y0 - label.height, below = box.y1;
        const float top = box.y0, bottom = box.y1 - label.height;
        const std::array<Point, 8> corners{{{left, above},
                                            {left, top},
                                            {right, above},
                                            {right, top},
                                            {left, below},
                                            {right, below},
                                            {left, bottom},
                                            {right, bottom}}};
        for (const Point& corner : corners) {
            const bool fits = corner.y >= 0 && corner.y + label.height <= height_;
            const Box place = at(corner.x, corner.y, label);
            if (fits && is_free(place)) return take(place);
        }
        for (float shift = 1; shift * label.height < height_; ++shift) {
            for (const float y : {above - shift * label.height, above + shift * label.height}) {
                const Box place = at(left, y, label);
                if (is_free(place)) return take(place);
            }
        }
        return take(at(left, above >= 0 ? above : top, label));
    }

  private:
    // In the frame.
    Box at(float x, float y, const LabelToPlace& label) const {
        x = std::clamp(x, 0.0f, std::max(0.0f, width_ - label.width));
        y = std::clamp(y, 0.0f, std::max(0.0f, height_ - label.height));
        return {x, y, x + label.width, y + label.height};
    }
    bool is_free(const Box& place) const {
        return std::none_of(taken_.begin(), taken_.end(),
                            [&](const Box& other) { return overlap(place, other); });
    }
    Box take(const Box& place) { return taken_.emplace_back(place); }

    float width_;
    float height_;
    std::vector<Box> taken_;
};

}  // namespace

std::vector<Box> label_places(const std::vector<LabelToPlace>& labels, float frame_width,
                              float frame_height) {
    Placer placer(frame_width, frame_height);
    std::vector<Box> places;
    for (const LabelToPlace& label : labels) places.push_back(placer.place(label));
    return places;
}

}  // namespace dashcam
