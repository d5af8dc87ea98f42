#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>

#include "cli/exit_codes.h"
#include "cli/result_rows.h"
#include "stores/store.h"
#include "support/command_results.h"
#include "support/footage.h"
#include "support/results.h"
#include "video/clip_copy.h"
#include "video/decoder.h"
#include "video/demuxer.h"

// The commands that look at results, as a user gives them, on the processed sample drive; for both
// databases.

namespace dashcam {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::AllOf;
using testing::AnyOf;
using testing::Contains;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

class Commands : public ProcessedDrive, public testing::WithParamInterface<std::string> {
  protected:
    void SetUp() override {
        ProcessedDrive::SetUp();
        if (!IsSkipped() && GetParam() == "postgresql" && !has_postgres())
            GTEST_SKIP() << PrivatePostgres::skip_message();
    }
    const CommandResults& made() { return ProcessedDrive::made(GetParam()); }
    CommandResults fresh() { return ProcessedDrive::fresh(GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Databases, Commands, testing::Values("sqlite", "postgresql"),
                         [](const auto& info) { return info.param; });

// The row of a JSON listing with this clip and plate.
json row_of(const json& rows, const std::string& clip, const std::string& plate) {
    for (const json& row : rows) {
        const std::string path = row.contains("clip") ? row["clip"] : row["video"];
        if (path.ends_with("/" + clip) && row["plate"] == plate) return row;
    }
    ADD_FAILURE() << "no row of " << clip << " with " << plate;
    return json::object();
}

std::string reference(const CommandResults& results, const std::string& clip,
                      const std::string& plate) {
    const json rows = json::parse(results.text({"vehicles", "--json"}));
    return clip + ":" + row_of(rows, clip, plate)["track"].dump();
}

TEST_P(Commands, VehiclesAreListedAndFiltered) {
    const std::string text = made().text({"vehicles", "--json"});
    const json all = json::parse(text);
    EXPECT_EQ(text, all.dump(2) + "\n") << "object by object, the same as all at once";
    EXPECT_EQ(made().text({"vehicles", "--json", "--plate", "NONE"}), "[]\n");
    const json drive = json::parse(made().text({"vehicles", "--json", "--clip", "drive.mp4"}));
    const json again = json::parse(made().text({"vehicles", "--json", "--clip", "again.mkv"}));
    EXPECT_EQ(all.size(), drive.size() + again.size()) << "same.mp4 is drive.mp4";
    for (const json& row : drive)
        EXPECT_TRUE(row["video"].get<std::string>().ends_with("drive.mp4"));
    const json confirmed = json::parse(made().text({"vehicles", "--json", "--tier", "confirmed"}));
    EXPECT_GT(confirmed.size(), 2u);
    for (const json& row : confirmed) EXPECT_EQ(row["tier"], "confirmed");
    const json buses = json::parse(made().text({"vehicles", "--json", "--class", "bus"}));
    for (const json& row : buses) EXPECT_EQ(row["class"], "bus");
    // Small letters and spaces are what people type.
    EXPECT_THAT(json::parse(made().text({"vehicles", "--json", "--plate", "kv67 wrt"})), SizeIs(2));
    const json late = json::parse(made().text({"vehicles", "--json", "--from", "25"}));
    EXPECT_GT(late.size(), 0u);
    for (const json& row : late) EXPECT_GE(row["last_s"].get<double>(), 25);
    EXPECT_THAT(made().text({"vehicles"}), AllOf(HasSubstr("KV67WRT"), HasSubstr("TIER")));
}

TEST_P(Commands, SearchFindsByPatternAndFilters) {
    const std::string table = made().text({"search", "KV?7*"});
    EXPECT_THAT(table, AllOf(HasSubstr("KV67WRT"), HasSubstr("drive.mp4"), HasSubstr("again.mkv")));
    const json hits = json::parse(made().text({"search", "kv?7*", "--json"}));
    ASSERT_EQ(hits.size(), 2u);
    for (const json& hit : hits) {
        EXPECT_EQ(hit["plate"], "KV67WRT");
        EXPECT_EQ(hit["match"], "plate");
        EXPECT_GT(hit["probability"].get<double>(), 0.9);
        EXPECT_TRUE(fs::exists(made().out + "/" + hit["best_shot"].get<std::string>()));
    }
    const auto csv = csv_rows(made().text({"search", "KV67WRT", "--csv"}));
    ASSERT_EQ(csv.size(), 3u);
    EXPECT_EQ(csv[0].at(0), "probability");
    EXPECT_THAT(csv, Each(SizeIs(csv[0].size())));
    EXPECT_THAT(csv[1], Contains("KV67WRT"));
    // One wrong character is found with --fuzzy only.
    EXPECT_EQ(made().text({"search", "KV67WRI", "--json"}), "[\n]\n");
    const json near = json::parse(made().text({"search", "KV67WRI", "--fuzzy", "--json"}));
    ASSERT_GE(near.size(), 2u);
    EXPECT_EQ(near[0]["plate"], "KV67WRT");
    EXPECT_EQ(near[0]["match"], "similar");
    EXPECT_THAT(json::parse(made().text({"search", "KV*", "--clip", "again.mkv", "--json"})),
                SizeIs(1));
    EXPECT_THAT(json::parse(made().text({"search", "KV*", "--from", "20", "--json"})), IsEmpty());
    EXPECT_THAT(json::parse(made().text({"search", "*", "--limit", "3", "--json"})), SizeIs(3));
    for (const json& hit :
         json::parse(made().text({"search", "*", "--class", "motorcycle", "--json"})))
        EXPECT_EQ(hit["class"], "motorcycle");
    EXPECT_THAT(made().complaint({"search", "QQQQQQ"}, kExitOk), HasSubstr("no plate fits"));
}

TEST_P(Commands, EncountersCountClipsNotCopies) {
    const json met = json::parse(made().text({"encounters", "--min-clips", "2", "--json"}));
    ASSERT_GE(met.size(), 2u);
    std::set<std::string> plates;
    for (const json& row : met) {
        EXPECT_EQ(row["clips"], 2);
        plates.insert(row["plate"].get<std::string>());
    }
    EXPECT_TRUE(plates.contains("KV67WRT") && plates.contains("GT284R"));
    EXPECT_FALSE(plates.contains("5GVR826")) << "is in drive.mp4 only, which has a copy";
    const auto each = csv_rows(made().text({"encounters", "--each", "--csv"}));
    EXPECT_EQ(each[0], export_columns());
    EXPECT_GE(each.size(), 1 + 2 * plates.size());
    EXPECT_THAT(made().text({"encounters"}), HasSubstr("SEEN FOR"));
    EXPECT_THAT(made().complaint({"encounters", "--min-clips", "3"}, kExitOk),
                HasSubstr("--min-clips"));
}

TEST_P(Commands, ExportParsesBackInEveryFormat) {
    const json rows = json::parse(made().text({"vehicles", "--json"}));
    const auto csv = csv_rows(made().text({"export"}));
    ASSERT_EQ(csv.size(), rows.size() + 1);
    EXPECT_EQ(csv[0], export_columns());
    EXPECT_THAT(csv, Each(SizeIs(export_columns().size())));
    const std::string guide = read_file(DASHCAM_SOURCE_DIR "/docs/user_guide/export.md");
    for (const std::string& column : export_columns())
        EXPECT_THAT(guide, HasSubstr("`" + column + "`"));
    const json array = json::parse(made().text({"export", "--format", "json"}));
    ASSERT_EQ(array.size(), rows.size());
    std::size_t at = 0;
    std::istringstream lines(made().text({"export", "--format", "ndjson"}));
    for (std::string line; std::getline(lines, line); ++at) EXPECT_EQ(json::parse(line), array[at]);
    EXPECT_EQ(at, array.size());
    for (std::size_t i = 0; i < array.size(); ++i) {
        EXPECT_EQ(array[i].size(), export_columns().size());
        EXPECT_EQ(array[i]["plate"], csv[i + 1][5]);
        EXPECT_EQ(array[i]["clip"], csv[i + 1][1]);
        EXPECT_EQ(array[i]["first_s"].get<double>(), std::stod(csv[i + 1][12]));
    }
    const std::string file = folder_.path() + "/a.csv";
    EXPECT_EQ(made().text({"export", "--file", file}), "");
    EXPECT_EQ(csv_rows(read_file(file)), csv);
}

TEST_P(Commands, ShowTellsOneVehicle) {
    const std::string name = reference(made(), "drive.mp4", "RTE4H82");
    EXPECT_THAT(
        made().text({"show", name}),
        AllOf(HasSubstr("RTE4H82"), HasSubstr("confirmed"), HasSubstr("motorcycle"),
              HasSubstr("drive.mp4#t="), HasSubstr("vehicle.jpg"), Not(HasSubstr("missing"))));
    const json one = json::parse(made().text({"show", "rte4h82", "--json"}));
    EXPECT_EQ(one, json::parse(made().text({"show", name, "--json"})));
    EXPECT_THAT(made().complaint({"show", "KV67WRT"}, kExitUsage),
                AllOf(HasSubstr("2 vehicles"), HasSubstr("again.mkv:"), HasSubstr("drive.mp4:")));
}

TEST_P(Commands, ExplainingFusesTheStoredRowAgain) {
    const json rows = json::parse(made().text({"vehicles", "--json", "--clip", "drive.mp4"}));
    std::size_t plates = 0;
    std::size_t joined = 0;
    for (const json& row : rows) {
        if (row["plate"] == "") continue;
        ++plates;
        const json one =
            json::parse(made().text({"explain", "drive.mp4:" + row["track"].dump(), "--json"}));
        const std::string how = one.dump();
        EXPECT_THAT(how, HasSubstr(row["plate"].get<std::string>()));
        EXPECT_THAT(one["fused_again"].get<std::string>(), AnyOf("same", "same_from_part"));
        joined += one["fused_again"] == "same_from_part" ? 1 : 0;
    }
    EXPECT_GE(plates, 11u);
    EXPECT_GE(joined, 1u) << "GX749BD is joined from pieces that overlap";
    EXPECT_THAT(made().text({"explain", "RTE4H82"}), HasSubstr("gives the stored row"));
    const json one = json::parse(made().text({"explain", "RTE4H82", "--json"}));
    EXPECT_TRUE(one.is_object());
}

TEST_P(Commands, VerifyNamesWhatChanged) {
    const CommandResults results = fresh();
    EXPECT_THAT(results.text({"verify"}), HasSubstr("2 of 2 clips"));
    const json rows = json::parse(results.text({"vehicles", "--json"}));
    const std::string gone = rows[0]["best_shot"];
    const std::string damaged = rows[1]["best_shot"];
    fs::remove(results.out + "/" + gone);
    const std::string jpeg = read_file(results.out + "/" + damaged);
    write_file(results.out + "/" + damaged, jpeg.substr(0, jpeg.size() / 2));
    write_file(results.out + "/crops/more.jpg", jpeg);
    const json found = json::parse(results.text({"verify", "--json"}, kExitSomeFailed));
    std::set<std::string> findings;
    for (const json& finding : found["findings"]) {
        findings.insert(finding["state"].get<std::string>() + " " +
                        finding["path"].get<std::string>());
    }
    EXPECT_EQ(findings, (std::set<std::string>{"missing " + gone, "damaged " + damaged,
                                               "extra crops/more.jpg"}));
    EXPECT_EQ(found["clips_right"], 2);
}

TEST_P(Commands, CorrectionsAreShownFoundUndoneAndSurviveAnotherRun) {
    const CommandResults results = fresh();
    const std::string name = reference(results, "again.mkv", "KV67WRT");
    results.text({"correct", name, "zz99 zzz", "--reason", "as a test"});
    EXPECT_THAT(results.text({"show", name}),
                AllOf(HasSubstr("ZZ99ZZZ"), HasSubstr("as a test"), HasSubstr("KV67WRT")));
    const json hits = json::parse(results.text({"search", "ZZ*", "--json"}));
    ASSERT_EQ(hits.size(), 1u);
    EXPECT_EQ(hits[0]["match"], "corrected");
    EXPECT_EQ(hits[0]["tier"], "corrected");
    EXPECT_THAT(json::parse(results.text({"search", "KV67WRT", "--json"})), SizeIs(1));
    results.text({"run", clips() + "/again.mkv", "--redo"});
    EXPECT_THAT(json::parse(results.text({"vehicles", "--tier", "corrected", "--json"})),
                SizeIs(1));
    EXPECT_THAT(results.text({"export"}), HasSubstr("ZZ99ZZZ"));
    results.text({"correct", "ZZ99ZZZ", "--no-plate"});
    EXPECT_THAT(json::parse(results.text({"search", "ZZ*", "--json"})), IsEmpty());
    results.text({"correct", name, "--undo"});
    EXPECT_THAT(json::parse(results.text({"search", "ZZ*", "--json"})), SizeIs(1));
    results.text({"correct", name, "--undo"});
    EXPECT_THAT(json::parse(results.text({"search", "KV67WRT", "--json"})), SizeIs(2));
    EXPECT_THAT(results.complaint({"correct", name, "--undo"}, kExitUsage),
                HasSubstr("no correction"));
}

TEST_P(Commands, ForgetDeletesRowsAndPictures) {
    const CommandResults results = fresh();
    const std::string before = dump_of(results.database());
    EXPECT_THAT(results.text({"forget", "--plate", "KV67WRT", "--dry-run"}),
                AllOf(HasSubstr("drive.mp4:"), HasSubstr("2 vehicles"), HasSubstr("dry run")));
    EXPECT_TRUE(dump_of(results.database()) == before);
    // Nobody to ask.
    EXPECT_THAT(results.run({"forget", "--plate", "KV67WRT"}).err, HasSubstr("--yes"));
    EXPECT_TRUE(dump_of(results.database()) == before);

    const json rows = json::parse(results.text({"search", "KV67WRT", "--json"}));
    EXPECT_THAT(results.text({"forget", "--plate", "KV67WRT", "--yes"}), HasSubstr("2 vehicles"));
    for (const json& row : rows) {
        EXPECT_FALSE(fs::exists(results.out + "/" + row["best_shot"].get<std::string>()));
        EXPECT_FALSE(fs::exists(results.out + "/" + row["plate_shot"].get<std::string>()));
    }
    EXPECT_THAT(dump_of(results.database()), Not(HasSubstr("KV67WRT")));
    results.text({"verify"});

    results.text({"forget", "--clip", "again.mkv", "--yes"});
    EXPECT_THAT(json::parse(results.text({"vehicles", "--json"})), Not(IsEmpty()));
    EXPECT_THAT(results.complaint({"vehicles", "--clip", "again.mkv"}, kExitUsage),
                HasSubstr("drive.mp4"));
    // The files were written just now.
    EXPECT_THAT(results.text({"forget", "--older-than", "1d", "--yes"}),
                HasSubstr("nothing was deleted"));
    results.text({"forget", "--older-than", "2999-01-01", "--yes"});
    EXPECT_THAT(json::parse(results.text({"vehicles", "--json"})), IsEmpty());
    EXPECT_TRUE(!fs::exists(results.out + "/crops") || fs::is_empty(results.out + "/crops"));
}

// What a player shows first, and how long it plays.
struct Shown {
    std::int64_t first_us = -1;
    std::int64_t last_us = -1;
    std::int64_t frames = 0;
};
Shown shown_by(const std::string& path) {
    Shown shown;
    auto decoder = open_video(path, {});
    if (!decoder.ok()) {
        ADD_FAILURE() << decoder.error().message;
        return shown;
    }
    while (true) {
        const auto next = (*decoder)->next();
        if (!next.ok() || next->status != DecodeStatus::kFrame) break;
        if (shown.frames++ == 0) shown.first_us = next->time_us;
        shown.last_us = next->time_us;
    }
    return shown;
}
// As a container says it, for players that do not begin with the first picture.
std::int64_t start_of(const std::string& path) {
    auto file = Demuxer::open(path, {});
    EXPECT_TRUE(file.ok());
    return file.ok() ? (*file)->container().start_time : -1;
}

TEST_F(ProcessedDrive, ClipCutsTheVehiclesSeconds) {
    const CommandResults& results = made("sqlite");
    const json row =
        row_of(json::parse(results.text({"vehicles", "--json"})), "again.mkv", "GT284R");
    const std::string vehicle = "again.mkv:" + row["track"].dump();
    const double seconds = row["last_s"].get<double>() - row["first_s"].get<double>();
    const auto wanted = static_cast<std::int64_t>(seconds * 1e6);
    const auto write = [&](const std::string& name, const std::vector<std::string>& more = {}) {
        const std::string file = folder_.path() + "/" + name;
        std::vector<std::string> cut{"clip", vehicle, "--before", "0", "--after", "0", "-o", file};
        cut.insert(cut.end(), more.begin(), more.end());
        EXPECT_THAT(results.text(cut), HasSubstr(name));
        return file;
    };
    const Shown copied = shown_by(write("copied.mp4"));
    EXPECT_GE(copied.last_us - copied.first_us, wanted - 40'000);
    EXPECT_LE(copied.last_us - copied.first_us, wanted + 2'000'000) << "a key frame every 2 s";
    const std::string exact_file = write("exact.mp4", {"--exact"});
    const Shown exact = shown_by(exact_file);
    EXPECT_NEAR(static_cast<double>(exact.last_us - exact.first_us), static_cast<double>(wanted),
                70'000);
    EXPECT_EQ(start_of(exact_file), 0);
    EXPECT_EQ(start_of(folder_.path() + "/copied.mp4"), 0);
    EXPECT_GT(shown_by(write("copied.mkv")).frames, 0);
    // A file that is there stays.
    EXPECT_THAT(results.complaint({"clip", vehicle, "-o", exact_file}, kExitUsage),
                HasSubstr("--force"));
}

TEST_F(ProcessedDrive, ClipsThatMovedOrChangedAreToldApart) {
    const TemporaryFolder card;
    const std::string clip = card.path() + "/clip.mkv";
    fs::copy_file(clips() + "/again.mkv", clip);
    const CommandResults results{folder_.path() + "/out", ""};
    results.text({"run", clip});
    const std::string output = folder_.path() + "/part.mkv";
    const std::vector<std::string> cut{"clip", "KV67WRT", "-o", output};
    const auto state = [&](int code, const std::vector<std::string>& more = {}) -> std::string {
        std::vector<std::string> verify{"verify", "--json"};
        verify.insert(verify.end(), more.begin(), more.end());
        const json found = json::parse(results.text(verify, code))["findings"];
        return found.empty() ? "" : found[0]["state"].get<std::string>();
    };
    EXPECT_EQ(state(kExitOk), "");
    // Renamed: found beside.
    fs::rename(clip, card.path() + "/other name.mkv");
    EXPECT_EQ(state(kExitSomeFailed), "moved");
    results.text(cut);
    fs::remove(output);
    // Elsewhere.
    const TemporaryFolder archive;
    const std::string archived = archive.path() + "/x.mkv";
    fs::copy_file(card.path() + "/other name.mkv", archived);
    fs::remove(card.path() + "/other name.mkv");
    EXPECT_EQ(state(kExitSomeFailed), "gone");
    EXPECT_EQ(state(kExitSomeFailed, {archive.path()}), "moved");
    EXPECT_THAT(results.complaint(cut, kExitCannotRun), HasSubstr("--source"));
    std::vector<std::string> with_source = cut;
    with_source.insert(with_source.end(), {"--source", archive.path()});
    results.text(with_source);
    fs::remove(output);
    // Another content under the old name.
    std::string content = read_file(archived);
    content[content.size() / 2] ^= 1;
    write_file(clip, content);
    EXPECT_EQ(state(kExitSomeFailed), "changed");
    EXPECT_THAT(results.complaint(cut, kExitCannotRun), HasSubstr("has changed"));
    EXPECT_FALSE(fs::exists(output));
    const auto left = std::distance(fs::directory_iterator(folder_.path()), {});
    EXPECT_EQ(left, 1) << "a part of a part is left";
}

// Everything that could be in the way of a command, and every command that could meet it.
const std::vector<std::vector<std::string>> kLooking{{"vehicles"},
                                                     {"search", "*"},
                                                     {"encounters"},
                                                     {"export"},
                                                     {"report"},
                                                     {"forget", "--plate", "K*", "--yes"},
                                                     {"show", "KV67WRT"},
                                                     {"verify"},
                                                     {"explain", "KV67WRT"},
                                                     {"clip", "KV67WRT"},
                                                     {"correct", "KV67WRT", "AB12CDE"},
                                                     {"upgrade"}};

std::vector<std::string> files_below(const std::string& folder) {
    std::vector<std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file())
            files.push_back(entry.path().string() + " " + std::to_string(entry.file_size()));
    }
    std::sort(files.begin(), files.end());
    return files;
}

TEST(DatabasesOfOthers, AreOneLineAndStayAsTheyAre) {
    const TemporaryFolder folder;
    const auto results = [&](const std::string& name) {
        const CommandResults made{folder.path() + "/" + name, ""};
        fs::create_directory(made.out);
        return made;
    };
    const CommandResults text = results("text"), empty = results("empty"), newer = results("newer");
    write_file(text.database(), "not a database\n");
    write_file(empty.database(), "");
    {
        auto store = open_store(newer.database(), Access::kReadWrite);
        ASSERT_TRUE(store.ok());
    }
    ASSERT_EQ(database_faults(newer.database()), "");
    execute(newer.database(), "INSERT INTO schema_version (version) VALUES (9000)");
    const auto before = files_below(folder.path());
    for (const auto& command : kLooking) {
        SCOPED_TRACE(command[0]);
        EXPECT_THAT(text.complaint(command, kExitCannotRun), HasSubstr("not an SQLite database"));
        EXPECT_THAT(empty.complaint(command, kExitCannotRun), HasSubstr("no results"));
        EXPECT_THAT(newer.complaint(command, kExitCannotRun), HasSubstr("update the program"));
        const CommandResults missing{folder.path() + "/not\n\x1b[31mthere", ""};
        EXPECT_THAT(missing.complaint(command, kExitCannotRun),
                    AllOf(HasSubstr("does not exist"), HasSubstr("--out")));
    }
    EXPECT_EQ(files_below(folder.path()), before);
}

TEST_F(ProcessedDrive, WrongArgumentsAreOneLineAndChangeNothing) {
    const CommandResults results = fresh("sqlite");
    const std::string before = dump_of(results.database());
    const std::string nowhere = folder_.path() + "/no/such/folder/";
    for (const char* command : {"vehicles", "encounters", "export"}) {
        EXPECT_THAT(results.complaint({command, "--at", "soon"}, kExitUsage), HasSubstr("14:05"));
        EXPECT_THAT(results.complaint({command, "--from", "1", "--until", "14:05"}, kExitUsage),
                    HasSubstr("--until"));
        EXPECT_THAT(results.complaint({command, "--clip", "none.mp4"}, kExitUsage),
                    HasSubstr("drive.mp4"));
        EXPECT_EQ(results.run({command, "--tier", "sure"}).code, kExitUsage);
    }
    const ProgramEnd mistyped = run_dashcam({"serch", "AB*"});
    EXPECT_EQ(mistyped.code, kExitUsage);
    EXPECT_THAT(mistyped.err, HasSubstr("did you mean 'search'"));
    EXPECT_THAT(run_dashcam({folder_.path()}).err, HasSubstr("dashcam run "));
    EXPECT_THAT(run_dashcam({}).err, HasSubstr("Examples:"));
    EXPECT_THAT(results.run({"vehicles", "--plate", "NONE"}).err, HasSubstr("no vehicle fits"));
    for (const char* pattern : {"", "AB(", "A B\x1b[0m", "\xff"})
        results.complaint({"search", pattern}, kExitUsage);
    for (const char* vehicle : {"drive.mp4:9999", "drive.mp4:", "drive.mp4", "none.mp4:1", "NONE",
                                ":", "drive.mp4:-1", "\x1b]0;x\x07:1", "\xff\n"}) {
        for (const char* command : {"show", "explain", "clip"})
            results.complaint({command, vehicle}, kExitUsage);
        results.complaint({"correct", vehicle, "AB12CDE"}, kExitUsage);
    }
    for (const char* plate : {"AB*", "ABCDEFGHIJKLMNOP", "<b>", ""})
        results.complaint({"correct", "RTE4H82", plate}, kExitUsage);
    results.complaint({"correct", "RTE4H82", "AB12CDE", "--no-plate"}, kExitUsage);
    results.complaint({"forget"}, kExitUsage);
    results.complaint({"forget", "--plate", "((", "--yes"}, kExitUsage);
    results.complaint({"forget", "--older-than", "old", "--yes"}, kExitUsage);
    results.complaint({"forget", "--clip", "none.mp4", "--yes"}, kExitUsage);
    results.complaint({"verify", nowhere}, kExitUsage);
    results.complaint({"export", "--file", nowhere + "a.csv"}, kExitCannotRun);
    results.complaint({"export", "--file", folder_.path()}, kExitCannotRun);
    results.complaint({"report", "-o", nowhere + "a.html"}, kExitCannotRun);
    results.complaint({"clip", "RTE4H82", "-o", nowhere + "a.mp4"}, kExitCannotRun);
    results.complaint({"clip", "RTE4H82", "-o", folder_.path() + "/a.xyz"}, kExitCannotRun);
    results.complaint({"clip", "RTE4H82", "-o", folder_.path()}, kExitUsage);
    EXPECT_TRUE(dump_of(results.database()) == before);
}

// Names that a file system allows.
const std::vector<std::string> kHostileNames{
    "<img src=x onerror=alert(1)>.mkv", "quotes\"'`$(x),;.mkv",  "line\nbreak\rand\ttab.mkv",
    "escape\x1b[31m\x07\xc2\x9b.mkv",   "not utf8 \xff\xfe.mkv", "=cmd()|x.mkv"};

TEST_F(ProcessedDrive, NamesHarmNoTerminalAndNoFormat) {
    const TemporaryFolder card;
    const CommandResults results = fresh("sqlite");
    results.text({"forget", "--older-than", "2999-01-01", "--yes"});
    for (std::size_t i = 0; i < kHostileNames.size(); ++i) {
        make_clip(card.path() + "/clip.mkv", {"-i", clips() + "/again.mkv", "-t",
                                              std::to_string(0.2 + 0.1 * i), "-c", "copy"});
        fs::rename(card.path() + "/clip.mkv", card.path() + "/" + kHostileNames[i]);
    }
    EXPECT_TRUE(is_printable(results.text({"run", card.path()})));
    const json rows = json::parse(results.text({"vehicles", "--json"}));
    std::set<std::string> names;
    for (const json& row : rows) names.insert(row["video"].get<std::string>());
    ASSERT_EQ(names.size(), kHostileNames.size()) << rows;
    EXPECT_TRUE(names.contains(card.path() + "/" + kHostileNames[2]))
        << "JSON has the name as it is";
    const auto csv = csv_rows(results.text({"export"}));
    EXPECT_EQ(csv.size(), rows.size() + 1);
    EXPECT_THAT(csv, Each(SizeIs(export_columns().size())));
    EXPECT_EQ(json::parse(results.text({"export", "--format", "json"})).size(), rows.size());
    for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
             {"vehicles"},
             {"search", "*"},
             {"encounters", "--min-times", "1"},
             {"verify"},
             {"forget", "--older-than", "2999-01-01", "--dry-run"},
             {"report"}})
        EXPECT_TRUE(is_printable(results.text(command))) << command[0];
    std::set<std::string> named;
    for (const json& row : rows) {
        if (!named.insert(row["video_id"]).second) continue;  // one of each clip
        const std::string name =
            row["video_id"].get<std::string>().substr(0, 8) + ":" + row["track"].dump();
        EXPECT_TRUE(is_printable(results.text({"show", name})));
        EXPECT_TRUE(is_printable(results.text({"explain", name})));
        EXPECT_TRUE(is_printable(results.text({"correct", name, "AB12CDE"})));
    }
    EXPECT_THAT(read_file(results.out + "/report.html"), Not(HasSubstr("<img src=x onerror")));
    EXPECT_TRUE(is_printable(results.text({"forget", "--older-than", "2999-01-01", "--yes"})));
}

// The same text for the same rows, but for the folder, the database and when it was processed.
std::string without_place(std::string text, const CommandResults& results) {
    if (!results.db.empty()) {
        for (std::size_t at; (at = text.find(results.db)) != std::string::npos;)
            text.replace(at, results.db.size(), results.out + "/dashcam.db");
    }
    return std::regex_replace(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"), "TIME");
}

TEST_F(ProcessedDrive, BothDatabasesGiveTheSameBytes) {
    if (!has_postgres()) GTEST_SKIP() << PrivatePostgres::skip_message();
    const CommandResults& sqlite = made("sqlite");
    const CommandResults& postgres = made("postgresql");
    const std::vector<std::vector<std::string>> commands{
        {"vehicles"},
        {"vehicles", "--json"},
        {"search", "*7*", "--fuzzy", "--csv"},
        {"search", "*", "--json", "--limit", "1000"},
        {"encounters"},
        {"encounters", "--each", "--json"},
        {"export"},
        {"export", "--format", "ndjson", "--tier", "confirmed"},
        {"show", "RTE4H82"},
        {"show", "RTE4H82", "--json"},
        {"explain", "GX749BD"},
        {"explain", "GX749BD", "--json"},
        {"verify"},
        {"forget", "--plate", "K*", "--dry-run"}};
    for (const auto& command : commands) {
        const std::string text = without_place(sqlite.text(command), sqlite);
        EXPECT_EQ(text, without_place(postgres.text(command), postgres));
        EXPECT_GT(text.size(), 20u) << command[0];
        EXPECT_TRUE(is_printable(text));
    }
}

}  // namespace
}  // namespace dashcam
