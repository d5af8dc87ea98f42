#include "reading/fusion.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include "reading/fused_plate.h"
#include "reading/fusion_confidence.h"
#include "reading/test_readings.h"

namespace dashcam {
namespace {

std::string text_of(const PlateSummary& summary) { return summary.text.data(); }

// What holds for every summary, whatever the evidence.
void expect_sane(const PlateSummary& s) {
    const std::string text = text_of(s);
    ASSERT_EQ(text.size(), s.characters);
    ASSERT_LE(text.size(), kPlateSlots);
    ASSERT_EQ(text.empty(), s.tier == PlateTier::kNone);
    ASSERT_EQ(text.empty(), s.unread != UnreadReason::kNotUnread);
    ASSERT_EQ(text.find('?') != std::string::npos, s.tier == PlateTier::kPartial);
    ASSERT_TRUE(s.confidence >= 0 && s.confidence <= 1);
    ASSERT_TRUE(s.region_confidence >= 0 && s.region_confidence <= 1);
    ASSERT_EQ(s.region[0] == 0, s.region_confidence == 0);
    for (std::size_t i = 0; i < kPlateSlots; ++i) {
        const SlotPosterior& slot = s.posterior[i];
        const auto sum = std::accumulate(slot.begin(), slot.end(), std::uint32_t{0});
        ASSERT_EQ(sum, i < text.size() ? 65535u : 0u);
        ASSERT_TRUE(s.character_confidence[i] >= 0 && s.character_confidence[i] <= 1);
        if (i < text.size() && text[i] != '?') {
            ASSERT_NE(std::string_view(kPlateAlphabet).find(text[i]), std::string_view::npos);
            ASSERT_NEAR(slot[symbol_index(text[i])] / 65535.0, s.character_confidence[i], 1e-3);
        }
    }
    for (std::size_t i = 0; i < s.alternatives.size(); ++i) {
        ASSERT_NE(s.alternatives[i].text, s.text);
        ASSERT_TRUE(s.alternatives[i].probability >= 0 && s.alternatives[i].probability <= 1);
        if (i > 0) {
            ASSERT_LE(s.alternatives[i].probability, s.alternatives[i - 1].probability);
        }
    }
}

bool equal_bytes(const PlateSummary& a, const PlateSummary& b) {
    return std::memcmp(&a, &b, sizeof(PlateSummary)) == 0;
}

TEST(Fusion, SaysWhyNothingWasRead) {
    EXPECT_EQ(summarise_plate({}).unread, UnreadReason::kNeverLooked);
    const PlateSummary none = summarise_plate(evidence_of({PlateReading{}, PlateReading{}}));
    EXPECT_EQ(none.unread, UnreadReason::kNoPlateFound);
    EXPECT_EQ(none.looks, 2u);
    EXPECT_EQ(none.readings, 0u);
    expect_sane(none);

    PlateReading tiny = reading_of(7, "AB12CDE", 0.12, 25);
    tiny.height_px = 6;
    const PlateSummary small = summarise_plate(evidence_of({tiny, PlateReading{}}));
    EXPECT_EQ(small.tier, PlateTier::kNone);
    EXPECT_EQ(small.unread, UnreadReason::kTooSmall);
    EXPECT_EQ(small.best_frame, 7u);
    const PlateSummary blurred =
        summarise_plate(evidence_of({tiny, reading_of(9, "AB12CDE", 0.12)}));
    EXPECT_EQ(blurred.unread, UnreadReason::kTooBlurred);
    expect_sane(blurred);
}

TEST(Fusion, AgreementOfSureLooksIsConfirmed) {
    const PlateSummary s =
        summarise_plate(evidence_of({reading_of(3, "B123ABC", 0.99), reading_of(6, "B123ABC", 0.99),
                                     reading_of(9, "B123ABC", 0.98)}));
    EXPECT_EQ(text_of(s), "B123ABC");
    EXPECT_EQ(s.tier, PlateTier::kConfirmed);
    EXPECT_GE(s.confidence, 0.97f);
    EXPECT_STREQ(s.region.data(), "RO");
    EXPECT_EQ(s.looks, 3u);
    EXPECT_EQ(s.readings, 3u);
    expect_sane(s);
}

TEST(Fusion, OneSureLookIsProbable) {
    const PlateSummary s = summarise_plate(evidence_of({reading_of(3, "B123ABC", 0.995)}));
    EXPECT_EQ(text_of(s), "B123ABC");
    EXPECT_EQ(s.tier, PlateTier::kProbable);
    EXPECT_EQ(s.best_frame, 3u);
    expect_sane(s);
}

TEST(Fusion, UnsureLooksThatAgreeAreSurerTogether) {
    const PlateSummary one = summarise_plate(evidence_of({reading_of(1, "AB12CDE", 0.8)}));
    const PlateSummary four = summarise_plate(
        evidence_of({reading_of(1, "AB12CDE", 0.8), reading_of(2, "AB12CDE", 0.8),
                     reading_of(3, "AB12CDE", 0.8), reading_of(4, "AB12CDE", 0.8)}));
    EXPECT_GT(four.confidence, one.confidence);
    EXPECT_EQ(text_of(four), "AB12CDE");
}

TEST(Fusion, AnUnknownCharacterIsHidden) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 3; ++i) {
        PlateReading r = reading_of(i, "AB12CDE", 0.98);
        r.posterior[2] = slot_of(
            {{symbol_index('1'), 0.3}, {symbol_index('7'), 0.28}, {symbol_index('4'), 0.3}});
        add_reading(evidence, r);
    }
    const PlateSummary s = summarise_plate(evidence);
    EXPECT_EQ(text_of(s), "AB?2CDE");
    EXPECT_EQ(s.tier, PlateTier::kPartial);
    ASSERT_FALSE(s.alternatives.empty());
    EXPECT_EQ(std::string(s.alternatives[0].text.data()).size(), 7u);
    expect_sane(s);
}

