#include "annotate/frame_painter.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

#include "annotate/label_places.h"

namespace dashcam {
namespace {

// Limited-range BT.601 values; a few shades off in other ranges, which does not matter here.
struct Ink {
    std::uint8_t luma, cb, cr;
};
constexpr Ink kGreen{173, 42, 26}, kYellow{210, 16, 146}, kOrange{165, 42, 179};
constexpr Ink kWhite{235, 128, 128}, kGrey{140, 128, 128}, kBlack{16, 128, 128};

Ink ink_of(const std::string& tier) {
    if (tier == "confirmed" || tier == "corrected") return kGreen;
    if (tier == "probable") return kYellow;
    if (tier == "partial") return kOrange;
    return tier.empty() ? kGrey : kWhite;
}

class Canvas {
  public:
    Canvas(std::uint8_t* pixels, const FrameFormat& format)
        : luma_(format.height, format.width, CV_8U, pixels,
                static_cast<std::size_t>(format.luma_stride())) {
        std::uint8_t* chroma =
            pixels + static_cast<std::size_t>(format.luma_stride()) * format.height;
        const auto stride = static_cast<std::size_t>(format.chroma_stride());
        cb_ = cv::Mat(format.chroma_height(), format.chroma_width(), CV_8U, chroma, stride);
        cr_ = cv::Mat(format.chroma_height(), format.chroma_width(), CV_8U,
                      chroma + stride * format.chroma_height(), stride);
    }

    // Both corners belong to it; what lies outside is cut off.
    void fill(int x0, int y0, int x1, int y1, const Ink& ink) {
        x0 = std::clamp(x0, 0, luma_.cols - 1);
        x1 = std::clamp(x1, 0, luma_.cols - 1);
        y0 = std::clamp(y0, 0, luma_.rows - 1);
        y1 = std::clamp(y1, 0, luma_.rows - 1);
        luma_(cv::Range(y0, y1 + 1), cv::Range(x0, x1 + 1)).setTo(ink.luma);
        const cv::Range rows(y0 / 2, y1 / 2 + 1), columns(x0 / 2, x1 / 2 + 1);
        cb_(rows, columns).setTo(ink.cb);
        cr_(rows, columns).setTo(ink.cr);
    }

    void write(const std::string& text, int x, int baseline, double scale, const Ink& ink) {
        cv::putText(luma_, text, {x, baseline}, cv::FONT_HERSHEY_SIMPLEX, scale,
                    cv::Scalar(ink.luma), std::max(1, static_cast<int>(scale * 2)), cv::LINE_AA);
    }

  private:
    cv::Mat luma_, cb_, cr_;
};

// A box of text: its size, and where the letters stand in it.
constexpr int kBesideText_px = 3;
constexpr int kAboveText_px = 2;

struct TextSize {
    int width = 0, height = 0, ascent = 0;
};
TextSize size_of(const std::string& text, double scale) {
    int below = 0;
    const cv::Size size = cv::getTextSize(text, cv::FONT_HERSHEY_SIMPLEX, scale,
                                          std::max(1, static_cast<int>(scale * 2)), &below);
    return {size.width + 2 * kBesideText_px, size.height + below + 2 * kAboveText_px, size.height};
}

int at(float value) { return static_cast<int>(value); }

void paint_box(Canvas& canvas, const VehicleLabel& label, int line) {
    const Ink ink = ink_of(label.tier);
    const int x0 = at(label.box.x0), y0 = at(label.box.y0);
    const int x1 = at(label.box.x1) - 1, y1 = at(label.box.y1) - 1;
    canvas.fill(x0, y0, x1, y0 + line - 1, ink);
    canvas.fill(x0, y1 - line + 1, x1, y1, ink);
    canvas.fill(x0, y0, x0 + line - 1, y1, ink);
    canvas.fill(x1 - line + 1, y0, x1, y1, ink);
}

void paint_text(Canvas& canvas, const VehicleLabel& label, const Box& place, double scale) {
    const int x0 = at(place.x0), y0 = at(place.y0);
    canvas.fill(x0, y0, at(place.x1) - 1, at(place.y1) - 1, kBlack);
    canvas.write(label.text, x0 + kBesideText_px,
                 y0 + kAboveText_px + size_of(label.text, scale).ascent, scale, ink_of(label.tier));
}

}  // namespace

void paint(std::uint8_t* pixels, const FrameFormat& format,
           const std::vector<VehicleLabel>& labels) {
    Canvas canvas(pixels, format);
    const int line = std::max(2, format.height / 360);
    const double scale = std::max(0.4, format.height / 1350.0);
    std::vector<LabelToPlace> texts;
    for (const VehicleLabel& label : labels) {
        const TextSize size = size_of(label.text, scale);
        texts.push_back(
            {label.box, static_cast<float>(size.width), static_cast<float>(size.height)});
        paint_box(canvas, label, line);
    }
    // After all boxes: no line crosses a text.
    const std::vector<Box> places =
        label_places(texts, static_cast<float>(format.width), static_cast<float>(format.height));
    for (std::size_t i = 0; i < labels.size(); ++i) paint_text(canvas, labels[i], places[i], scale);
}

}  // namespace dashcam
