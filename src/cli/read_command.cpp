#include <fmt/format.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <set>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/network_flags.h"
#include "cli/picture_report.h"
#include "main/network_setup.h"
#include "pictures/annotate.h"
#include "pictures/picture_reader.h"
#include "video/clip_finder.h"
#include "video/picture_file.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

struct ReadArguments {
    std::vector<std::string> paths;
    std::string annotate;
    bool json = false;
    NetworkFlags networks;
};

// Names for the annotated pictures: the file's own, with a number where that is taken.
class AnnotatedNames {
  public:
    explicit AnnotatedNames(fs::path folder) : folder_(std::move(folder)) {}

    std::string next(const std::string& picture) {
        const std::string stem = fs::path(picture).stem().string();
        std::string name = stem + ".jpg";
        for (int i = 2; !taken_.insert(name).second; ++i) name = fmt::format("{}-{}.jpg", stem, i);
        return (folder_ / name).string();
    }

  private:
    fs::path folder_;
    std::set<std::string> taken_;
};

Result<PictureReader> make_reader(const ReadArguments& arguments) {
    TRY_ASSIGN(const Settings settings, arguments.networks.settings());
    if (!arguments.annotate.empty()) {
        std::error_code failed;
        fs::create_directories(arguments.annotate, failed);
        if (failed) {
            return Error{"cannot make the folder '" + arguments.annotate +
                         "': " + failed.message() + "; choose another one with --annotate"};
        }
    }
    return make_picture_reader(settings);
}

// One picture's result; what goes wrong is in it.
PictureResult read_one(PictureReader& reader, const std::string& path,
                       const std::string& annotated) {
    PictureResult result;
    result.path = path;
    const Result<Picture> picture = read_picture(path);
    if (!picture.ok()) {
        result.problem = picture.error().message;
        return result;
    }
    result.format = picture->format;
    result.problem = picture->damage;
    Result<std::vector<PictureFind>> finds = reader.read(picture->view());
    if (!finds.ok()) {
        result.problem = finds.error().message;
        return result;
    }
    result.finds = std::move(finds).value();
    if (annotated.empty()) return result;
    const Result<void> written = write_annotated(annotated, picture->view(), result.finds);
    if (!written.ok()) result.problem = written.error().message;
    return result;
}

int read(const ReadArguments& arguments) {
    const FoundClips found = find_pictures(arguments.paths);
    for (const Error& problem : found.problems) complain(problem.message);
    Result<PictureReader> reader = make_reader(arguments);
    if (!reader.ok()) {
        complain(reader.error().message);
        return kExitCannotRun;
    }
    AnnotatedNames names(arguments.annotate);
    bool failed = !found.problems.empty();
    std::vector<PictureResult> results;
    for (const std::string& path : found.clips) {
        const std::string annotated = arguments.annotate.empty() ? "" : names.next(path);
        results.push_back(read_one(*reader, path, annotated));
        if (results.back().problem.empty()) continue;
        complain(results.back().problem);
        failed = true;
    }
    const std::string text = arguments.json ? picture_json(results) : picture_table(results);
    std::fwrite(text.data(), 1, text.size(), stdout);
    return failed ? kExitSomeFailed : kExitOk;
}

}  // namespace

void add_read_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ReadArguments>();
    CLI::App* command =
        app.add_subcommand("read", "Read the plates in pictures; nothing is stored");
    command
        ->add_option("PICTURE", arguments->paths,
                     "JPEG, PNG, WebP, BMP or TIFF files, folders (searched with their subfolders) "
                     "or patterns")
        ->required();
    command->add_flag("--json", arguments->json, "an array of objects instead of a table");
    command->add_option("--annotate", arguments->annotate,
                        "folder for copies of the pictures with the finds drawn on them");
    arguments->networks.add_to(*command);
    command->footer(
        "Examples:\n"
        "  dashcam read photo.jpg\n"
        "  dashcam read album/ --json\n"
        "  dashcam read '*.png' --annotate marked");
    command->callback([&action, arguments] { action = [arguments] { return read(*arguments); }; });
}

}  // namespace dashcam
