#include "report/verification.h"

#include <algorithm>
#include <filesystem>
#include <set>
#include <utility>

#include "report/page_pictures.h"
#include "video/content_hash.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

bool has_size(const std::string& path, std::int64_t bytes) {
    std::error_code failed;
    const bool regular = fs::is_regular_file(path, failed);
    if (failed || !regular) return false;
    const std::uintmax_t size = fs::file_size(path, failed);
    return !failed && size == static_cast<std::uintmax_t>(bytes);
}

bool has_content(const std::string& path, const VideoRow& video) {
    if (!has_size(path, video.bytes)) return false;
    const Result<std::string> hash = content_hash(path);
    return hash.ok() && *hash == video.id;
}

// Files of the clip's folder, sorted: a renamed clip is among them.
std::vector<std::string> beside(const std::string& path) {
    std::vector<std::string> files;
    std::error_code failed;
    fs::path folder = fs::path(path).parent_path();
    if (folder.empty()) folder = ".";
    for (fs::directory_iterator at(folder, failed), end; !failed && at != end; at.increment(failed))
        files.push_back(at->path().string());
    std::sort(files.begin(), files.end());
    return files;
}

Discrepancy discrepancy_of(const VideoRow& video, const FoundClip& found) {
    return {found.state, video.path, found.detail};
}

void verify_clips(const std::vector<VideoRow>& videos, const VerifyOptions& options,
                  Verification& result) {
    for (const VideoRow& video : videos) {
        ++result.clips;
        const FoundClip found = locate_clip(video, options.candidates);
        if (!found.as_recorded) {
            result.findings.push_back(discrepancy_of(video, found));
        } else if (video.status == VideoStatus::kUnfinished) {
            result.findings.push_back({DiscrepancyState::kUnfinished, video.path,
                                       "its processing was interrupted: run it again"});
        } else {
            ++result.clips_right;
        }
    }
}

void verify_picture(const std::string& relative, const VerifyOptions& options,
                    Verification& result) {
    ++result.pictures;
    if (!is_picture_path(relative)) {
        result.findings.push_back({DiscrepancyState::kDamaged, relative,
                                   "the row names a file outside of crops/: the row is damaged"});
        return;
    }
    std::error_code ignored;
    const std::string path = options.out + "/" + relative;
    if (!fs::exists(path, ignored)) {
        result.findings.push_back({DiscrepancyState::kMissing, relative,
                                   "processing the clip again with --redo makes it anew"});
        return;
    }
    const Result<std::string> jpeg = picture_file_bytes(path);
    if (!jpeg.ok()) {
        result.findings.push_back({DiscrepancyState::kUnreadable, relative, jpeg.error().message});
    } else if (!is_whole_jpeg(*jpeg)) {
        result.findings.push_back({DiscrepancyState::kDamaged, relative,
                                   "no whole JPEG; delete it and process the clip with --redo"});
    } else {
        ++result.pictures_right;
    }
}

void find_extra(const std::set<std::string>& named, const VerifyOptions& options,
                Verification& result) {
    std::vector<std::string> extra;
    std::error_code failed;
    const fs::path crops = fs::path(options.out) / "crops";
    for (fs::recursive_directory_iterator at(crops, failed), end; !failed && at != end;
         at.increment(failed)) {
        std::error_code ignored;
        if (at->is_directory(ignored)) continue;
        const std::string relative = "crops" + at->path().string().substr(crops.string().size());
        if (!named.contains(relative)) extra.push_back(relative);
    }
    std::sort(extra.begin(), extra.end());
    for (std::string& path : extra) {
        result.findings.push_back({DiscrepancyState::kExtra, std::move(path),
                                   "no row names it; delete it if you don't need it"});
    }
}

}  // namespace

std::string_view to_string(DiscrepancyState state) {
    switch (state) {
        case DiscrepancyState::kMoved:
            return "moved";
        case DiscrepancyState::kGone:
            return "gone";
        case DiscrepancyState::kChanged:
            return "changed";
        case DiscrepancyState::kUnreadable:
            return "unreadable";
        case DiscrepancyState::kMissing:
            return "missing";
        case DiscrepancyState::kDamaged:
            return "damaged";
        case DiscrepancyState::kExtra:
            return "extra";
        case DiscrepancyState::kUnfinished:
            return "unfinished";
    }
    return "?";
}

bool is_picture_path(const std::string& relative) {
    if (!relative.starts_with("crops/")) return false;
    const fs::path path(relative);
    return std::none_of(path.begin(), path.end(), [](const fs::path& p) { return p == ".."; });
}

FoundClip locate_clip(const VideoRow& video, const std::vector<std::string>& candidates) {
    std::error_code failed;
    const bool is_there = fs::exists(video.path, failed);
    FoundClip found{video.path, DiscrepancyState::kGone, false, ""};
    if (is_there) {
        const Result<std::string> hash = content_hash(video.path);
        if (hash.ok() && *hash == video.id) {
            found.as_recorded = true;
            return found;
        }
        found.state = hash.ok() ? DiscrepancyState::kChanged : DiscrepancyState::kUnreadable;
        found.detail = hash.ok() ? "its content is another than when its rows were made"
                                 : hash.error().message;
    }
    for (const auto& list : {candidates, beside(video.path)}) {
        for (const std::string& path : list) {
            if (path == video.path || !has_content(path, video)) continue;
            return {path, DiscrepancyState::kMoved, false, "now at " + printable_path(path)};
        }
    }
    if (!is_there) found.detail = "not found; tell where clips are now: 'dashcam verify FOLDER'";
    return found;
}

Result<Verification> verify_results(Store& store, const VerifyOptions& options) {
    Verification result;
    TRY_ASSIGN(const std::vector<VideoRow> videos, store.videos());
    TRY_ASSIGN(const std::vector<VehicleRow> vehicles, store.vehicles({}));
    verify_clips(videos, options, result);
    std::set<std::string> named;
    for (const VehicleRow& vehicle : vehicles) {
        for (const std::string& picture : {vehicle.best_shot, vehicle.plate_shot}) {
            if (!picture.empty()) named.insert(picture);
        }
    }
    for (const std::string& picture : named) verify_picture(picture, options, result);
    find_extra(named, options, result);
    return result;
}

}  // namespace dashcam
