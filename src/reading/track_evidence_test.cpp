#include "reading/track_evidence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "reading/test_readings.h"

namespace dashcam {
namespace {

TEST(TrackEvidence, CountsLooksThatFoundNothing) {
    TrackEvidence evidence;
    add_reading(evidence, PlateReading{});
    add_reading(evidence, reading_of(4, "AB12CDE"));
    EXPECT_EQ(evidence.looks, 2u);
    EXPECT_EQ(evidence.found, 1u);
    ASSERT_EQ(evidence.readings.size(), 1u);
    EXPECT_EQ(evidence.readings[0], reading_of(4, "AB12CDE"));
}

TEST(TrackEvidence, KeepsTheMostUseful) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 60; ++i) {
        add_reading(evidence, reading_of(i, "AB12CDE", i % 2 == 0 ? 0.95 : 0.4));
    }
    EXPECT_EQ(evidence.looks, 60u);
    EXPECT_EQ(evidence.found, 60u);
    ASSERT_EQ(evidence.readings.size(), kMaxReadingsPerTrack);
    for (std::size_t i = 0; i < evidence.readings.size(); ++i) {
        EXPECT_EQ(evidence.readings[i].frame.index, 2 * i);  // equal use: the earlier frames
    }
}

TEST(TrackEvidence, DoesNotDependOnTheOrder) {
    std::mt19937_64 random(test_seed(3));
    std::uniform_real_distribution<double> sure(0.2, 0.99);
    std::vector<PlateReading> readings;
    for (std::uint32_t i = 0; i < 50; ++i) {
        readings.push_back(reading_of(i / 2, i % 5 == 0 ? "XY98ZZZ" : "AB12CDE", sure(random)));
        if (i % 7 == 0) readings.push_back(PlateReading{});
    }
    TrackEvidence first;
    for (const PlateReading& r : readings) add_reading(first, r);
    for (int round = 0; round < 20; ++round) {
        std::shuffle(readings.begin(), readings.end(), random);
        TrackEvidence other;
        for (const PlateReading& r : readings) add_reading(other, r);
        ASSERT_EQ(other.looks, first.looks);
        ASSERT_EQ(other.found, first.found);
        ASSERT_TRUE(std::equal(first.readings.begin(), first.readings.end(), other.readings.begin(),
                               other.readings.end()));
    }
}

}  // namespace
}  // namespace dashcam
