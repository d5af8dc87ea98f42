#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <string>
#include <thread>

#include "doctor/doctor.h"
#include "inference/model_file.h"
#include "inference/networks.h"
#include "inference/openvino_engine.h"
#include "inference/processor.h"
#include "inference/sha256.h"
#include "main/run_plan.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// What the networks' kernels are chosen by.
std::string vector_units() {
    std::string found;
    for (const char* unit : {"avx2", "fma", "avx512f", "avx512_vnni", "avx512_bf16", "amx_bf16",
                             "amx_int8", "avx_vnni"}) {
        if (processor_has(unit)) found += " " + std::string(unit);
    }
    return found.empty() ? " no AVX2" : found;
}

// How to get the shipped files back.
std::string restore_models() {
    std::error_code ignored;
    const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
    if (program.string().starts_with("/usr/")) return "sudo apt-get install --reinstall dashcam";
    return "git -C " + shell_quoted(fs::path(DASHCAM_MODELS_DIR).parent_path().string()) +
           " checkout -- models";
}

struct RoleFile {
    NetworkRole role;
    const std::string& given;  // by the settings, or empty
    const char* variable;
};

// Loads the network as a worker does: its tensors and its checksum are looked at, too.
Result<std::string> look_at_model(NetworkLoader& loader, NetworkRole role, const std::string& path,
                                  Precision precision, const std::string& device) {
    TRY_ASSIGN(const ModelFile described, read_model_file(path, role));
    TRY_ASSIGN(const ModelVersion file, version_of(described, precision, device));
    switch (role) {
        case NetworkRole::kVehicle: {
            TRY_ASSIGN(const auto network, loader.load_vehicle_detector());
            break;
        }
        case NetworkRole::kPlate: {
            TRY_ASSIGN(const auto network, loader.load_plate_detector());
            break;
        }
        case NetworkRole::kText: {
            TRY_ASSIGN(const auto network, loader.load_text_reader());
            break;
        }
    }
    TRY_ASSIGN(const std::string hash, sha256_of_file(file.path));
    return fmt::format(
        "{}, SHA-256 {}{}", file.path, hash.substr(0, 16),
        file.sha256.empty() ? " (its side file names none)" : " as its side file says");
}

Finding processor(const std::string& device, const std::string& arithmetic,
                  const std::string& asked) {
    const std::string units = vector_units();
    const std::string text =
        fmt::format("{}; {} cores;{}; precision {} gives {}", device,
                    std::thread::hardware_concurrency(), units, asked,
                    arithmetic.empty() ? "nothing, since no network could be loaded" : arithmetic);
    if (units.find("avx2") == std::string::npos && units.find("avx512f") == std::string::npos) {
        return {"processor", Health::kDoubtful, text + ": it will be slow",
                "lscpu  # a processor with AVX2 is several times as fast"};
    }
    if (asked == "bf16" && units.find("bf16") == std::string::npos) {
        return {"processor", Health::kDoubtful, text + ", but it has no units for bf16",
                "export DASHCAM_PRECISION=auto"};
    }
    return {"processor", Health::kGood, text, ""};
}

}  // namespace

Findings examine_networks(const Settings& settings) {
    auto engine = OpenVinoEngine::create(settings.device);
    if (!engine.ok()) {
        const std::string fix = settings.device == "CPU"
                                    ? "sudo apt-get install --reinstall dashcam"
                                    : "export DASHCAM_DEVICE=CPU";
        return {{"processor", Health::kBroken, engine.error().message, fix}};
    }
    const std::string device = (*engine)->device();
    ModelOptions options;
    const auto precision = precision_of(settings.precision);
    if (precision.ok()) options.precision = *precision;

    Findings models;
    std::string arithmetic;
    NetworkSettings networks;
    networks.model = options;
    for (const RoleFile& file :
         {RoleFile{NetworkRole::kVehicle, settings.vehicle_model, "DASHCAM_VEHICLE_MODEL"},
          RoleFile{NetworkRole::kPlate, settings.plate_model, "DASHCAM_PLATE_MODEL"},
          RoleFile{NetworkRole::kText, settings.text_model, "DASHCAM_TEXT_MODEL"}}) {
        const std::string role(to_string(file.role));
        const std::string subject = role + " model";
        const std::string fix = file.given.empty()
                                    ? restore_models()
                                    : std::string("unset ") + file.variable + "  # and leave --" +
                                          role + "-model out: the shipped one is taken";
        const Result<std::string> path = file.given.empty() ? shipped_model(role) : file.given;
        if (!path.ok()) {
            models.push_back({subject, Health::kBroken, path.error().message, fix});
            continue;
        }
        (file.role == NetworkRole::kVehicle ? networks.vehicle_path
         : file.role == NetworkRole::kPlate ? networks.plate_path
                                            : networks.text_path) = *path;
        auto own_engine = OpenVinoEngine::create(settings.device);
        if (!own_engine.ok())
            return {{"processor", Health::kBroken, own_engine.error().message, fix}};
        FileNetworkLoader loader(std::move(own_engine).value(), networks);
        const Result<std::string> seen = look_at_model(loader, file.role, *path,
                                                       options.precision, settings.device);
        models.push_back(seen.ok() ? Finding{subject, Health::kGood, *seen, ""}
                                   : Finding{subject, Health::kBroken, seen.error().message, fix});
        if (!seen.ok() || !arithmetic.empty()) continue;
        const auto described = read_model_file(*path, file.role);
        const auto loaded = load_model(**engine, *described, options);
        if (loaded.ok()) arithmetic = (*loaded)->description().arithmetic;
    }
    Findings all{processor(device, arithmetic, settings.precision)};
    all.insert(all.end(), models.begin(), models.end());
    return all;
}

}  // namespace dashcam
