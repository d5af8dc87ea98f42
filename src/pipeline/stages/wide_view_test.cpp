#include "pipeline/stages/wide_view.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dashcam {
namespace {

struct Frame {
    FrameView view;
    std::vector<std::uint8_t> pixels;

    Frame(int width, int height) {
        view.format.width = width;
        view.format.height = height;
        pixels.assign(view.format.bytes(), 50);
        view.pixels = pixels.data();
    }
    void paint(int x0, int y0, int x1, int y1, std::uint8_t value) {
        for (int y = y0; y < y1; ++y) {
            std::fill(&pixels[static_cast<std::size_t>(y * view.format.luma_stride() + x0)],
                      &pixels[static_cast<std::size_t>(y * view.format.luma_stride() + x1)], value);
        }
    }
};

// The smallest box around luma above `level`.
Box bright(const FrameView& view, int level) {
    Box box{1e9f, 1e9f, -1, -1};
    for (int y = 0; y < view.format.height; ++y) {
        for (int x = 0; x < view.format.width; ++x) {
            if (view.luma()[y * view.format.luma_stride() + x] <= level) continue;
            box = {std::min(box.x0, static_cast<float>(x)), std::min(box.y0, static_cast<float>(y)),
                   std::max(box.x1, static_cast<float>(x + 1)),
                   std::max(box.y1, static_cast<float>(y + 1))};
        }
    }
    return box;
}

TEST(WideView, PointsLeadBackToTheFrame) {
    for (const Box vehicle :
         {Box{0, 0, 640, 480}, Box{37, 51, 411, 333}, Box{-20, 100, 700, 500}}) {
        Frame frame(646, 481);
        frame.paint(120, 200, 240, 240, 200);
        const WideView view(frame.view, vehicle);
        const Box seen = bright(view.picture(), 150);
        EXPECT_EQ(seen.width(), 60);
        EXPECT_EQ(seen.height(), 20);
        Quad quad;
        quad.corners = {
            Point{seen.x0, seen.y0}, {seen.x1, seen.y0}, {seen.x1, seen.y1}, {seen.x0, seen.y1}};
        EXPECT_EQ(view.to_frame(quad).bounds(), (Box{120, 200, 240, 240}));
    }
}

TEST(WideView, TheVehicleTakesHalfOfAGreyPicture) {
    Frame frame(640, 480);
    const WideView view(frame.view, {0, 0, 640, 480});
    const FrameView picture = view.picture();
    EXPECT_EQ(picture.format.width, 640);
    EXPECT_EQ(view.box(), (Box{0, 0, 640, 480}));
    EXPECT_EQ(bright(picture, 100).x0, 0);  // grey is brighter than the frame
    EXPECT_EQ(picture.luma()[240 * picture.format.luma_stride() + 320], 50);
    EXPECT_EQ(picture.luma()[240 * picture.format.luma_stride() + 150], 114);
    EXPECT_EQ(picture.cb()[120 * picture.format.chroma_stride() + 160], 50);
    EXPECT_EQ(picture.cr()[120 * picture.format.chroma_stride() + 70], 128);
}

TEST(WideView, OfNothingIsEmpty) {
    Frame frame(640, 480);
    for (const Box vehicle :
         {Box{}, Box{700, 500, 900, 700}, Box{100, 100, 50, 50}, Box{-90, -90, -10, -10}}) {
        const WideView view(frame.view, vehicle);
        EXPECT_EQ(view.picture().format.width * view.picture().format.height, 0);
    }
}

}  // namespace
}  // namespace dashcam
