#pragma once

namespace dashcam {

// One coordinate with its velocity. The velocity fades with a time constant (an Ornstein-Uhlenbeck
// process), so that a prediction over a long gap stays close to what was seen. Plain value: lies in
// shared memory, without padding.
struct ScalarKalman {
    float x = 0;    // the coordinate
    float v = 0;    // per second
    float pxx = 0;  // covariance of (x, v)
    float pxv = 0;
    float pvv = 0;

    // Advances by `dt_s` seconds. `fade_s`: time constant of the velocity; `diffusion`: variance
    // that the velocity gains per second.
    void predict(float dt_s, float fade_s, float diffusion);

    // Takes in a measurement of x with the given variance (> 0).
    void update(float measured, float variance);

    bool operator==(const ScalarKalman&) const = default;
};

}  // namespace dashcam
