#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path kRoot = DASHCAM_SOURCE_DIR;

std::string content_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Sources and headers below a folder of src/, sorted.
std::vector<fs::path> sources_in(const std::string& folder) {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(kRoot / folder)) {
        const std::string extension = entry.path().extension().string();
        if (extension == ".h" || extension == ".cpp") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

bool is_test(const fs::path& file) {
    return file.filename().string().ends_with("_test.cpp") ||
           file.string().find("/testing/") != std::string::npos;
}

// Project headers that a file includes, as they are written.
std::vector<std::string> includes_of(const std::string& content) {
    static const std::regex kInclude("(^|\n)[ \t]*#[ \t]*include[ \t]*\"([^\"]+)\"");
    std::vector<std::string> headers;
    for (std::sregex_iterator at(content.begin(), content.end(), kInclude), end; at != end; ++at) {
        headers.push_back((*at)[2]);
    }
    return headers;
}

// "FILE includes HEADER" for every include in `folder` that starts with none of the allowed
// prefixes.
std::vector<std::string> foreign_includes(const std::string& folder,
                                          const std::vector<std::string>& allowed) {
    std::vector<std::string> found;
    const std::vector<fs::path> files = sources_in("src/" + folder);
    EXPECT_FALSE(files.empty()) << folder << " has no sources: has it moved?";
    for (const fs::path& file : files) {
        if (is_test(file)) continue;
        for (const std::string& header : includes_of(content_of(file))) {
            const bool is_allowed =
                std::any_of(allowed.begin(), allowed.end(),
                            [&](const std::string& prefix) { return header.starts_with(prefix); });
            if (!is_allowed)
                found.push_back(fs::relative(file, kRoot).string() + " includes " + header);
        }
    }
    return found;
}

TEST(Layering, IncludesAreFoundAtAll) {
    EXPECT_THAT(includes_of("#include \"a/b.h\"\n#include <c>\n  # include \"d.h\"\n"),
                testing::ElementsAre("a/b.h", "d.h"));
}

TEST(Layering, BaseAndSharedMemoryIncludeNothingAboveThem) {
    EXPECT_THAT(foreign_includes("base", {"base/"}), testing::IsEmpty());
    EXPECT_THAT(foreign_includes("shared_memory", {"base/", "shared_memory/"}), testing::IsEmpty());
}

TEST(Layering, TheQueueKnowsNoStageAndNoProcess) {
    const std::vector<std::string> queue{"base/",
                                         "shared_memory/",
                                         "pipeline/control_region/",
                                         "pipeline/frame_store/",
                                         "pipeline/stream_state/",
                                         "pipeline/task_queue/",
                                         "pipeline/worker_status/"};
    for (const char* folder :
         {"task_queue", "control_region", "frame_store", "stream_state", "worker_status"}) {
        EXPECT_THAT(foreign_includes(std::string("pipeline/") + folder, queue), testing::IsEmpty());
    }
}

TEST(Layering, TheStagesKnowNoProcess) {
    EXPECT_THAT(foreign_includes("pipeline/stages",
                                 {"base/", "inference/", "reading/", "stores/", "tracking/",
                                  "pipeline/stages/", "pipeline/task_queue/"}),
                testing::IsEmpty());
}

TEST(Layering, LibrariesKnowNoPipeline) {
    EXPECT_THAT(foreign_includes("video", {"base/", "video/"}), testing::IsEmpty());
    EXPECT_THAT(foreign_includes("tracking", {"base/", "tracking/"}), testing::IsEmpty());
    EXPECT_THAT(foreign_includes("reading", {"base/", "reading/", "tracking/tracker_types.h"}),
                testing::IsEmpty());
    EXPECT_THAT(foreign_includes("inference",
                                 {"base/", "inference/", "reading/", "tracking/tracker_types.h"}),
                testing::IsEmpty());
    EXPECT_THAT(foreign_includes("stores", {"base/", "stores/", "reading/plate_reading.h"}),
                testing::IsEmpty());
    EXPECT_THAT(
        foreign_includes("search", {"base/", "search/", "stores/", "video/printable_path.h"}),
        testing::IsEmpty());
}

TEST(Layering, WorkersAndReadersKnowNoMain) {
    for (const char* folder : {"workers", "scheduler", "video_reader", "logging"}) {
        EXPECT_THAT(foreign_includes(std::string("pipeline/") + folder,
                                     {"base/", "pipeline/", "shared_memory/", "video/"}),
                    testing::IsEmpty());
    }
}

// Types that a file defines for others to see: at the outermost level, outside of unnamed
// namespaces.
std::vector<std::string> types_defined_in(const std::string& content) {
    static const std::regex kType(
        "^(template <.*> *)?(struct|class|union) (alignas\\(\\w+\\) )?(\\w+)( final)?( : .*)? "
        "\\{.*");
    std::vector<std::string> types;
    bool is_unnamed = false;
    std::istringstream lines(content);
    for (std::string line; std::getline(lines, line);) {
        if (line == "namespace {") is_unnamed = true;
        if (line == "}  // namespace") is_unnamed = false;
        std::smatch match;
        if (!is_unnamed && std::regex_match(line, match, kType)) types.push_back(match[4]);
    }
    return types;
}

// There is one namespace, so two types of one name would be one to the linker: it keeps one of
// their inline functions for both, and the program crashes anywhere.
TEST(Layering, TypesHaveNamesOfTheirOwn) {
    EXPECT_THAT(
        types_defined_in("struct A {\nclass B final : public A {\nnamespace {\nstruct C {\n}  // "
                         "namespace\nstruct alignas(64) D {\nstruct E;\n"),
        testing::ElementsAre("A", "B", "D"));
    std::map<std::string, std::string> defined;  // type, file
    for (const fs::path& file : sources_in("src")) {
        if (is_test(file)) continue;
        const std::string name = fs::relative(file, kRoot).string();
        for (const std::string& type : types_defined_in(content_of(file))) {
            const auto [other, is_new] = defined.emplace(type, name);
            EXPECT_TRUE(is_new) << type << " is defined in " << name << " and in " << other->second;
        }
    }
    EXPECT_GT(defined.size(), 50U);
}

// "FILE: N lines" for files longer than what one can hold in one's head.
TEST(Layering, FilesStaySmall) {
    constexpr long kMostLinesOfSource = 600, kMostLinesOfHeader = 200;
    std::vector<std::string> too_long;
    for (const char* folder : {"src", "tests"}) {
        for (const fs::path& file : sources_in(folder)) {
            const std::string content = content_of(file);
            const long lines = std::count(content.begin(), content.end(), '\n');
            if (lines > (file.extension() == ".h" ? kMostLinesOfHeader : kMostLinesOfSource)) {
                too_long.push_back(fs::relative(file, kRoot).string() + ": " +
                                   std::to_string(lines) + " lines");
            }
        }
    }
    EXPECT_THAT(too_long, testing::IsEmpty());
}

// Files that a text names in `code` style: something with a folder and an extension, or a C++
// file's name.
std::vector<std::string> files_named_in(const std::string& text) {
    static const std::regex kFile(
        "`([A-Za-z0-9_./-]+/[A-Za-z0-9_.-]+\\.(h|cpp|txt|cmake|toml|md|sql|py|onnx|mp4|json))`");
    std::vector<std::string> names;
    for (std::sregex_iterator at(text.begin(), text.end(), kFile), end; at != end; ++at)
        names.push_back((*at)[1]);
    return names;
}

TEST(Docs, EveryFileThatTheArchitectureNamesExists) {
    const fs::path document = kRoot / "docs/architecture.md";
    if (!fs::exists(document)) GTEST_SKIP() << "SKIPPED: docs/architecture.md is not there";
    const std::vector<std::string> names = files_named_in(content_of(document));
    EXPECT_FALSE(names.empty()) << "the walk through the program names no file";
    std::vector<std::string> missing;
    for (const std::string& name : names) {
        // Named from the root, from src/ or from the document's own folder.
        const bool exists = fs::exists(kRoot / name) || fs::exists(kRoot / "src" / name) ||
                            fs::exists(kRoot / "docs" / name);
        if (!exists) missing.push_back(name);
    }
    EXPECT_THAT(missing, testing::IsEmpty());
}

}  // namespace
