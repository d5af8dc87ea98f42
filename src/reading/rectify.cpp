#include "reading/rectify.h"

#include <algorithm>
#include <cmath>
#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace dashcam {
namespace {

// The growth of each side that the text network was trained with, as a share of the plate's size.
constexpr float kGrowth = 0.03f;
// Plates with a longer edge than this are averaged down before the warp, to kShrunkWidth, so that
// bilinear sampling does not skip pixels. Both as in training.
constexpr float kWidestWarp = 1.6f * kPlateWidth;
constexpr float kShrunkWidth = 1.2f * kPlateWidth;
// Shorter edges than this can't carry characters, and make the perspective ill-conditioned.
constexpr float kShortestEdge = 2.0f;
// Coordinates beyond this are a fault of whoever found the corners; no frame is that large.
constexpr float kLargestCoordinate = 65536.0f;
// Pixels around the plate that bilinear sampling and the area average can touch.
constexpr float kMargin = 4.0f;

float length(const Point& a, const Point& b) { return std::hypot(b.x - a.x, b.y - a.y); }

// Twice the area of the triangle a b c; positive if c lies to the right of a to b (y grows
// downward).
float turn(const Point& a, const Point& b, const Point& c) {
    return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}

bool is_usable(const Quad& quad) {
    for (const Point& p : quad.corners) {
        if (!std::isfinite(p.x) || !std::isfinite(p.y)) return false;
        if (std::abs(p.x) > kLargestCoordinate || std::abs(p.y) > kLargestCoordinate) return false;
    }
    for (std::size_t i = 0; i < 4; ++i) {
        const Point& a = quad.corners[i];
        const Point& b = quad.corners[(i + 1) % 4];
        const Point& c = quad.corners[(i + 2) % 4];
        if (length(a, b) < kShortestEdge) return false;
        // Convex and in reading order, with room for a pixel: otherwise there is no perspective to
        // undo.
        if (turn(a, b, c) < kShortestEdge) return false;
    }
    return true;
}

// Full-range luma of limited-range luma, as a conversion to RGB and back to grey gives it.
cv::Mat limited_to_full() {
    cv::Mat table(1, 256, CV_8U);
    for (int y = 0; y < 256; ++y) {
        const long stretched = std::lround((y - 16) * 255.0 / 219.0);
        table.at<std::uint8_t>(y) = static_cast<std::uint8_t>(std::clamp(stretched, 0L, 255L));
    }
    return table;
}

// The frame's luma in `region`, at full range. Borrows the frame's memory where nothing must be
// changed.
cv::Mat luma_of(const FrameView& frame, const cv::Rect& region) {
    // OpenCV has no view of constant pixels; nothing below writes into this one.
    cv::Mat plane(frame.format.height, frame.format.width, CV_8U,
                  const_cast<std::uint8_t*>(frame.luma()),
                  static_cast<std::size_t>(frame.format.luma_stride()));
    if (frame.format.range == ColorRange::kFull) return plane(region);
    static const cv::Mat kTable = limited_to_full();
    cv::Mat full;
    cv::LUT(plane(region), kTable, full);
    return full;
}

void measure(RectifiedPlate& plate) {
    std::array<std::uint32_t, 256> histogram{};
    double sum = 0;
    double squares = 0;
    for (const std::uint8_t v : plate.grey) {
        ++histogram[v];
        sum += v;
        squares += static_cast<double>(v) * v;
    }
    const double count = static_cast<double>(plate.grey.size());
    const auto percentile = [&](std::size_t percent) {
        std::size_t left = plate.grey.size() * percent / 100;
        int level = 0;
        while (left >= histogram[level]) left -= histogram[level++];
        return level;
    };
    plate.contrast = static_cast<float>(percentile(95) - percentile(5)) / 255.0f;

    double gradient = 0;
    for (int y = 0; y < kPlateHeight; ++y) {
        const std::uint8_t* row = plate.grey.data() + static_cast<std::size_t>(y) * kPlateWidth;
        for (int x = 1; x + 1 < kPlateWidth; ++x) {
            const double d = (row[x + 1] - row[x - 1]) / 2.0;
            gradient += d * d;
        }
    }
    gradient /= static_cast<double>(kPlateWidth - 2) * kPlateHeight;
    const double variance = std::max(0.0, squares / count - (sum / count) * (sum / count));
    // One grey level of variance is rounding, not structure.
    plate.sharpness = static_cast<float>(std::sqrt(gradient / (variance + 1.0)));
}

// Precondition: usable corners, a region of them that is not empty.
void warp(cv::Mat source, std::array<cv::Point2f, 4> from, std::uint8_t* grey) {
    const float longer = std::max(std::hypot(from[1].x - from[0].x, from[1].y - from[0].y),
                                  std::hypot(from[2].x - from[3].x, from[2].y - from[3].y));
    if (longer > kWidestWarp) {
        const float k = kShrunkWidth / longer;
        // Written out, so that a plate's sliver at the frame's edge keeps a pixel.
        const cv::Size size(
            std::max(1, static_cast<int>(std::lround(static_cast<float>(source.cols) * k))),
            std::max(1, static_cast<int>(std::lround(static_cast<float>(source.rows) * k))));
        const float kx = static_cast<float>(size.width) / static_cast<float>(source.cols);
        const float ky = static_cast<float>(size.height) / static_cast<float>(source.rows);
        cv::Mat small;
        cv::resize(source, small, size, 0, 0, cv::INTER_AREA);
        source = small;
        for (cv::Point2f& p : from) p = {p.x * kx, p.y * ky};
    }
    constexpr auto kW = static_cast<float>(kPlateWidth);
    constexpr auto kH = static_cast<float>(kPlateHeight);
    const std::array<cv::Point2f, 4> to{cv::Point2f{0, 0}, {kW, 0}, {kW, kH}, {0, kH}};
    const cv::Mat transform = cv::getPerspectiveTransform(from.data(), to.data());
    cv::Mat target(kPlateHeight, kPlateWidth, CV_8U, grey);
    cv::warpPerspective(source, target, transform, target.size(), cv::INTER_LINEAR,
                        cv::BORDER_REPLICATE);
}

}  // namespace

