#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "targets.h"

// The corpora, and what fuzzing once found: every input again, without a fuzzer.

namespace dashcam {
namespace {

namespace fs = std::filesystem;

class FuzzReplay : public testing::TestWithParam<FuzzTarget> {};

TEST_P(FuzzReplay, CorpusAndItsPieces) {
    const fs::path folder =
        fs::path(DASHCAM_SOURCE_DIR) / "fuzz/corpus" / std::string(GetParam().name);
    int files = 0;
    for (const auto& entry : fs::directory_iterator(folder)) {
        std::ifstream file(entry.path(), std::ios::binary);
        const std::string bytes{std::istreambuf_iterator<char>(file), {}};
        GetParam().run(bytes);
        // Every beginning, and every byte turned over once.
        for (std::size_t i = 0; i < bytes.size() && i < 400; ++i) {
            GetParam().run(std::string_view(bytes).substr(0, i));
            std::string turned = bytes;
            turned[i] = static_cast<char>(~turned[i]);
            GetParam().run(turned);
        }
        ++files;
    }
    EXPECT_GE(files, 2) << folder;
}

INSTANTIATE_TEST_SUITE_P(, FuzzReplay,
                         testing::ValuesIn(fuzz_targets().begin(), fuzz_targets().end()),
                         [](const auto& info) { return std::string(info.param.name); });

}  // namespace
}  // namespace dashcam
