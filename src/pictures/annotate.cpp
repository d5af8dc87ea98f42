#include "pictures/annotate.h"

#include <turbojpeg.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <fstream>
#include <memory>
#include <opencv2/imgproc.hpp>

#include "base/check.h"
#include "inference/preprocess.h"

namespace dashcam {
namespace {

constexpr int kJpegQuality = 90;
// Lines and letters grow with the picture; this many pixels of its width make a line of one.
constexpr double kPixelsPerLine = 600;

cv::Scalar colour_of(PlateTier tier) {
    switch (tier) {
        case PlateTier::kConfirmed:
            return {80, 200, 0};
        case PlateTier::kProbable:
            return {0, 200, 230};
        case PlateTier::kPartial:
            return {0, 130, 255};
        case PlateTier::kNone:
            return {160, 160, 160};
    }
    return {};
}

cv::Point pixel(const Point& p) {
    return {static_cast<int>(std::lround(p.x)), static_cast<int>(std::lround(p.y))};
}

void draw(cv::Mat& canvas, const PictureFind& find) {
    const int line = std::max(1, static_cast<int>(canvas.cols / kPixelsPerLine));
    const cv::Scalar colour = colour_of(find.summary.tier);
    if (find.vehicle) {
        const Box& box = find.vehicle->box;
        cv::rectangle(canvas, pixel({box.x0, box.y0}), pixel({box.x1, box.y1}), {255, 160, 60},
                      line);
    }
    if (!find.plate) return;
    std::vector<cv::Point> corners;
    for (const Point& p : find.plate->corners.corners) corners.push_back(pixel(p));
    cv::polylines(canvas, corners, true, colour, line, cv::LINE_AA);
    if (find.summary.text[0] == 0) return;
    const Box box = find.plate->corners.bounds();
    const double scale = std::max(0.5, 0.6 * line);
    const cv::Size size = cv::getTextSize(find.summary.text.data(), cv::FONT_HERSHEY_SIMPLEX, scale,
                                          2 * line, nullptr);
    cv::Point at = pixel({box.x0, box.y0 - 4 * static_cast<float>(line)});
    at.x = std::clamp(at.x, 0, std::max(0, canvas.cols - size.width));
    at.y = std::max(at.y, size.height);
    cv::putText(canvas, find.summary.text.data(), at, cv::FONT_HERSHEY_SIMPLEX, scale, {0, 0, 0},
                4 * line, cv::LINE_AA);
    cv::putText(canvas, find.summary.text.data(), at, cv::FONT_HERSHEY_SIMPLEX, scale, colour,
                2 * line, cv::LINE_AA);
}

Result<void> write_jpeg(const std::string& path, const cv::Mat& canvas) {
    const std::unique_ptr<void, int (*)(tjhandle)> encoder(tjInitCompress(), tjDestroy);
    CHECK(encoder != nullptr);
    unsigned char* jpeg = nullptr;
    unsigned long bytes = 0;
    const int status = tjCompress2(encoder.get(), canvas.data, canvas.cols, 0, canvas.rows,
                                   TJPF_BGR, &jpeg, &bytes, TJSAMP_420, kJpegQuality, 0);
    const std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner(jpeg, tjFree);
    if (status != 0) return Error{"cannot encode '" + path + "': " + tjGetErrorStr2(encoder.get())};
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(jpeg), static_cast<std::streamsize>(bytes));
    file.close();
    if (!file) return Error{"cannot write '" + path + "': " + std::strerror(errno)};
    return {};
}

}  // namespace

Result<void> write_annotated(const std::string& path, const FrameView& picture,
                             const std::vector<PictureFind>& finds) {
    cv::Mat canvas(picture.format.height, picture.format.width, CV_8UC3);
    const std::size_t bytes = canvas.total() * canvas.elemSize();
    Preprocessor().run(picture, whole_frame(picture.format), canvas.cols, canvas.rows,
                       {canvas.data, bytes});
    for (const PictureFind& find : finds) draw(canvas, find);
    return write_jpeg(path, canvas);
}

}  // namespace dashcam
