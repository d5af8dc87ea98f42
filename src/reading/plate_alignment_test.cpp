#include "reading/plate_alignment.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <string>
#include <vector>

#include "reading/plate_hypotheses.h"
#include "reading/reading_clusters.h"
#include "reading/test_readings.h"

namespace dashcam {
namespace {

std::vector<AlignedColumn> fuse(const std::vector<PlateReading>& readings) {
    std::vector<WeightedReading> weighted;
    for (const PlateReading& r : readings) weighted.push_back(weighted_reading(r, 0.8));
    return fuse_columns(weighted);
}

std::string text_of(const std::vector<AlignedColumn>& columns) {
    std::string text;
    for (const AlignedColumn& c : columns) {
        const auto best =
            std::max_element(c.posterior.begin(), c.posterior.end()) - c.posterior.begin();
        if (best != kBlankSymbol) text += kPlateAlphabet[best];
    }
    return text;
}

TEST(PlateAlignment, OneReadingKeepsItsPosteriors) {
    const PlateReading reading = reading_of(1, "AB12CDE", 0.9);
    const std::vector<AlignedColumn> columns = fuse({reading});
    ASSERT_EQ(columns.size(), 7u);
    const Distribution expected = distribution_of(reading.posterior[2]);
    for (std::size_t s = 0; s < kPlateSymbols; ++s)
        EXPECT_NEAR(columns[2].posterior[s], expected[s], 1e-6);
}

TEST(PlateAlignment, AgreementMakesSurer) {
    const PlateReading reading = reading_of(1, "AB12CDE", 0.8);
    const std::vector<AlignedColumn> columns = fuse({reading, reading, reading, reading});
    EXPECT_GT(columns[0].posterior[symbol_index('A')], 0.9);
    for (const AlignedColumn& c : columns) {
        EXPECT_NEAR(std::accumulate(c.posterior.begin(), c.posterior.end(), 0.0), 1, 1e-9);
    }
}

TEST(PlateAlignment, AMissedCharacterShiftsNothing) {
    EXPECT_EQ(text_of(fuse(
                  {reading_of(1, "AB12CDE"), reading_of(2, "AB12CDE"), reading_of(3, "AB2CDE")})),
              "AB12CDE");
    // A plate whose first character is hidden: the others keep their places on the plate.
    EXPECT_EQ(text_of(fuse({reading_of(1, "B12CDE", 0.97, 140, 0.215), reading_of(2, "AB12CDE"),
                            reading_of(3, "AB12CDE")})),
              "AB12CDE");
}

TEST(PlateAlignment, AnExtraCharacterIsOutvoted) {
    EXPECT_EQ(text_of(fuse(
                  {reading_of(1, "AB12CDEI"), reading_of(2, "AB12CDE"), reading_of(3, "AB12CDE")})),
              "AB12CDE");
    EXPECT_EQ(text_of(fuse(
                  {reading_of(1, "AB112CDE"), reading_of(2, "AB12CDE"), reading_of(3, "AB12CDE")})),
              "AB12CDE");
}

TEST(PlateAlignment, ErrorsInDifferentPlacesAreRepaired) {
    EXPECT_EQ(text_of(fuse({reading_of(1, "A812CDE"), reading_of(2, "AB12GDE"),
                            reading_of(3, "AB72CDE"), reading_of(4, "AB12CDF")})),
              "AB12CDE");
}

TEST(PlateAlignment, TwoLinesAreAlignedByTheirPlaces) {
    const auto two_lines = [](std::uint32_t frame, std::string_view text, std::size_t upper) {
        PlateReading r = reading_of(frame, text);
        for (std::size_t k = 0; k < kPlateSlots; ++k) {
            const std::size_t in_line = k < upper ? k : k - upper;
            r.place[k] = {static_cast<std::uint8_t>(50 + 45 * in_line),
                          static_cast<std::uint8_t>(k < upper ? 64 : 190)};
        }
        return r;
    };
    // In the second look one of the four 1s of the upper line is missing.
    EXPECT_EQ(text_of(fuse({two_lines(1, "111129915", 4), two_lines(2, "11129915", 3),
                            two_lines(3, "111129915", 4)})),
              "111129915");
}

TEST(PlateAlignment, FullLengthAndEmptyTexts) {
    EXPECT_EQ(text_of(fuse({reading_of(1, "ABCDE12345"), reading_of(2, "ABCDE12345")})),
              "ABCDE12345");
    EXPECT_EQ(text_of(fuse({reading_of(1, ""), reading_of(2, "")})), "");
    EXPECT_TRUE(fuse({}).empty());
}

TEST(ReadingClusters, SeparatesTwoPlates) {
    const std::vector<QualifiedText> texts{
        {"AB12CDE", 0.9}, {"A812CDE", 0.6}, {"XY98ZTT", 0.8}, {"B", 0.9}, {"AB12CD", 0.5}};
    const std::vector<ReadingCluster> clusters = cluster_readings(texts);
    ASSERT_EQ(clusters.size(), 2u);
    EXPECT_EQ(clusters[0].members, (std::vector<std::size_t>{0, 1, 4}));
    EXPECT_EQ(clusters[1].members, (std::vector<std::size_t>{2}));
    EXPECT_NEAR(clusters[0].mass, 2.0, 1e-12);
    EXPECT_EQ(edit_distance("KITTEN", "SITTING"), 3u);
    EXPECT_EQ(edit_distance("", "ABC"), 3u);
}

TEST(PlateHypotheses, AreOrderedAndSumToAtMostOne) {
    std::vector<AlignedColumn> columns =
        fuse({reading_of(1, "AB12CDE", 0.6), reading_of(2, "A812CDE", 0.7)});
    const std::vector<PlateHypothesis> texts = likely_texts(columns);
    ASSERT_GT(texts.size(), 5u);
    double sum = 0;
    for (std::size_t i = 0; i < texts.size(); ++i) {
        sum += texts[i].probability;
        if (i > 0) {
            EXPECT_LE(texts[i].probability, texts[i - 1].probability);
        }
    }
    EXPECT_LE(sum, 1 + 1e-9);
}

}  // namespace
}  // namespace dashcam