TEST(Fusion, AnotherPlatesReadingIsLeftOut) {
    const PlateSummary s = summarise_plate(
        evidence_of({reading_of(1, "B123ABC"), reading_of(2, "B123ABC"), reading_of(3, "TR95XMI"),
                     reading_of(4, "B123ABC"), reading_of(5, "B123ABC")}));
    EXPECT_EQ(text_of(s), "B123ABC");
    EXPECT_EQ(s.tier, PlateTier::kProbable);  // contested
    expect_sane(s);
}

TEST(Fusion, TwoPlatesOnOneTrackAreInconsistent) {
    const PlateSummary s =
        summarise_plate(evidence_of({reading_of(1, "B123ABC"), reading_of(2, "B123ABC"),
                                     reading_of(3, "TR95XMI"), reading_of(4, "TR95XMI")}));
    EXPECT_EQ(s.tier, PlateTier::kNone);
    EXPECT_EQ(s.unread, UnreadReason::kInconsistent);
    ASSERT_EQ(s.alternatives.size(), 2u);
    const std::string a = s.alternatives[0].text.data();
    const std::string b = s.alternatives[1].text.data();
    EXPECT_EQ(std::min(a, b), "B123ABC");
    EXPECT_EQ(std::max(a, b), "TR95XMI");
    expect_sane(s);
}

TEST(Fusion, FormatsSettleWhatIsOpen) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 2; ++i) {
        PlateReading r = reading_of(i, "B12OPHD", 0.98);
        r.posterior[3] = slot_of({{symbol_index('O'), 0.55}, {symbol_index('0'), 0.43}});
        add_reading(evidence, r);
    }
    EXPECT_EQ(text_of(summarise_plate(evidence)), "B120PHD");
}

TEST(Fusion, FormatsDoNotBendWhatWasReadClearly) {
    // Vanity plates; and a character replaced by one that is drawn differently.
    for (const char* text : {"LOVE2U4", "G0L0R1", "ILUVU2", "B1S0PHD"}) {
        const PlateSummary s =
            summarise_plate(evidence_of({reading_of(1, text, 0.97), reading_of(2, text, 0.97)}));
        EXPECT_EQ(text_of(s), text);
        EXPECT_GE(s.tier, PlateTier::kProbable) << text;
        expect_sane(s);
    }
}

