#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>

#include "cli/exit_codes.h"
#include "support/footage.h"
#include "support/processes.h"
#include "support/program.h"
#include "support/results.h"

// Commands that look: at a run, at what a run needs, at what it would take. None of them changes
// anything. And the documents that are made from the program's own options.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::HasSubstr;

class Watching : public testing::Test {
  protected:
    std::string out() const { return folder_.path() + "/out"; }
    TemporaryFolder folder_;
};

// Every file below a folder with its size.
std::map<std::string, std::uintmax_t> files_below(const std::string& folder) {
    std::map<std::string, std::uintmax_t> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        files[entry.path().string()] = entry.is_regular_file() ? entry.file_size() : 0;
    return files;
}

TEST_F(Watching, StatusShowsARunAndCannotWriteIntoIt) {
    const ProgramEnd none = run_dashcam({"status", "--out", out()});
    EXPECT_EQ(none.code, kExitSomeFailed) << none.text();
    EXPECT_THAT(none.err, HasSubstr("no run of yours is going on")) << none.text();

    pattern_clip(folder_.path(), "long.mp4", 900, 1280, 720);
    Program run({"run", folder_.path() + "/long.mp4", "--out", out(), "--num-gpu-workers", "1",
                 "--num-cpu-workers", "2"});
    json status;
    for (int attempt = 0; attempt < 60 && run.running(); ++attempt) {
        const ProgramEnd end = run_dashcam({"status", "--out", out(), "--json"});
        if (end.code != kExitOk) continue;
        status = json::parse(end.out);
        if (status["frames"] > 0) break;
    }
    ASSERT_TRUE(status.is_object()) << run.err();
    EXPECT_EQ(status["pid"], run.pid());
    EXPECT_EQ(status["videos"]["total"], 1);
    EXPECT_GT(status["frames"], 0);
    EXPECT_EQ(status["workers"].size(), 3u);
    EXPECT_EQ(status["streams"][0]["name"], "long.mp4");

    // As status opens it: the kernel gives no writable mapping of the control region.
    std::string region;
    const std::string descriptors = "/proc/" + std::to_string(run.pid()) + "/fd";
    for (const auto& entry : fs::directory_iterator(descriptors)) {
        std::error_code failed;
        const std::string target = fs::read_symlink(entry.path(), failed).string();
        if (target.starts_with("/memfd:dashcam-control")) region = entry.path().string();
    }
    ASSERT_FALSE(region.empty());
    const int descriptor = open(region.c_str(), O_RDONLY | O_CLOEXEC);
    ASSERT_GE(descriptor, 0);
    EXPECT_EQ(mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), MAP_FAILED);
    void* seen = mmap(nullptr, 4096, PROT_READ, MAP_SHARED, descriptor, 0);
    ASSERT_NE(seen, MAP_FAILED);
    EXPECT_NE(mprotect(seen, 4096, PROT_READ | PROT_WRITE), 0);
    munmap(seen, 4096);
    close(descriptor);

    // An onlooker that is killed in the middle does no harm either; one that stays sees the end.
    { Program killed({"status", "--out", out(), "--watch"}); }
    Program watcher({"status", "--out", out(), "--watch"});
    run.send_signal(SIGINT);
    const ProgramEnd end = run.wait();
    EXPECT_EQ(end.code, kExitInterrupted) << end.text();
    const ProgramEnd watched = watcher.wait();
    EXPECT_EQ(watched.code, watched.out.empty() ? kExitSomeFailed : kExitOk) << watched.text();
    EXPECT_EQ(database_faults(out() + "/dashcam.db"), "");
}

TEST_F(Watching, DryRunEstimatesAndWritesNothing) {
    pattern_clip(folder_.path(), "a.mp4", 60, 640, 360, 1);
    pattern_clip(folder_.path(), "b.mp4", 30, 640, 360, 2);
    write_file(folder_.path() + "/text.mp4", "no video");
    const auto before = files_below(folder_.path());
    const ProgramEnd end = run_dashcam({"run", folder_.path(), "--dry-run", "--out", out()});
    EXPECT_EQ(end.code, kExitSomeFailed) << end.text();
    EXPECT_EQ(files_below(folder_.path()), before);
    EXPECT_THAT(end.out, HasSubstr("3 clips, 0 of them finished already, 1 unusable"))
        << end.text();
    EXPECT_THAT(end.out, HasSubstr("90 frames")) << end.text();
    EXPECT_THAT(end.out, HasSubstr("of 2 clips")) << end.text();
    EXPECT_THAT(end.out, HasSubstr("vehicles")) << end.text();
    EXPECT_THAT(end.err, HasSubstr("text.mp4")) << end.text();
}

