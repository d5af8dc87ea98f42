#include <gtest/gtest.h>

#include "base/bounded_vector.h"
#include "base/frame_view.h"
#include "base/geometry.h"
#include "base/result.h"

namespace dashcam {
namespace {

TEST(Geometry, IouOfHalfOverlappingBoxesIsAThird) {
    EXPECT_FLOAT_EQ(iou({0, 0, 2, 2}, {1, 0, 3, 2}), 1.0f / 3);
    EXPECT_FLOAT_EQ(iou({0, 0, 1, 1}, {2, 2, 3, 3}), 0);
    EXPECT_FLOAT_EQ(iou({0, 0, 0, 0}, {0, 0, 0, 0}), 0);
}

TEST(Geometry, ShareInsideIsOfTheInnersArea) {
    const Box outer{0, 0, 100, 100};
    EXPECT_FLOAT_EQ(share_inside({90, 0, 110, 10}, outer), 0.5f);
    EXPECT_FLOAT_EQ(share_inside({10, 10, 20, 20}, outer), 1);
    EXPECT_FLOAT_EQ(share_inside(outer, {10, 10, 20, 20}), 0.01f);
    EXPECT_EQ(share_inside({200, 0, 210, 10}, outer), 0);
    EXPECT_EQ(share_inside({5, 5, 5, 5}, outer), 0);
}

TEST(Geometry, ClippedStaysInsideTheFrame) {
    EXPECT_EQ(clipped({-5, 3, 30, 40}, 20, 10), (Box{0, 3, 20, 10}));
}

TEST(Geometry, BoundsOfAQuadHoldItsCorners) {
    const Quad quad{{Point{3, 1}, Point{9, 2}, Point{8, 5}, Point{2, 4}}};
    EXPECT_EQ(quad.bounds(), (Box{2, 1, 9, 5}));
}

TEST(FrameFormat, OddSizesRoundChromaUp) {
    const FrameFormat format{.width = 33, .height = 17};
    EXPECT_EQ(format.chroma_width(), 17);
    EXPECT_EQ(format.chroma_height(), 9);
    EXPECT_EQ(format.bytes(), 64u * 17 + 2 * 32u * 9);
}

TEST(BoundedVector, EraseKeepsOrderAndClearsTheTail) {
    BoundedVector<int, 4> v;
    for (int i = 1; i <= 3; ++i) v.push_back(i);
    v.erase(0);
    ASSERT_EQ(v.size(), 2u);
    EXPECT_EQ(v[0], 2);
    EXPECT_EQ(v[1], 3);
    EXPECT_EQ(*(v.begin() + 2), 0);
}

TEST(BoundedVectorDeathTest, PushingOntoAFullOneEndsTheProcess) {
    BoundedVector<int, 1> v;
    v.push_back(1);
    EXPECT_DEATH(v.push_back(2), "check failed");
}

Result<int> half(int n) {
    if (n % 2 != 0) return Error{"odd"};
    return n / 2;
}
Result<int> quarter(int n) {
    TRY_ASSIGN(const int h, half(n));
    return half(h);
}

TEST(Result, TryAssignPassesTheErrorOn) {
    EXPECT_EQ(*quarter(8), 2);
    ASSERT_FALSE(quarter(6).ok());
    EXPECT_EQ(quarter(6).error().message, "odd");
}

}  // namespace
}  // namespace dashcam
