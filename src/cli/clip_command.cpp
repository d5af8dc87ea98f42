#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/open_results.h"
#include "cli/vehicle_reference.h"
#include "report/vehicle_record.h"
#include "report/verification.h"
#include "video/clip_finder.h"
#include "video/exact_clip.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

struct ClipArguments {
    DatabaseOptions results;
    std::string vehicle;
    std::string output;
    std::string source;
    double before_s = 2;
    double after_s = 2;
    bool exact = false;
    bool force = false;
};

constexpr double kLongestMargin_s = 3600;

// "drive-16-RTE4H82.mp4".
std::string default_output(const NamedVehicle& named, bool exact) {
    const fs::path source(file_name_of(named.video.path));
    std::string name = source.stem().string() + fmt::format("-{}", named.vehicle.track);
    std::string plate;
    for (const char c : named.plate()) {
        if (std::isalnum(static_cast<unsigned char>(c)) != 0) plate += c;
    }
    if (!plate.empty()) name += "-" + plate;
    const std::string ending = source.extension().string();
    return name + (exact || ending.empty() ? ".mp4" : ending);
}

// Where the clip is now, with the content that the rows were made of.
Result<std::string> source_of(const ClipArguments& arguments, const VideoRow& video) {
    std::vector<std::string> candidates;
    if (!arguments.source.empty()) {
        FoundClips found = find_clips({arguments.source});
        if (!found.problems.empty()) return found.problems.front();
        candidates = std::move(found.clips);
    }
    const FoundClip found = locate_clip(video, candidates);
    if (found.as_recorded || found.state == DiscrepancyState::kMoved) return found.path;
    const std::string name = printable_path(video.path);
    if (!arguments.source.empty()) {
        return Error{name + " is not in " + printable_path(arguments.source) +
                     " either: no file there has the content that the rows were made of"};
    }
    if (found.state == DiscrepancyState::kChanged) {
        return Error{name +
                     " has changed since its rows were made; process it again, or name the "
                     "original with --source PATH"};
    }
    if (found.state == DiscrepancyState::kUnreadable) return Error{found.detail};
    return Error{name + " is not there any more; tell where it is now with --source PATH"};
}

Result<void> check_output(const std::string& output, const std::string& source, bool force) {
    std::error_code failed;
    const fs::file_status status = fs::status(output, failed);
    if (!fs::exists(status)) return {};
    if (fs::is_directory(status)) {
        return Error{printable_path(output) + " is a folder; name a file in it with -o"};
    }
    // Also through a link: the original must survive.
    if (fs::equivalent(output, source, failed)) {
        return Error{printable_path(output) + " is the clip itself; name another file with -o"};
    }
    if (force) return {};
    return Error{printable_path(output) +
                 " exists; overwrite it with --force, or name another "
                 "file with -o"};
}

std::string what_was_cut(const CutClip& cut, const ClipPart& part, const std::string& source) {
    std::string text =
        fmt::format("{}: {} to {} of {}, {} frames; sound: {}\n", printable_path(part.output),
                    media_time(cut.first_us), media_time(cut.last_us), printable_path(source),
                    cut.frames, cut.sound);
    const double early_s = static_cast<double>(part.from_us - cut.first_us) / 1e6;
    if (early_s > 0.1) {
        text += fmt::format(
            "It begins {:.1f} s earlier than asked, at the key frame before; --exact does not.\n",
            early_s);
    }
    return text;
}

int clip(const ClipArguments& arguments, const NamedVehicle& named) {
    const Result<std::string> source = source_of(arguments, named.video);
    if (!source.ok()) return complain(source.error().message, kExitCannotRun);
    ClipPart part;
    part.source = *source;
    part.output =
        arguments.output.empty() ? default_output(named, arguments.exact) : arguments.output;
    if (const auto free = check_output(part.output, part.source, arguments.force); !free.ok())
        return complain(free.error().message, kExitUsage);
    const auto us = [](double seconds) { return static_cast<std::int64_t>(seconds * 1e6); };
    part.from_us = std::max<std::int64_t>(0, named.vehicle.first_us - us(arguments.before_s));
    part.to_us = named.vehicle.last_us + us(arguments.after_s);
    const Result<CutClip> cut = arguments.exact ? encode_part(part) : copy_part(part);
    if (!cut.ok()) return complain(cut.error().message, kExitCannotRun);
    fmt::print("{}", what_was_cut(*cut, part, *source));
    return kExitOk;
}

}  // namespace

void add_clip_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ClipArguments>();
    CLI::App* command = app.add_subcommand("clip", "Cut a vehicle's seconds out of its clip");
    command->add_option("VEHICLE", arguments->vehicle, kVehicleReferenceHelp)->required();
    command->add_option("-o,--output", arguments->output,
                        "the file to write [CLIP-TRACK-PLATE, here]; its ending chooses the kind");
    command->add_option("--before", arguments->before_s, "seconds before it comes into sight [2]")
        ->check(CLI::Range(0.0, kLongestMargin_s));
    command->add_option("--after", arguments->after_s, "seconds after it is gone [2]")
        ->check(CLI::Range(0.0, kLongestMargin_s));
    command->add_flag("--exact", arguments->exact,
                      "begin at the very frame: encodes anew, upright and without sound, and "
                      "takes longer");
    command->add_option("--source", arguments->source,
                        "the clip's new place, or a folder to find it in");
    command->add_flag("--force", arguments->force, "overwrite the file");
    add_database_options(*command, arguments->results);
    command->footer(
        "Without --exact nothing is encoded: no quality is lost, sound is kept where the file can\n"
        "hold it, and the part begins at the key frame before. The clip's content is checked "
        "first.\n"
        "Examples:\n"
        "  dashcam clip drive.mp4:16\n"
        "  dashcam clip KV67WRT --before 5 --after 10 -o incident.mp4\n"
        "  dashcam clip 1f3a:16 --source /media/archive");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_vehicle(arguments->results, arguments->vehicle, Access::kReadOnly,
                                [&](const OpenResults&, const NamedVehicle& named) {
                                    return clip(*arguments, named);
                                });
        };
    });
}

}  // namespace dashcam