TEST(Fusion, FormatsTellTwinsApartHoweverSureTheReadings) {
    // What a British plate's 1 looks like is an I to the network, in every look.
    TrackEvidence british;
    TrackEvidence romanian;
    for (std::uint32_t i = 0; i < 15; ++i) {
        add_reading(british, reading_of(i, "LSI5EBC", 0.995));
        add_reading(romanian, reading_of(i, "BI2OPHD", 0.98));
    }
    const PlateSummary s = summarise_plate(british);
    EXPECT_EQ(text_of(s), "LS15EBC");
    EXPECT_EQ(s.tier, PlateTier::kConfirmed);
    ASSERT_FALSE(s.alternatives.empty());
    EXPECT_STREQ(s.alternatives[0].text.data(), "LSI5EBC");
    expect_sane(s);
    EXPECT_EQ(text_of(summarise_plate(romanian)), "B120PHD");
}

TEST(Fusion, TwinsInDoubtAreShownAsSeenWithTheirDoubt) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 15; ++i) add_reading(evidence, reading_of(i, "I7859XM", 0.995));
    const PlateSummary s = summarise_plate(evidence);
    EXPECT_EQ(text_of(s), "I7859XM");
    EXPECT_EQ(s.tier, PlateTier::kProbable);
    EXPECT_LT(s.confidence, 0.9f);
    ASSERT_FALSE(s.alternatives.empty());
    EXPECT_STREQ(s.alternatives[0].text.data(), "17859XM");
    EXPECT_NEAR(s.confidence + s.alternatives[0].probability, 1, 0.1);
    expect_sane(s);
}

TEST(Fusion, PiecesOfAPlateAreNoPlates) {
    // The left half of a Dutch plate, seen in five frames: four tall characters and no margin.
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 5; ++i) {
        add_reading(evidence, filling_reading_of(i, "56JT", 250, 100));
    }
    const PlateSummary s = summarise_plate(evidence);
    EXPECT_EQ(s.tier, PlateTier::kPartial);
    EXPECT_EQ(text_of(s), "?56JT?");
    ASSERT_FALSE(s.alternatives.empty());
    EXPECT_STREQ(s.alternatives[0].text.data(), "56JT");
    expect_sane(s);
}

TEST(Fusion, TheWholePlateOutweighsItsPieces) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 5; ++i) {
        add_reading(evidence, filling_reading_of(i, "56JT", 250, 100));
    }
    for (std::uint32_t i = 5; i < 8; ++i) {
        add_reading(evidence, filling_reading_of(i, "56JTT5", 470, 100));
    }
    const PlateSummary s = summarise_plate(evidence);
    EXPECT_EQ(text_of(s), "56JTT5");
    EXPECT_GE(s.tier, PlateTier::kProbable);
    expect_sane(s);
}

TEST(Fusion, APlateCutByTheFrameIsNotConfirmed) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 5; ++i) {
        PlateReading r = reading_of(i, "B123ABC", 0.99);
        r.cut = 1;
        add_reading(evidence, r);
    }
    EXPECT_EQ(text_of(summarise_plate(evidence)), "?B123ABC?");
}

TEST(Fusion, ShortPlatesWithMarginsAreWhole) {
    TrackEvidence evidence;
    for (std::uint32_t i = 0; i < 3; ++i) {
        PlateReading r = filling_reading_of(i, "K234", 300, 100);
        for (std::size_t k = 0; k < 4; ++k) r.place[k][0] = static_cast<std::uint8_t>(90 + 25 * k);
        add_reading(evidence, r);
    }
    const PlateSummary s = summarise_plate(evidence);
    EXPECT_EQ(text_of(s), "K234");
    EXPECT_GE(s.tier, PlateTier::kProbable);
}

