#include "stores/text_columns.h"

#include <gtest/gtest.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "stores/testing/sample_rows.h"

namespace dashcam {
namespace {

TEST(TextColumns, LeavesOrdinaryTextAlone) {
    for (const char* text :
         {"", "/card/NO 100%.mp4", "Z\xC3\xBCrich", "\xE8\xBB\x8A", "\xF0\x9F\x9A\x97", "a\tb\n"}) {
        EXPECT_EQ(escaped(text), text);
        EXPECT_EQ(unescaped(text), text);
    }
}

TEST(TextColumns, EscapesWhatPostgresRefuses) {
    EXPECT_EQ(escaped(std::string_view("a\0b", 3)), "a\\x00b");
    EXPECT_EQ(escaped("a\\b"), "a\\\\b");
    EXPECT_EQ(escaped("\xFF"), "\\xFF");
    EXPECT_EQ(escaped("\xC3"), "\\xC3");                             // cut off
    EXPECT_EQ(escaped("\xC0\x80"), "\\xC0\\x80");                    // overlong NUL
    EXPECT_EQ(escaped("\xED\xA0\x80"), "\\xED\\xA0\\x80");           // surrogate
    EXPECT_EQ(escaped("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");  // above U+10FFFF
    EXPECT_EQ(escaped("\xE8\xBB"
                      "x"),
              "\\xE8\\xBBx");
}

TEST(TextColumns, UnescapesAnyBytes) {
    Random random(test_seed());
    for (int i = 0; i < 20'000; ++i) {
        std::string bytes(random() % 12, '\0');
        for (char& c : bytes) {
            // Escapes, lead bytes and continuation bytes more often than chance has them.
            c = random() % 3 == 0 ? "\\x0F\xC3\xE8\xF4\x90"[random() % 8]
                                  : static_cast<char>(random());
        }
        const std::string text = escaped(bytes);
        EXPECT_EQ(unescaped(text), bytes) << text;
        EXPECT_EQ(escaped(unescaped(text)), text);
    }
}

TEST(TextColumns, KeepsSortingOfKeysInJson) {
    const std::vector<CharacterPosterior> characters = {{0.5, {{'B', 0.25}, {'8', 0.5}}}, {1, {}}};
    const auto text = to_json(characters);
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(
        *text,
        R"([{"confidence":0.5,"symbols":{"8":0.5,"B":0.25}},{"confidence":1.0,"symbols":{}}])");
    EXPECT_EQ(characters_from_json(*text).value(), characters);
}

// What to_json() writes is read in a shorter way than other JSON: with the same result.
TEST(TextColumns, ReadsCharactersInAnyFormOfJson) {
    Random random(test_seed());
    for (int i = 0; i < 20; ++i) {
        const auto characters = sample_vehicle(random, sample_id(1), 1).characters;
        const std::string text = to_json(characters).value();
        EXPECT_EQ(characters_from_json(text).value(), characters);
        EXPECT_EQ(characters_from_json(" " + text).value(), characters);
        EXPECT_EQ(characters_from_json(nlohmann::json::parse(text).dump(2)).value(), characters);
        for (std::size_t end = 0; end < text.size(); end += 7)
            EXPECT_FALSE(characters_from_json(text.substr(0, end)).ok()) << end << " of " << text;
    }
    const auto odd = characters_from_json(R"([{"confidence":1e-7,"symbols":{"\\\\":-0.5,"{":1}}])");
    ASSERT_TRUE(odd.ok());
    EXPECT_EQ(*odd, (std::vector<CharacterPosterior>{{1e-7, {{'\\', -0.5}, {'{', 1}}}}));
    for (const char* wrong :
         {R"([{"confidence":nan,"symbols":{}}])", R"([{"confidence":1,"symbols":{}}]])",
          R"([{"confidence":1,"symbols":{}},])", "[1]"})
        EXPECT_FALSE(characters_from_json(wrong).ok()) << wrong;
}

TEST(TextColumns, WritesSlotsWithoutZeros) {
    SlotPosterior slot{};
    slot[8] = 535;
    slot[11] = 65000;
    slot[kBlankSymbol] = 1;
    const std::vector<SlotPosterior> slots = {slot, SlotPosterior{}};
    const auto text = to_json(slots);
    ASSERT_TRUE(text.ok());
    EXPECT_EQ(*text, R"([{"8":535,"B":65000,"_":1},{}])");
    EXPECT_EQ(slots_from_json(*text).value(), slots);
}

TEST(TextColumns, RefusesWhatIsNoNumber) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(to_json(std::vector<CharacterPosterior>{{nan, {}}}).ok());
    EXPECT_FALSE(to_json(std::vector<CharacterPosterior>{{1, {{'A', nan}}}}).ok());
    EXPECT_FALSE(to_json(std::vector<Alternative>{{"A", nan}}).ok());
}

TEST(TextColumns, RefusesForeignText) {
    EXPECT_FALSE(characters_from_json("").ok());
    EXPECT_FALSE(characters_from_json(R"([{"confidence":1}])").ok());
    EXPECT_FALSE(characters_from_json(R"([{"confidence":1,"symbols":{"AB":1}}])").ok());
    EXPECT_FALSE(alternatives_from_json(R"([{"text":1,"probability":1}])").ok());
    EXPECT_FALSE(slots_from_json(R"([{"A":65536}])").ok());
    EXPECT_FALSE(slots_from_json(R"([{"a":1}])").ok());
}

}  // namespace
}  // namespace dashcam
