#include "tracking/appearance.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace dashcam {
namespace {

constexpr int kWidth = 320;
constexpr int kHeight = 200;
constexpr Box kBox{100, 50, 200, 130};

// A frame in which a car with a dark window band stands at kBox.
class Frame {
  public:
    Frame(int body_luma, int body_cb, int light) {
        view_.format.width = kWidth;
        view_.format.height = kHeight;
        pixels_.assign(view_.format.bytes(), 128);
        view_.pixels = pixels_.data();
        for (int y = 50; y < 130; ++y) {
            for (int x = 100; x < 200; ++x) {
                const int luma = (y < 80 ? 30 : body_luma) + light;
                pixels_[static_cast<std::size_t>(y) * view_.format.luma_stride() + x] =
                    static_cast<std::uint8_t>(std::clamp(luma, 0, 255));
            }
        }
        const std::ptrdiff_t cb = view_.cb() - view_.pixels;
        const std::ptrdiff_t cr = view_.cr() - view_.pixels;
        std::fill(pixels_.begin() + cb, pixels_.begin() + cr, static_cast<std::uint8_t>(body_cb));
    }
    Appearance at(const Box& box) const { return appearance_of(view_, box); }

  private:
    std::vector<std::uint8_t> pixels_;
    FrameView view_;
};

TEST(Appearance, TheSameVehicleIsAlikeInOtherLightAndBox) {
    const Appearance a = Frame(150, 128, 0).at(kBox);
    EXPECT_EQ(appearance_distance(a, a), 0);
    EXPECT_LT(appearance_distance(a, Frame(150, 128, 25).at(kBox)), 0.3f);
    EXPECT_LT(appearance_distance(a, Frame(150, 128, 0).at({97, 52, 203, 133})), 0.3f);
}

TEST(Appearance, OtherColoursAreDifferent) {
    const Appearance grey = Frame(150, 128, 0).at(kBox);
    EXPECT_GT(appearance_distance(grey, Frame(150, 170, 0).at(kBox)), 0.95f);
    EXPECT_GT(appearance_distance(grey, Frame(30, 128, 0).at(kBox)), 0.95f);
}

TEST(Appearance, IsUnknownWithoutPixelsOrForTinyBoxes) {
    FrameView view;
    view.format.width = kWidth;
    view.format.height = kHeight;
    EXPECT_EQ(appearance_of(view, kBox).known, 0);
    const Frame frame(150, 128, 0);
    EXPECT_EQ(frame.at({100, 50, 110, 130}).known, 0);
    EXPECT_EQ(frame.at(kBox).known, 1);
    EXPECT_EQ(appearance_distance(frame.at(kBox), Appearance{}), 0.5f);
}

TEST(Appearance, BoxesAtTheFramesEdgeAreReadInside) {
    const Frame frame(150, 128, 0);
    EXPECT_EQ(frame.at({-50, -50, 60, 60}), frame.at({0, 0, 60, 60}));
    EXPECT_EQ(frame.at({300, 180, 500, 400}), frame.at({300, 180, kWidth, kHeight}));
}

}  // namespace
}  // namespace dashcam
