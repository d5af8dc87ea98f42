#include "settings/settings.h"

#include <toml++/toml.h>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <variant>

#include "base/check.h"

namespace dashcam {
namespace {

using NumberField = std::uint32_t Settings::*;
using TextField = std::string Settings::*;

struct Knob {
    const char* name;
    const char* environment;
    std::variant<NumberField, TextField> field;
    std::uint32_t least = 0;
    std::uint32_t most = 0;
    const char* choices = "";  // texts only, separated by '|'; empty: anything
    const char* help = "";
};

// Bounds: 16 workers of a kind and 16 readers fill any machine this was made for; the other limits
// keep the sums of limits.h within their arrays.
const std::array kKnobs{
    Knob{"num_gpu_workers", "NUM_GPU_WORKERS", &Settings::num_gpu_workers, 1, 16, "",
         "processes that run the networks"},
    Knob{"num_cpu_workers", "NUM_CPU_WORKERS", &Settings::num_cpu_workers, 1, 16, "",
         "processes that track, fuse, sum up and write"},
    Knob{"num_video_readers", "NUM_VIDEO_READERS", &Settings::num_video_readers, 1, 8, "",
         "videos decoded at once"},
    Knob{"max_gpu_backlog", "MAX_GPU_BACKLOG", &Settings::max_gpu_backlog, 1, 1024, "",
         "readers pause while more tasks wait for the GPU workers"},
    Knob{"max_cpu_backlog", "MAX_CPU_BACKLOG", &Settings::max_cpu_backlog, 1, 1024, "",
         "readers pause while more tasks wait for the CPU workers"},
    Knob{"queue_soft_limit", "QUEUE_SOFT_LIMIT", &Settings::queue_soft_limit, 1, 4096, "",
         "readers slow down from this many tasks on"},
    Knob{"queue_hard_limit", "QUEUE_HARD_LIMIT", &Settings::queue_hard_limit, 8, 4096, "",
         "readers never go beyond this many tasks, counting those that frames may still become"},
    Knob{"analysis_rate", "DASHCAM_ANALYSIS_RATE", &Settings::analysis_rate, 0, 240, "",
         "frames that are analysed of each second of video, at most; 0: all"},
    Knob{"still_rate", "DASHCAM_STILL_RATE", &Settings::still_rate, 0, 240, "",
         "the same while nothing moves in the picture; 0: as many as where it does"},
    Knob{"frame_store_mb", "DASHCAM_FRAME_STORE_MB", &Settings::frame_store_mb, 16, 65536, "",
         "shared memory for decoded frames, in MiB"},
    Knob{"decoder_threads", "DASHCAM_DECODER_THREADS", &Settings::decoder_threads, 1, 64, "",
         "threads of each video's decoder"},
    Knob{"max_frame_pixels_mp", "DASHCAM_MAX_FRAME_PIXELS_MP", &Settings::max_frame_pixels_mp, 1,
         256, "", "videos with larger frames are refused, in megapixels"},
    Knob{"gpu_batch", "DASHCAM_GPU_BATCH", &Settings::gpu_batch, 1, 16, "",
         "tasks that a GPU worker takes at once at most"},
    Knob{"max_task_attempts", "DASHCAM_MAX_TASK_ATTEMPTS", &Settings::max_task_attempts, 1, 100, "",
         "a task that failed this often is set aside and reported"},
    Knob{"max_restarts", "DASHCAM_MAX_RESTARTS", &Settings::max_restarts, 0, 100000, "",
         "workers started again after a crash, in a row without a finished task, before the run "
         "gives up"},
    Knob{"max_clip_crashes", "DASHCAM_MAX_CLIP_CRASHES", &Settings::max_clip_crashes, 1, 100, "",
         "a clip that brought the whole program down this often in a row is set aside and "
         "reported"},
    Knob{"stale_after_s", "DASHCAM_STALE_AFTER_S", &Settings::stale_after_s, 1, 86400, "",
         "a worker without a sign of life for longer is taken for hung and killed, in seconds"},
    Knob{"drain_timeout_s", "DASHCAM_DRAIN_TIMEOUT_S", &Settings::drain_timeout_s, 0, 86400, "",
         "after Ctrl-C, what is in flight may take this long, in seconds"},
    Knob{"terminate_timeout_s", "DASHCAM_TERMINATE_TIMEOUT_S", &Settings::terminate_timeout_s, 1,
         3600, "", "workers may take this long to leave before they are killed, in seconds"},
    Knob{"vehicle_model", "DASHCAM_VEHICLE_MODEL", &Settings::vehicle_model, 0, 0, "",
         "ONNX or side file of the vehicle detector; empty: the shipped one"},
    Knob{"plate_model", "DASHCAM_PLATE_MODEL", &Settings::plate_model, 0, 0, "",
         "ONNX or side file of the plate detector; empty: the shipped one"},
    Knob{"text_model", "DASHCAM_TEXT_MODEL", &Settings::text_model, 0, 0, "",
         "ONNX or side file of the plate text network; empty: the shipped one"},
    Knob{"device", "DASHCAM_DEVICE", &Settings::device, 0, 0, "",
         "OpenVINO device of the networks: CPU, GPU, NPU"},
    Knob{"precision", "DASHCAM_PRECISION", &Settings::precision, 0, 0, "auto|f32|bf16|int8",
         "arithmetic of the networks"},
    Knob{
        "model_cache", "DASHCAM_MODEL_CACHE", &Settings::model_cache, 0, 0, "",
        "folder for compiled networks, so that later starts are fast; empty: dashcam in the user's "
        "cache folder; off: none"},
    Knob{"out", "DASHCAM_OUT", &Settings::out, 0, 0, "",
         "output folder: database, best shots, log"},
    Knob{"db", "DASHCAM_DB", &Settings::db, 0, 0, "",
         "database: a path or postgresql:// URL; empty: dashcam.db in the output folder"},
    Knob{"hud", "DASHCAM_HUD", &Settings::hud, 0, 0, "auto|on|off",
         "live display; auto: on a terminal"},
};

bool is_number(const Knob& knob) { return std::holds_alternative<NumberField>(knob.field); }

std::string allowed_values(const Knob& knob) {
    if (is_number(knob)) return std::to_string(knob.least) + " to " + std::to_string(knob.most);
    std::string choices = knob.choices;
    for (std::size_t at = 0; (at = choices.find('|', at)) != std::string::npos; at += 2)
        choices.replace(at, 1, ", ");
    return choices;
}

std::string value_text(const Knob& knob, const Settings& settings) {
    if (is_number(knob)) return std::to_string(settings.*std::get<NumberField>(knob.field));
    return settings.*std::get<TextField>(knob.field);
}

bool number_of(const std::string& text, std::uint32_t& number) {
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    return error == std::errc{} && rest == end;
}

bool acceptable(const Knob& knob, const std::string& text) {
    std::uint32_t number = 0;
    if (is_number(knob))
        return number_of(text, number) && number >= knob.least && number <= knob.most;
    const std::string choices = std::string("|") + knob.choices + "|";
    return choices == "||" ||
           (!text.empty() && choices.find("|" + text + "|") != std::string::npos);
}

// A password in a database URL is nobody's business.
std::string shown(const std::string& text) {
    const std::size_t scheme = text.find("://");
    const std::size_t at = text.find('@');
    const std::size_t colon = scheme == std::string::npos ? scheme : text.find(':', scheme + 3);
    if (at == std::string::npos || colon == std::string::npos || colon > at) return text;
    return text.substr(0, colon + 1) + "***" + text.substr(at);
}

}  // namespace

std::string_view to_string(SettingSource source) {
    switch (source) {
        case SettingSource::kDefault:
            return "default";
        case SettingSource::kFile:
            return "file";
        case SettingSource::kEnvironment:
            return "environment";
        case SettingSource::kFlag:
            return "flag";
    }
    return "?";
}

SettingsBuilder::SettingsBuilder() {
    const Settings defaults;
    for (const Knob& knob : kKnobs) {
        SettingInfo info;
        info.name = knob.name;
        info.flag = "--" + info.name;
        std::replace(info.flag.begin(), info.flag.end(), '_', '-');
        info.environment = knob.environment;
        info.help = knob.help;
        info.allowed = allowed_values(knob);
        info.choices = knob.choices;
        std::replace(info.choices.begin(), info.choices.end(), '|', ',');
        info.is_number = is_number(knob);
        info.preset = value_text(knob, defaults);
        values_.push_back({info.preset, SettingSource::kDefault, ""});
        infos_.push_back(info);
    }
}

std::size_t SettingsBuilder::find(std::string_view name) const {
    const auto found = std::find_if(infos_.begin(), infos_.end(),
                                    [&](const auto& info) { return info.name == name; });
    return static_cast<std::size_t>(found - infos_.begin());
}

Result<void> SettingsBuilder::set(std::string_view name, const std::string& value,
                                  SettingSource source, const std::string& where) {
    const std::size_t at = find(name);
    CHECK(at < kKnobs.size());
    if (!acceptable(kKnobs[at], value)) {
        return Error{where + " = '" + value + "' is not allowed: " + infos_[at].allowed +
                     (infos_[at].is_number ? " (a whole number)" : "")};
    }
    if (source >= values_[at].source) values_[at] = {value, source, where};
    return {};
}

Result<void> SettingsBuilder::read_environment() {
    for (const SettingInfo& info : infos_) {
        const char* value = std::getenv(info.environment.c_str());
        if (value != nullptr) {
            TRY(set(info.name, value, SettingSource::kEnvironment,
                    "environment variable " + info.environment));
        }
    }
    return {};
}

Result<void> SettingsBuilder::read_file(const std::string& path) {
    toml::table table;
    try {
        table = toml::parse_file(path);
    } catch (const toml::parse_error& error) {
        const auto line = error.source().begin.line;
        return Error{"cannot read the configuration file '" + path + "'" +
                     (line > 0 ? ", line " + std::to_string(line) : std::string()) + ": " +
                     std::string(error.description())};
    }
    for (const auto& [key, node] : table) {
        const std::string name(key.str());
        const std::string where = "'" + name + "' in " + path;
        if (find(name) == infos_.size()) {
            return Error{where + " is no setting; 'dashcam run --print-config' lists them all"};
        }
        std::string text;
        if (const auto number = node.value<std::int64_t>(); number && node.is_integer()) {
            text = std::to_string(*number);
        } else if (node.is_string()) {
            text = *node.value<std::string>();
        } else {
            return Error{where + " has a value that is neither a whole number nor a text"};
        }
        TRY(set(name, text, SettingSource::kFile, where));
    }
    return {};
}

Result<Settings> SettingsBuilder::build() const {
    Settings settings;
    for (std::size_t i = 0; i < kKnobs.size(); ++i) {
        const Knob& knob = kKnobs[i];
        if (is_number(knob)) {
            CHECK(number_of(values_[i].text, settings.*std::get<NumberField>(knob.field)));
        } else {
            settings.*std::get<TextField>(knob.field) = values_[i].text;
        }
    }
    if (settings.queue_soft_limit > settings.queue_hard_limit) {
        return Error{"queue_soft_limit = " + std::to_string(settings.queue_soft_limit) +
                     " is above queue_hard_limit = " + std::to_string(settings.queue_hard_limit) +
                     ": lower the first (QUEUE_SOFT_LIMIT) or raise the second (QUEUE_HARD_LIMIT)"};
    }
    return settings;
}

std::string SettingsBuilder::describe() const {
    std::size_t widest = 0;
    std::vector<std::string> lines;
    for (std::size_t i = 0; i < infos_.size(); ++i) {
        const std::string value =
            infos_[i].is_number ? values_[i].text : "\"" + shown(values_[i].text) + "\"";
        lines.push_back(infos_[i].name + " = " + value);
        widest = std::max(widest, lines.back().size());
    }
    std::string text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text += lines[i] + std::string(widest + 2 - lines[i].size(), ' ') + "# " +
                (values_[i].source == SettingSource::kDefault ? "default" : values_[i].where) +
                "\n";
    }
    return text;
}

std::string serialised(const Settings& settings) {
    std::string text;
    for (const Knob& knob : kKnobs)
        text += std::string(knob.name) + '=' + value_text(knob, settings) + '\0';
    return text;
}

Result<Settings> deserialised(std::string_view text) {
    SettingsBuilder builder;
    while (!text.empty()) {
        const std::size_t end = text.find('\0');
        const std::size_t equals = text.find('=');
        if (end == std::string_view::npos || equals > end)
            return Error{"the settings handed to this process are damaged"};
        const std::string name(text.substr(0, equals));
        const std::string value(text.substr(equals + 1, end - equals - 1));
        if (builder.find(name) == kKnobs.size())
            return Error{"this process was handed an unknown setting: " + name};
        TRY(builder.set(name, value, SettingSource::kFlag, name));
        text.remove_prefix(end + 1);
    }
    return builder.build();
}

}  // namespace dashcam
