#pragma once

#include <cstdint>
#include <type_traits>

#include "base/geometry.h"
#include "tracking/camera_motion.h"
#include "tracking/kalman.h"

namespace dashcam {

// Which coordinates of a measured box can be trusted: a box cut off by the frame's edge says little
// about the vehicle's true centre and size on that axis.
struct BoxTrust {
    float x = 1;  // factor on the standard deviations of cx and width
    float y = 1;  // of cy and height
};

// A detection's box where the frame's edge cuts the vehicle off, extended beyond the edge to the
// expected size: the side inside the frame is where it is. Other boxes stay as they are.
Box completed(const Box& box, const Box& expected, int width, int height);

// The trust in a detection's completed box in a frame of width x height pixels.
BoxTrust trust_at_edges(const Box& box, int width, int height);

// A vehicle's box with its motion: four independent filters. Sizes are filtered as logarithms,
// since an approaching vehicle grows by a factor, not by an amount. All noise is relative to the
// box's size and per second, so that the filter works at any frame rate.
struct BoxFilter {
    ScalarKalman cx;
    ScalarKalman cy;
    ScalarKalman log_width;
    ScalarKalman log_height;

    // A filter at rest on a detection's box, ignorant of its motion.
    static BoxFilter started(const Box& box);

    void predict(float dt_s);
    void update(const Box& box, const BoxTrust& trust);
    // Moves the centre along with the camera's motion.
    void shift(const CameraMotion& motion);
    // Makes the place less certain by `std_px`, when the camera's motion is unknown.
    void blur(float std_px);

    Box box() const;
    bool operator==(const BoxFilter&) const = default;
};

static_assert(sizeof(BoxFilter) == 20 * sizeof(float), "no padding: states are compared as bytes");

// Observation-centric re-update (OC-SORT, Cao et al. 2023): a track found again after a gap is
// replayed from its last detection along the straight line to the new one, so that the guesses of
// the gap leave no trace. `before`: the filter at the last detection, `anchor`: that detection
// moved along with the camera, `gap_s`: time between both.
BoxFilter replayed(const BoxFilter& before, const Box& anchor, const Box& found, float gap_s,
                   const BoxTrust& trust);

}  // namespace dashcam