TEST(Fusion, TwinsThatNoFormatTellsAreNotConfirmed) {
    const PlateSummary s =
        summarise_plate(evidence_of({reading_of(1, "X0X0X0", 0.99), reading_of(2, "X0X0X0", 0.99),
                                     reading_of(3, "X0X0X0", 0.99)}));
    EXPECT_EQ(text_of(s).size(), 6u);
    EXPECT_LT(s.tier, PlateTier::kConfirmed);
}

TEST(Fusion, SignsAndStampsAreNoPlates) {
    for (const char* text : {"POLICE", "20240131", "0712345678", "TAXI"}) {
        const PlateSummary s = summarise_plate(
            evidence_of({reading_of(1, text), reading_of(2, text), reading_of(3, text)}));
        EXPECT_EQ(s.tier, PlateTier::kNone) << text;
        EXPECT_EQ(s.unread, UnreadReason::kNoPlateFound) << text;
    }
    // Nor is a pair of lamps that looks like three characters, however sure.
    EXPECT_EQ(summarise_plate(evidence_of({reading_of(1, "0I0"), reading_of(2, "0I0")})).tier,
              PlateTier::kNone);
}

TEST(Fusion, BestFrameAgreesWithTheText) {
    const PlateSummary s = summarise_plate(
        evidence_of({reading_of(1, "B123ABC", 0.9), reading_of(2, "B128ABC", 0.96),
                     reading_of(3, "B123ABC", 0.95), reading_of(4, "B123ABC", 0.93)}));
    EXPECT_EQ(text_of(s), "B123ABC");
    EXPECT_EQ(s.best_frame, 3u);
}

TEST(Fusion, TiersFollowTheirThresholds) {
    const FusionSigns sure{.probability = 0.9999,
                           .readings = 3,
                           .members = 3,
                           .agreeing = 3,
                           .dominance = 1,
                           .best_quality = 0.9,
                           .length = 7,
                           .digits = 3};
    EXPECT_EQ(tier_of(sure, 0.99), PlateTier::kConfirmed);
    FusionSigns signs = sure;
    signs.probability = 0.9;
    EXPECT_EQ(tier_of(signs, 0.9), PlateTier::kProbable);
    EXPECT_EQ(tier_of(signs, 0.55), PlateTier::kPartial);
    signs.probability = 0.1;
    EXPECT_EQ(tier_of(signs, 0.9), PlateTier::kPartial);
    signs = sure;
    signs.agreeing = 1;
    EXPECT_EQ(tier_of(signs, 0.99), PlateTier::kProbable);
    signs = sure;
    signs.length = 3;
    EXPECT_EQ(tier_of(signs, 0.99), PlateTier::kNone);
    signs = sure;
    signs.digits = 0;
    EXPECT_EQ(tier_of(signs, 0.99), PlateTier::kProbable);
    signs = sure;
    signs.twin_share = 0.4;  // in doubt, but nothing else is
    EXPECT_EQ(tier_of(signs, 0.99), PlateTier::kProbable);
    EXPECT_LT(calibrated_confidence(signs), 0.4);
    signs = sure;
    signs.whole = 0.4;
    EXPECT_EQ(tier_of(signs, 0.99), PlateTier::kPartial);
}

TEST(Fusion, ConfidenceGrowsWithItsSigns) {
    FusionSigns signs{.probability = 0.9, .best_quality = 0.8, .length = 7, .digits = 3};
    const double base = calibrated_confidence(signs);
    EXPECT_GT(
        calibrated_confidence({.probability = 0.99, .best_quality = 0.8, .length = 7, .digits = 3}),
        base);
    EXPECT_GT(
        calibrated_confidence({.probability = 0.9, .best_quality = 0.9, .length = 7, .digits = 3}),
        base);
    EXPECT_GT(partial_confidence(0.95, 0.3), partial_confidence(0.8, 0.3));
    EXPECT_GT(partial_confidence(0.95, 0.4), partial_confidence(0.95, 0.3));
    signs.twin_share = 0.9;
    EXPECT_LT(calibrated_confidence(signs), base);
    signs.twin_share = 1;
    signs.whole = 0.9;
    EXPECT_LT(calibrated_confidence(signs), base);
}