TEST_F(Watching, DoctorSaysWhatWouldFailAndHowToMendIt) {
    write_file(folder_.path() + "/broken.onnx", "no network");
    const auto before = files_below(folder_.path());
    const ProgramEnd good = run_dashcam({"doctor", "--out", out()});
    EXPECT_EQ(good.code, kExitOk) << good.text();
    const ProgramEnd bad =
        run_dashcam({"doctor", "--json", "--out", out(), "--db", "postgresql://me:pw@127.0.0.1:1/x",
                     "--plate-model", folder_.path() + "/broken.onnx"});
    EXPECT_EQ(bad.code, kExitCannotRun) << bad.text();
    EXPECT_EQ(files_below(folder_.path()), before);
    std::set<std::string> problems;
    for (const json& finding : json::parse(bad.out)) {
        if (finding["health"] != "problem") continue;
        problems.insert(finding["subject"]);
        EXPECT_FALSE(finding["fix"].get<std::string>().empty()) << finding;
    }
    EXPECT_EQ(problems, (std::set<std::string>{"database", "plate model"})) << bad.text();
    EXPECT_EQ(bad.out.find("pw@"), std::string::npos) << bad.text();
    EXPECT_EQ(run_dashcam({"doctor", "--num-gpu-workers", "99"}).code, kExitUsage);
}

// Names of all options in the help of a command.
std::set<std::string> options_in(const std::string& help) {
    std::set<std::string> names;
    std::istringstream lines(help);
    for (std::string line; std::getline(lines, line);) {
        const std::size_t at = line.find_first_not_of(' ');
        if (at != 2 && at != 6) continue;  // an entry, not its continuation
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (word.ends_with(',')) words >> word;
        const std::size_t end = word.find_first_of(",= ");
        if (word.starts_with("--")) names.insert(word.substr(0, end));
    }
    return names;
}

TEST_F(Watching, DocumentsNameEveryOptionOfEveryCommand) {
    std::map<std::string, std::string> documents;
    for (const char* kind : {"man", "bash", "zsh", "fish"}) {
        const ProgramEnd end = run_dashcam({"internal-docs", kind});
        ASSERT_EQ(end.code, kExitOk) << end.text();
        documents[kind] = end.out;
        write_file(folder_.path() + "/" + kind, end.out);
    }
    const std::string help = run_dashcam({"--help"}).out;
    const std::size_t list = help.find("ubcommands:");
    ASSERT_NE(list, std::string::npos) << help;
    std::istringstream lines(help.substr(list));
    std::string line;
    std::getline(lines, line);
    std::size_t commands = 0, options = 0;
    while (std::getline(lines, line) && line.starts_with("  ")) {
        if (line[2] == ' ') continue;
        const std::string command = line.substr(2, line.find(' ', 2) - 2);
        ++commands;
        const auto names = options_in(run_dashcam({command, "--help"}).out);
        EXPECT_FALSE(names.empty()) << command;
        for (const auto& [kind, text] : documents) EXPECT_THAT(text, HasSubstr(command)) << kind;
        for (const std::string& name : names) {
            ++options;
            std::string escaped;
            for (const char c : name) escaped += c == '-' ? std::string("\\-") : std::string(1, c);
            EXPECT_THAT(documents["man"], HasSubstr(escaped)) << command;
            EXPECT_THAT(documents["bash"], HasSubstr(name)) << command;
            EXPECT_THAT(documents["zsh"], HasSubstr("'" + name + "[")) << command;
            EXPECT_THAT(documents["fish"], HasSubstr("-l " + name.substr(2) + " ")) << command;
        }
    }
    EXPECT_GE(commands, 4u) << help;
    EXPECT_GT(options, 60u);
    const std::string folder = folder_.path();
    EXPECT_EQ(std::system(("bash -n " + folder + "/bash").c_str()), 0);
    for (const std::string check : {"groff -man -ww -Tutf8 " + folder + "/man > " + folder +
                                        "/page 2> " + folder + "/warnings",
                                    "zsh -n " + folder + "/zsh", "fish -n " + folder + "/fish"}) {
        const std::string tool = check.substr(0, check.find(' '));
        if (std::system(("command -v " + tool + " > /dev/null").c_str()) != 0) {
            std::cout << "SKIPPED: " << tool << " is not installed\n";
            continue;
        }
        EXPECT_EQ(std::system(check.c_str()), 0) << check;
        if (tool == "groff") {
            EXPECT_EQ(read_file(folder + "/warnings"), "");
        }
    }
}

}  // namespace
}  // namespace dashcam
