#include "pipeline/stages/crop_folder.h"

#include <fcntl.h>
#include <turbojpeg.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <unordered_set>

#include "base/check.h"
#include "inference/letterbox.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

constexpr int kJpegQuality = 88;
// A little of the surroundings helps a person to recognise the vehicle.
constexpr double kVehicleGrowth = 0.05;
constexpr double kPlateGrowth = 0.25;

std::string video_folder(std::string_view video) { return "crops/" + std::string(video); }

Error io_error(const std::string& path, int cause) {
    return Error{"cannot write the picture '" + path + "': " + std::strerror(cause) +
                 "; free some space, or choose another folder with --out"};
}

Result<void> write_whole(const std::string& path, const unsigned char* data, std::size_t bytes) {
    const std::string temporary = path + ".part-" + std::to_string(getpid());
    const int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (file < 0) return io_error(path, errno);
    int cause = 0;
    while (bytes > 0 && cause == 0) {
        const ssize_t written = ::write(file, data, bytes);
        if (written < 0) {
            cause = errno == EINTR ? 0 : errno;
        } else {
            data += written;
            bytes -= static_cast<std::size_t>(written);
        }
    }
    if (close(file) != 0 && cause == 0) cause = errno;
    if (cause == 0 && std::rename(temporary.c_str(), path.c_str()) != 0) cause = errno;
    if (cause == 0) return {};
    unlink(temporary.c_str());
    return io_error(path, cause);
}

void remove_others(const fs::path& folder, const std::string& prefix,
                   const std::vector<std::string>& kept) {
    std::unordered_set<std::string> names;
    for (const std::string& path : kept) names.insert(fs::path(path).filename().string());
    std::error_code ignored;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(prefix) && !names.contains(name)) fs::remove(entry.path(), ignored);
    }
}

}  // namespace

std::string CropFolder::relative_path(std::string_view video, std::uint32_t track,
                                      std::uint32_t frame, CropKind kind) {
    return video_folder(video) + "/" + std::to_string(track) + "-" + std::to_string(frame) +
           (kind == CropKind::kVehicle ? "-vehicle.jpg" : "-plate.jpg");
}

bool CropFolder::exists(const std::string& relative_path) const {
    std::error_code ignored;
    return fs::exists(fs::path(output_) / relative_path, ignored);
}

Result<void> CropFolder::write(std::string_view video, std::uint32_t track, std::uint32_t frame,
                               CropKind kind, const FrameView& view, const Box& box) {
    const std::string relative = relative_path(video, track, frame, kind);
    if (exists(relative)) return {};
    const PixelRect part = grown(box, kind == CropKind::kVehicle ? kVehicleGrowth : kPlateGrowth,
                                 view.format.width, view.format.height);
    if (part.width() < 1 || part.height() < 1) return {};

    bgr_.resize(static_cast<std::size_t>(part.width()) * part.height() * 3);
    preprocessor_.run(view, part, part.width(), part.height(), bgr_);
    std::error_code failed;
    fs::create_directories(fs::path(output_) / video_folder(video), failed);
    if (failed) return io_error(output_ + "/" + relative, failed.value());

    const tjhandle encoder = tjInitCompress();
    CHECK(encoder != nullptr);
    unsigned char* jpeg = nullptr;
    unsigned long bytes = 0;
    const int status = tjCompress2(encoder, bgr_.data(), part.width(), 0, part.height(), TJPF_BGR,
                                   &jpeg, &bytes, TJSAMP_420, kJpegQuality, TJFLAG_ACCURATEDCT);
    Result<void> written =
        status == 0
            ? write_whole(output_ + "/" + relative, jpeg, bytes)
            : Result<void>(Error{"cannot encode '" + relative + "': " + tjGetErrorStr2(encoder)});
    tjFree(jpeg);
    tjDestroy(encoder);
    return written;
}

void CropFolder::keep_only(std::string_view video, std::uint32_t track,
                           const std::vector<std::string>& kept) {
    remove_others(fs::path(output_) / video_folder(video), std::to_string(track) + "-", kept);
}

void CropFolder::keep_only(std::string_view video, const std::vector<std::string>& kept) {
    const fs::path folder = fs::path(output_) / video_folder(video);
    remove_others(folder, "", kept);
    std::error_code ignored;
    fs::remove(folder, ignored);  // succeeds when it is empty
}

}  // namespace dashcam
