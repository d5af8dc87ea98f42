#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace dashcam {

// Every knob of a run, with its default. docs/limits.md says what each costs.
struct Settings {
    // The seven of the user's document.
    std::uint32_t num_gpu_workers = 2;
    std::uint32_t num_cpu_workers = 4;
    std::uint32_t num_video_readers = 2;
    std::uint32_t max_gpu_backlog = 8;
    std::uint32_t max_cpu_backlog = 16;
    std::uint32_t queue_soft_limit = 64;
    std::uint32_t queue_hard_limit = 128;

    std::uint32_t analysis_rate = 15;  // frames a second; 0: all
    std::uint32_t still_rate = 4;      // while nothing moves; 0: as analysis_rate
    std::uint32_t frame_store_mb = 128;
    std::uint32_t decoder_threads = 1;
    std::uint32_t max_frame_pixels_mp = 36;  // megapixels; 8K is 33
    std::uint32_t gpu_batch = 4;
    std::uint32_t max_task_attempts = 5;
    std::uint32_t max_restarts = 20;
    std::uint32_t max_clip_crashes = 2;
    std::uint32_t stale_after_s = 60;
    std::uint32_t drain_timeout_s = 30;
    std::uint32_t terminate_timeout_s = 10;

    std::string vehicle_model;  // empty: the shipped one
    std::string plate_model;
    std::string text_model;
    std::string device = "CPU";
    std::string precision = "auto";
    std::string model_cache;  // empty: in the user's cache folder

    std::string out = "dashcam-out";
    std::string db;  // empty: OUT/dashcam.db
    std::string hud = "auto";
};

enum class SettingSource : std::uint8_t { kDefault, kFile, kEnvironment, kFlag };
std::string_view to_string(SettingSource source);

// One knob, as the command line, the environment and the configuration file name it.
struct SettingInfo {
    std::string name;         // key in the TOML file: num_gpu_workers
    std::string flag;         // --num-gpu-workers
    std::string environment;  // NUM_GPU_WORKERS
    std::string help;
    std::string allowed;  // "1 to 16", for help and errors
    std::string choices;  // "auto,on,off"; empty: any text, or a number
    bool is_number = false;
    std::string preset;  // the default, as text
};

// Gathers the knobs: flag before environment before file before default.
class SettingsBuilder {
  public:
    SettingsBuilder();

    const std::vector<SettingInfo>& infos() const { return infos_; }

    // Reads a TOML file with the knobs as top-level keys. Errors: unreadable, not TOML (with the
    // line), an unknown key, a wrong value.
    Result<void> read_file(const std::string& path);
    // Takes those that are set in this process's environment.
    Result<void> read_environment();
    // `name` as in SettingInfo. Errors name the knob, the value and what is allowed.
    Result<void> set(std::string_view name, const std::string& value, SettingSource source,
                     const std::string& where);

    // Errors: knobs that contradict each other.
    Result<Settings> build() const;

    // Index into infos(); infos().size() if there is no such knob.
    std::size_t find(std::string_view name) const;

    // "name = value   # where it comes from", one line per knob.
    std::string describe() const;

  private:
    struct Value {
        std::string text;
        SettingSource source = SettingSource::kDefault;
        std::string where;
    };
    std::vector<SettingInfo> infos_;
    std::vector<Value> values_;
};

// For handing settings to the worker processes: any byte but NUL may occur in a value.
std::string serialised(const Settings& settings);
Result<Settings> deserialised(std::string_view text);

}  // namespace dashcam
