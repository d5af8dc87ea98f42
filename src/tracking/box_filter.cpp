#include "tracking/box_filter.h"

#include <algorithm>
#include <cmath>

namespace dashcam {
namespace {

// A detector's box jitters by about 4 % of its size, and never by less than a pixel.
constexpr float kPlaceJitter = 0.04f;
constexpr float kSizeJitter = 0.06f;
constexpr float kLeastJitterPx = 1.0f;
// What a new track may be doing: sizes per second, and growth rate per second.
constexpr float kStartSpeed = 1.5f;
constexpr float kStartGrowth = 0.6f;
// How quickly that changes, per square root of a second.
constexpr float kSpeedDiffusion = 1.2f;
constexpr float kGrowthDiffusion = 0.5f;
// After this long a velocity says little: braking, turning and the camera's own turns take over.
constexpr float kSpeedFade_s = 1.0f;
constexpr float kGrowthFade_s = 0.8f;
// Bounds r dt: beyond it the vehicle would be upon the camera.
constexpr float kMostGain = 0.4f;
// A coordinate cut off by the frame's edge.
constexpr float kEdgeDistrust = 2.0f;
// How near to the frame's edge a side counts as cut, as a share of the frame's width: a detector
// sees the frame at some 448 pixels, and its sides are off by one or two of those.
constexpr float kEdgeMargin = 0.005f;
// Sizes stay within what exp() and any frame can hold.
constexpr float kSmallestLog = 1.0f;  // 2.7 pixels
constexpr float kLargestLog = 9.5f;   // 13,000 pixels
// Steps in which a gap is replayed: more change nothing visible.
constexpr int kReplaySteps = 4;

float square(float a) { return a * a; }

ScalarKalman at_rest(float x, float std_x, float std_v) {
    return {x, 0, square(std_x), 0, square(std_v)};
}

float jitter_px(float size) { return std::max(kLeastJitterPx, kPlaceJitter * size); }

// Shared by both axes: a wide, flat box does not make it jump up and down.
float typical_size(float width, float height) { return std::sqrt(width * height); }

float safe_log(float size) {
    return std::clamp(std::log(std::max(size, 1.0f)), kSmallestLog, kLargestLog);
}

Box between(const Box& a, const Box& b, float t) {
    return {a.x0 + (b.x0 - a.x0) * t, a.y0 + (b.y0 - a.y0) * t, a.x1 + (b.x1 - a.x1) * t,
            a.y1 + (b.y1 - a.y1) * t};
}

// The sides on which the frame's edge cuts a box.
struct CutSides {
    bool left, right, top, bottom;
};

CutSides cut_sides(const Box& box, int width, int height) {
    const float margin = kEdgeMargin * static_cast<float>(width);
    return {box.x0 < margin, box.x1 > static_cast<float>(width) - margin, box.y0 < margin,
            box.y1 > static_cast<float>(height) - margin};
}

}  // namespace

Box completed(const Box& box, const Box& expected, int width, int height) {
    const CutSides cut = cut_sides(box, width, height);
    Box whole = box;
    // Cut off on both sides, nothing says where the vehicle's middle is.
    if (cut.left && !cut.right) whole.x0 = std::min(box.x0, box.x1 - expected.width());
    if (cut.right && !cut.left) whole.x1 = std::max(box.x1, box.x0 + expected.width());
    if (cut.top && !cut.bottom) whole.y0 = std::min(box.y0, box.y1 - expected.height());
    if (cut.bottom && !cut.top) whole.y1 = std::max(box.y1, box.y0 + expected.height());
    return whole;
}

BoxTrust trust_at_edges(const Box& box, int width, int height) {
    const CutSides cut = cut_sides(box, width, height);
    return {cut.left || cut.right ? kEdgeDistrust : 1.0f,
            cut.top || cut.bottom ? kEdgeDistrust : 1.0f};
}

BoxFilter BoxFilter::started(const Box& box) {
    const Point centre = box.centre();
    const float size = typical_size(box.width(), box.height());
    BoxFilter filter;
    filter.cx = at_rest(centre.x, jitter_px(box.width()), kStartSpeed * size);
    filter.cy = at_rest(centre.y, jitter_px(box.height()), kStartSpeed * size);
    filter.log_width = at_rest(safe_log(box.width()), kSizeJitter, kStartGrowth);
    filter.log_height = at_rest(safe_log(box.height()), kSizeJitter, kStartGrowth);
    return filter;
}

// A vehicle that closes in evenly grows faster and faster: its size is as 1 / distance, and so is
// its offset from the point it comes from. With growth rate r (per second), both gain the factor 1
// / (1 - r dt) over dt, where constant velocities would lag behind.
void BoxFilter::predict(float dt_s) {
    const float size = std::exp((log_width.x + log_height.x) / 2);
    const float gain = std::clamp((log_width.v + log_height.v) / 2 * dt_s, -kMostGain, kMostGain);
    const float zoom = 1 / (1 - gain);
    const float log_zoom = std::abs(gain) < 1e-4f ? 1.0f : std::log(zoom) / gain;
    for (ScalarKalman* k : {&cx, &cy}) {
        k->v *= zoom;
        k->predict(dt_s, kSpeedFade_s, square(kSpeedDiffusion * size));
        k->v *= zoom;
    }
    for (ScalarKalman* k : {&log_width, &log_height}) {
        k->v *= log_zoom;
        k->predict(dt_s, kGrowthFade_s, square(kGrowthDiffusion));
        k->v *= zoom / log_zoom;
        k->x = std::clamp(k->x, kSmallestLog, kLargestLog);
    }
}

void BoxFilter::update(const Box& box, const BoxTrust& trust) {
    const Point centre = box.centre();
    cx.update(centre.x, square(jitter_px(box.width()) * trust.x));
    cy.update(centre.y, square(jitter_px(box.height()) * trust.y));
    log_width.update(safe_log(box.width()), square(kSizeJitter * trust.x));
    log_height.update(safe_log(box.height()), square(kSizeJitter * trust.y));
}

void BoxFilter::shift(const CameraMotion& motion) {
    const Point moved = motion.moved({cx.x, cy.x});
    cx.x = moved.x;
    cy.x = moved.y;
}

void BoxFilter::blur(float std_px) {
    cx.pxx += square(std_px);
    cy.pxx += square(std_px);
}

Box BoxFilter::box() const {
    const float half_width = std::exp(log_width.x) / 2;
    const float half_height = std::exp(log_height.x) / 2;
    return {cx.x - half_width, cy.x - half_height, cx.x + half_width, cy.x + half_height};
}

BoxFilter replayed(const BoxFilter& before, const Box& anchor, const Box& found, float gap_s,
                   const BoxTrust& trust) {
    BoxFilter filter = before;
    filter.cx.x = anchor.centre().x;
    filter.cy.x = anchor.centre().y;
    for (int step = 1; step <= kReplaySteps; ++step) {
        filter.predict(gap_s / kReplaySteps);
        filter.update(between(anchor, found, static_cast<float>(step) / kReplaySteps), trust);
    }
    return filter;
}

}  // namespace dashcam
