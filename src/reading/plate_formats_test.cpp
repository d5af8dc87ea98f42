#include "reading/plate_formats.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "reading/false_plates.h"

namespace dashcam {
namespace {

std::string region_of(std::string_view text) {
    const std::array<WeightedText, 1> texts{WeightedText{text, 1.0}};
    return guess_region(texts).region.data();
}

TEST(PlateFormats, AreWellFormed) {
    for (const PlateFormat& format : plate_formats()) {
        const std::string_view patterns(format.patterns);
        EXPECT_FALSE(patterns.empty());
        EXPECT_GT(format.weight, 0) << format.region << " " << patterns;
        EXPECT_LT(std::string_view(format.region).size(), PlateText{}.size());
        for (const char c : patterns) {
            const bool known = c == 'd' || c == 'n' || c == 'l' || c == 'm' || c == ' ' ||
                               (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            EXPECT_TRUE(known) << format.region << " " << patterns;
        }
    }
}

TEST(PlateFormats, KnowTypicalPlates) {
    for (const char* text :
         {"B123ABC", "TR95XMI", "LB07ABC", "AB123CD", "1234BCD", "7ABC123", "ABC1D23", "MH12AB1234",
          "34ABC123", "AA1234BB", "A123BC777", "WX12345", "BAB1234", "22BH1234AB", "FL12345",
          "1ABC123", "BAB123E", "1234AB75"}) {
        EXPECT_GT(format_boost(text), 0.3) << text;
    }
    // Few vehicles carry them.
    for (const char* text : {"FL12345", "A12BC", "CA12AB", "01123AB"}) {
        EXPECT_GT(format_boost(text), 0) << text;
    }
    for (const char* text : {"", "A", "LOVE2U4", "ABCDEFGHIJ", "AB-123", "12345678901234"}) {
        EXPECT_EQ(format_boost(text), 0) << text;
    }
}

TEST(PlateFormats, BoostIsBounded) {
    for (const char* text : {"B123ABC", "1ABC123", "ABC1D23", "DL1CAB1234"}) {
        EXPECT_LE(format_boost(text), kMaxFormatBoost);
    }
    EXPECT_NEAR(std::exp(kMaxFormatBoost), 8, 1e-9);
}

TEST(PlateFormats, NameTheRegionWhereItIsClear) {
    EXPECT_EQ(region_of("B310VLV"), "RO");
    EXPECT_EQ(region_of("MH12AB1234"), "IN");
    EXPECT_EQ(region_of("BRA2E19"), "BR");
    EXPECT_EQ(region_of("7ABC123"), "US-CA");
    EXPECT_EQ(region_of("22BH1234AB"), "IN");
    EXPECT_EQ(region_of("LOVE2U4"), "");
    EXPECT_EQ(region_of("ABC123"), "");  // dozens of countries
    EXPECT_EQ(guess_region({}).share, 0);
}

TEST(PlateFormats, FindWhatDiffersInTwinsOnly) {
    for (const char* text : {"LS15EBC", "LSI5EBC", "L515EBC"}) {
        const std::vector<FormatFit> fits = formats_up_to_twins(text);
        const bool british = std::any_of(fits.begin(), fits.end(), [](const FormatFit& fit) {
            return fit.text == "LS15EBC" && fit.gain > 1;
        });
        EXPECT_EQ(british, text[1] == 'S') << text;
    }
    // Codes are written with twins too: the Bulgarian OB, the Turkish 01.
    const std::vector<FormatFit> fits = formats_up_to_twins("0B1234AB");
    EXPECT_TRUE(std::any_of(fits.begin(), fits.end(),
                            [](const FormatFit& fit) { return fit.text == "OB1234AB"; }));
    EXPECT_TRUE(formats_up_to_twins("LOVE2U4").empty());
    EXPECT_TRUE(formats_up_to_twins("").empty());
    EXPECT_TRUE(formats_up_to_twins("AB-1").empty());
}

TEST(FalsePlates, AreWordsNumbersAndDates) {
    for (const char* text :
         {"TAXI", "P0LICE", "F0RSALE", "0712345678", "20240131", "31012024", "2O24O131", "2012D621",
          "2024120", "D634865926", "SFRVICE", "5CH00L", "WWWW"}) {
        EXPECT_TRUE(is_false_plate(text)) << text;
    }
    for (const char* text :
         {"B123ABC", "TAX1234", "123456", "12345678", "ABC", "20241331", "1111", "SERV1234"}) {
        EXPECT_FALSE(is_false_plate(text)) << text;
    }
}

}  // namespace
}  // namespace dashcam
