#include "tracking/kalman.h"

#include <cmath>

namespace dashcam {

void ScalarKalman::predict(float dt_s, float fade_s, float diffusion) {
    const float lost = -std::expm1(-dt_s / fade_s);
    const float kept = 1 - lost;
    const float reach = fade_s * lost;  // seconds of motion at the old velocity
    x += reach * v;
    v *= kept;
    // White acceleration over dt: the exact integrals differ by less than the noise's own
    // uncertainty.
    pxx += 2 * reach * pxv + reach * reach * pvv + diffusion * dt_s * dt_s * dt_s / 3;
    pxv = kept * (pxv + reach * pvv) + diffusion * dt_s * dt_s / 2;
    pvv = kept * kept * pvv + diffusion * dt_s;
}

void ScalarKalman::update(float measured, float variance) {
    const float innovation = measured - x;
    const float total = pxx + variance;
    const float gain_x = pxx / total;
    const float gain_v = pxv / total;
    x += gain_x * innovation;
    v += gain_v * innovation;
    pvv -= gain_v * pxv;
    pxv *= 1 - gain_x;
    pxx *= 1 - gain_x;
}

}  // namespace dashcam