TEST(Fusion, LooksAtOnePictureCountForLessThanLooksAtSeveral) {
    FusionSigns frames{.probability = 0.999,
                       .readings = 4,
                       .members = 4,
                       .pictures = 4,
                       .agreeing = 4,
                       .best_quality = 0.9,
                       .length = 7,
                       .digits = 3};
    FusionSigns picture = frames;
    picture.pictures = 1;
    EXPECT_LT(calibrated_confidence(picture), calibrated_confidence(frames));
    // A single look is no repetition.
    frames.readings = frames.members = frames.agreeing = frames.pictures = 1;
    picture = frames;
    picture.pictures = 0;
    EXPECT_EQ(calibrated_confidence(picture), calibrated_confidence(frames));
}

TEST(Fusion, ReadingsOfOneTimeAreOnePicture) {
    TrackEvidence frames;
    TrackEvidence picture;
    for (std::uint32_t i = 0; i < 4; ++i) {
        PlateReading r = reading_of(i, "B123ABC", 0.8);
        add_reading(frames, r);
        r.frame.time_us = 0;
        add_reading(picture, r);
    }
    EXPECT_EQ(fuse_plate(frames).signs.pictures, 4u);
    EXPECT_EQ(fuse_plate(picture).signs.pictures, 1u);
    EXPECT_LT(summarise_plate(picture).confidence, summarise_plate(frames).confidence);
}

TEST(Fusion, DoesNotDependOnTheOrderOfReadings) {
    std::mt19937_64 random(test_seed(5));
    std::uniform_real_distribution<double> sure(0.3, 0.99);
    const char* texts[] = {"B123ABC", "B123ABC",  "8123ABC", "B123AB",
                           "B1Z3ABC", "BI23ABCD", "TR95XMI"};
    std::vector<PlateReading> readings;
    for (std::uint32_t i = 0; i < 40; ++i)
        readings.push_back(reading_of(i, texts[i % 7], sure(random)));
    PlateSummary first;
    for (int round = 0; round < 20; ++round) {
        TrackEvidence evidence;
        for (const PlateReading& r : readings) add_reading(evidence, r);
        const PlateSummary s = summarise_plate(evidence);
        if (round == 0) first = s;
        ASSERT_TRUE(equal_bytes(first, s));
        std::shuffle(readings.begin(), readings.end(), random);
    }
    EXPECT_EQ(text_of(first), "B123ABC");
}

TEST(Fusion, SurvivesAnyEvidence) {
    std::mt19937_64 random(test_seed(17));
    std::uniform_int_distribution<int> u16(0, 65535);
    std::uniform_int_distribution<int> percent(0, 99);
    const float odd[] = {0, -1, 1e30f, std::numeric_limits<float>::quiet_NaN(),
                         std::numeric_limits<float>::infinity()};
    for (int round = 0; round < 400; ++round) {
        TrackEvidence evidence;
        const int count = percent(random) % 30;
        for (int i = 0; i < count; ++i) {
            PlateReading r =
                reading_of(static_cast<std::uint32_t>(percent(random)), "AB12CD34EF", 0.9);
            const int kind = percent(random);
            for (SlotPosterior& slot : r.posterior) {
                if (kind < 30) slot.fill(0);
                for (std::uint16_t& p : slot) {
                    if (kind >= 30 && percent(random) < kind)
                        p = static_cast<std::uint16_t>(u16(random));
                }
            }
            for (auto& place : r.place) place[0] = static_cast<std::uint8_t>(u16(random));
            if (percent(random) < 20) r.width_px = odd[percent(random) % 5];
            if (percent(random) < 20) r.sharpness = odd[percent(random) % 5];
            if (percent(random) < 20) r.contrast = odd[percent(random) % 5];
            if (percent(random) < 10) r.found = 0;
            add_reading(evidence, r);
        }
        const PlateSummary s = summarise_plate(evidence);
        expect_sane(s);
        if (HasFatalFailure()) return;
        ASSERT_TRUE(equal_bytes(s, summarise_plate(evidence)));
    }
}

}  // namespace
}  // namespace dashcam