Quad grown(const Quad& quad, float share) {
    const auto& [tl, tr, br, bl] = quad.corners;
    const Point u{share * (tr.x + br.x - tl.x - bl.x) / 2,
                  share * (tr.y + br.y - tl.y - bl.y) / 2};
    const Point v{share * (br.x + bl.x - tl.x - tr.x) / 2,
                  share * (br.y + bl.y - tl.y - tr.y) / 2};
    Quad out;
    out.corners[0] = {tl.x - u.x - v.x, tl.y - u.y - v.y};
    out.corners[1] = {tr.x + u.x - v.x, tr.y + u.y - v.y};
    out.corners[2] = {br.x + u.x + v.x, br.y + u.y + v.y};
    out.corners[3] = {bl.x - u.x + v.x, bl.y - u.y + v.y};
    return out;
}

RectifiedPlate rectify(const FrameView& frame, const Quad& corners) {
    RectifiedPlate plate;
    if (!is_usable(corners)) return plate;
    const Quad quad = grown(corners, kGrowth);
    Box bounds = quad.bounds();
    bounds = {bounds.x0 - kMargin, bounds.y0 - kMargin, bounds.x1 + kMargin, bounds.y1 + kMargin};
    bounds = clipped(bounds, frame.format.width, frame.format.height);
    const cv::Rect region(
        cv::Point(static_cast<int>(bounds.x0), static_cast<int>(bounds.y0)),
        cv::Point(static_cast<int>(std::ceil(bounds.x1)), static_cast<int>(std::ceil(bounds.y1))));
    if (region.empty()) return plate;

    std::array<cv::Point2f, 4> from;
    for (std::size_t i = 0; i < 4; ++i) {
        from[i] = {quad.corners[i].x - static_cast<float>(region.x),
                   quad.corners[i].y - static_cast<float>(region.y)};
    }
    try {
        warp(luma_of(frame, region), from, plate.grey.data());
    } catch (const cv::Exception&) {
        // Corners that pass the checks above and still have no inverse: as unusable as the others.
        return RectifiedPlate{};
    }
    const auto& [tl, tr, br, bl] = corners.corners;
    plate.width_px = (length(tl, tr) + length(bl, br)) / 2;
    plate.height_px = (length(tl, bl) + length(tr, br)) / 2;
    measure(plate);
    return plate;
}

}  // namespace dashcam
