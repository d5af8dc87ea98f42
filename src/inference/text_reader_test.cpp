#include "inference/text_reader.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>

#include "inference/fake_engine.h"
#include "inference/test_frames.h"

namespace dashcam {
namespace {

using Probabilities = std::array<float, kPlateSymbols>;

int sum_of(const SlotPosterior& slot) { return std::accumulate(slot.begin(), slot.end(), 0); }

TEST(Quantised, AddsUpAndStaysWithinOneUnit) {
    std::mt19937_64 random(test_seed());
    for (int round = 0; round < 2000; ++round) {
        Probabilities p{};
        double sum = 0;
        for (float& v : p) {
            v = std::exp(-20.0f * static_cast<float>(random() % 1000) / 1000);
            sum += static_cast<double>(v);
        }
        const SlotPosterior slot = quantised(p);
        ASSERT_EQ(sum_of(slot), 65535);
        for (std::size_t i = 0; i < p.size(); ++i) {
            ASSERT_NEAR(slot[i], static_cast<double>(p[i]) / sum * 65535, 1.0);
        }
    }
}

TEST(Quantised, DoesNotDependOnTheSum) {
    Probabilities p{}, doubled{};
    for (std::size_t i = 0; i < p.size(); ++i) {
        p[i] = static_cast<float>(i + 1) / 1024;
        doubled[i] = 2 * p[i];
    }
    EXPECT_EQ(quantised(p), quantised(doubled));
}

TEST(Quantised, GivesWhatIsLeftToTheLowerSymbolOfEqualOnes) {
    Probabilities p{};
    p[3] = p[8] = 0.5f;
    const SlotPosterior slot = quantised(p);
    EXPECT_EQ(slot[3], 32768);
    EXPECT_EQ(slot[8], 32767);
}

TEST(Quantised, CertaintyIsWholeAndNonsenseIsBlank) {
    Probabilities p{};
    p[12] = 1;
    EXPECT_EQ(quantised(p)[12], 65535);
    Probabilities nonsense{};
    nonsense[0] = std::numeric_limits<float>::quiet_NaN();
    nonsense[1] = -1;
    nonsense[2] = std::numeric_limits<float>::infinity();
    const SlotPosterior slot = quantised(nonsense);
    EXPECT_EQ(slot[kBlankSymbol], 65535);
    EXPECT_EQ(sum_of(slot), 65535);
}

ModelDescription text_description() {
    return {"",
            {"image", ElementType::kFloat32, {1, 64, 192}},
            {{"place", ElementType::kFloat32, {10, 2}},
             {"posterior", ElementType::kFloat32, {10, 37}}}};
}

TEST(TextReader, FeedsGreyFromZeroToOneAndReadsOutputsByName) {
    FakeEngine engine;
    float first = -1, last = -1;
    engine.add("text.onnx", text_description(), [&](auto sample, auto& outputs) {
        std::memcpy(&first, sample.data(), sizeof(float));
        std::memcpy(&last, sample.data() + sample.size() - sizeof(float), sizeof(float));
        for (std::size_t slot = 0; slot < 10; ++slot) outputs[1][slot * 37 + slot] = 1;
        outputs[0][0] = 0.5f;
        outputs[0][1] = 1.5f;
        outputs[0][2] = -0.5f;
        outputs[0][3] = std::numeric_limits<float>::quiet_NaN();
    });
    const auto reader = TextReader::load(engine, "text.onnx", {});
    ASSERT_TRUE(reader.ok()) << reader.error().message;
    GreyPlate plate{};
    plate.front() = 51;
    plate.back() = 255;
    const auto found = (*reader)->read(plate);
    ASSERT_TRUE(found.ok());
    EXPECT_FLOAT_EQ(first, 0.2f);
    EXPECT_FLOAT_EQ(last, 1.0f);
    for (std::size_t slot = 0; slot < 10; ++slot) EXPECT_EQ(found->posterior[slot][slot], 65535);
    EXPECT_EQ(found->place[0], (std::array<std::uint8_t, 2>{128, 255}));
    EXPECT_EQ(found->place[1], (std::array<std::uint8_t, 2>{0, 0}));
}

TEST(TextReader, RefusesOtherShapes) {
    FakeEngine engine;
    ModelDescription wrong = text_description();
    wrong.outputs[1].shape = {12, 37};
    engine.add("text.onnx", wrong, [](auto, auto&) {});
    const auto reader = TextReader::load(engine, "text.onnx", {});
    ASSERT_FALSE(reader.ok());
    EXPECT_NE(reader.error().message.find("text.onnx"), std::string::npos);
    EXPECT_NE(reader.error().message.find("12x37"), std::string::npos);
}

}  // namespace
}  // namespace dashcam
