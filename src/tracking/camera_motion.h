#pragma once

#include <span>

#include "base/geometry.h"
#include "tracking/small_picture.h"

namespace dashcam {

// How the far scene moved in the picture since the previous frame, because the camera turned. The
// scene's growth while driving is estimated as well, so that it does not spoil the rest, but it is
// not applied: vehicles do not take part in it.
struct CameraMotion {
    Point centre;  // pixels; the roll turns about it
    float dx = 0;  // pixels
    float dy = 0;
    float roll = 0;      // radians, small
    float growth = 0;    // 0.01: the scene grew by 1 %
    float support = 0;   // share of the usable blocks that agree, 0 to 1
    bool known = false;  // false: nothing can be said, and the motion is zero

    // Where a point of the previous frame is now.
    Point moved(const Point& p) const {
        const float x = p.x - centre.x;
        const float y = p.y - centre.y;
        return {p.x + dx - roll * y, p.y + dy + roll * x};
    }
};

// Block matching from coarse to fine, then a robust fit of shift, growth and roll. Blocks without
// structure, on `vehicles` (boxes in the current frame's pixels), or in the lowest part of the
// picture (road and bonnet) are left out. `dt_s`: time between the frames, bounds the search. 0.1
// ms.
CameraMotion estimate_camera_motion(const SmallPicture& previous, const SmallPicture& current,
                                    float dt_s, std::span<const Box> vehicles);

}  // namespace dashcam
