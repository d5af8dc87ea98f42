#include "main/run_plan.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>
#include <xxhash.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "inference/engine.h"
#include "inference/model_file.h"
#include "inference/onnx_file.h"
#include "inference/vehicle_detector.h"
#include "main/network_setup.h"
#include "video/content_hash.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

std::string hash_of(const std::string& text) {
    const XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
    return fmt::format("{:016x}{:016x}", hash.high64, hash.low64);
}

bool is_url(const std::string& db) {
    return db.starts_with("postgresql://") || db.starts_with("postgres://") ||
           db.starts_with("sqlite:") || db.starts_with("memory:");
}

std::string_view format_name(ModelFormat format) {
    return format == ModelFormat::kYolox ? "yolox" : "dashcam";
}

// One line about the network of a role: its file's content and what its side file says.
Result<std::string> model_line(NetworkRole role, const std::string& path,
                               const Settings& settings) {
    TRY_ASSIGN(const ModelFile file, read_model_file(path, role));
    TRY_ASSIGN(const Precision precision, precision_of(settings.precision));
    // What 'auto' is on this machine, not the word: rows of two machines may differ by it.
    TRY_ASSIGN(const ModelVersion version, version_of(file, precision, settings.device));
    // Here, and not only when a worker loads it: a wrong file is told at once, and once.
    TRY(check_onnx_file(version.path));
    TRY_ASSIGN(const std::string content, content_hash(version.path));
    return fmt::format("{} model {} {} format {} input {}x{} score {} nms {} labels {}\n",
                       to_string(role), content, to_string(version.precision),
                       format_name(file.format), file.input_width, file.input_height,
                       file.score_threshold, file.nms_iou, fmt::join(file.labels, ","));
}

Result<void> make_output_folder(const std::string& folder) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed || access(folder.c_str(), W_OK | X_OK) != 0) {
        const std::string cause = failed ? failed.message() : std::strerror(errno);
        return Error{"cannot write the output folder '" + folder + "': " + cause +
                     "; choose another one with --out"};
    }
    return {};
}

}  // namespace

Result<std::string> shipped_model(const std::string& role) {
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    const fs::path installed =
        program.parent_path().parent_path() / "share/dashcam/models" / (role + ".toml");
    if (fs::exists(installed, ignored)) return installed.string();
    const fs::path in_source = fs::path(DASHCAM_MODELS_DIR) / (role + ".toml");
    if (fs::exists(in_source, ignored)) return in_source.string();
    return Error{"the " + role + " model is missing: looked for '" + installed.string() +
                 "' and '" + in_source.string() +
                 "'; install dashcam again, or name a model with --" + role + "-model"};
}

Result<std::string> output_folder_of(const Settings& settings) {
    std::error_code failed;
    std::string out = fs::absolute(settings.out, failed).lexically_normal().string();
    if (failed) return Error{"cannot tell where '" + settings.out + "' is: " + failed.message()};
    while (out.size() > 1 && out.back() == '/') out.pop_back();
    return out;
}

std::string database_of(const Settings& settings) {
    if (settings.db.empty())
        return fs::absolute(fs::path(settings.out) / "dashcam.db").lexically_normal().string();
    if (is_url(settings.db)) return settings.db;
    return fs::absolute(settings.db).lexically_normal().string();
}

std::string model_cache_of(const Settings& settings) {
    if (settings.model_cache == "off") return settings.model_cache;
    if (!settings.model_cache.empty())
        return fs::absolute(settings.model_cache).lexically_normal().string();
    const auto set = [](const char* name) {
        const char* value = std::getenv(name);
        return std::string(value != nullptr && value[0] == '/' ? value : "");
    };
    if (const std::string cache = set("XDG_CACHE_HOME"); !cache.empty()) return cache + "/dashcam";
    if (const std::string home = set("HOME"); !home.empty()) return home + "/.cache/dashcam";
    return "off";
}

Result<RunPlan> make_run_plan(const Settings& settings) {
    RunPlan plan;
    plan.settings = settings;
    Settings& all = plan.settings;
    TRY_ASSIGN(all.out, output_folder_of(settings));
    all.db = database_of(settings);
    all.model_cache = model_cache_of(settings);
    TRY(make_output_folder(all.out));
    plan.log_file = all.out + "/dashcam.log";

    plan.settings_text =
        fmt::format("dashcam {}\ndevice {}\nanalysis rate {}\nstill rate {}\n", DASHCAM_VERSION,
                    all.device, all.analysis_rate, all.still_rate);
    TRY(resolve_models(all));
    for (auto [role, path] : {std::pair{NetworkRole::kVehicle, &all.vehicle_model},
                              std::pair{NetworkRole::kPlate, &all.plate_model},
                              std::pair{NetworkRole::kText, &all.text_model}}) {
        TRY_ASSIGN(const std::string line, model_line(role, *path, all));
        plan.settings_text += line;
    }
    plan.settings_hash = hash_of(plan.settings_text);
    return plan;
}

}  // namespace dashcam
