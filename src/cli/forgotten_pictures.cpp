#include "cli/forgotten_pictures.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <set>

#include "cli/row_output.h"
#include "report/verification.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

fs::path list_of(const std::string& out) { return fs::path(out) / "forgotten-pictures"; }

Error cannot_delete(const fs::path& path, const std::string& why, const std::string& what_now) {
    return Error{"cannot delete " + printable_path(path.string()) + ": " + why + "; " + what_now};
}

// Paths of the list by the video that they belong to: "crops/VIDEO/TRACK-FRAME-plate.jpg".
std::map<std::string, std::vector<std::string>> listed(const std::string& out) {
    std::map<std::string, std::vector<std::string>> pictures;
    std::ifstream file(list_of(out));
    for (std::string path; std::getline(file, path);) {
        // Nobody else writes the file, but what lies elsewhere must not be deleted by it.
        if (!is_picture_path(path)) continue;
        pictures[fs::path(path).parent_path().filename().string()].push_back(path);
    }
    return pictures;
}

Result<std::set<std::string>> named_by_rows(Store& store, const std::string& video) {
    VehicleFilter filter;
    filter.video = video;
    TRY_ASSIGN(const std::vector<VehicleRow> rows, store.vehicles(filter));
    std::set<std::string> named;
    for (const VehicleRow& row : rows) {
        named.insert(row.best_shot);
        named.insert(row.plate_shot);
    }
    return named;
}

}  // namespace

bool has_forgotten_pictures(const std::string& out) {
    std::error_code ignored;
    return fs::exists(list_of(out), ignored);
}

Result<void> list_forgotten_pictures(const std::string& out,
                                     const std::vector<fs::path>& pictures) {
    if (pictures.empty()) return {};
    TRY_ASSIGN(const auto file, RowFile::open(list_of(out).string()));
    std::set<fs::path> folders;
    for (const fs::path& picture : pictures) {
        folders.insert(picture.parent_path());
        TRY(file->write(picture.lexically_relative(out).string() + "\n"));
    }
    for (const fs::path& folder : folders) {
        if (eaccess(folder.c_str(), W_OK | X_OK) == 0) continue;
        return cannot_delete(folder, std::strerror(errno),
                             "no row was deleted: mend this and give the same command again");
    }
    return file->finish();
}

Result<std::size_t> delete_forgotten_pictures(const std::string& out, Store& store) {
    std::size_t gone = 0;
    for (const auto& [video, pictures] : listed(out)) {
        TRY_ASSIGN(const std::set<std::string> named, named_by_rows(store, video));
        for (const std::string& picture : pictures) {
            const fs::path path = fs::path(out) / picture;
            if (named.contains(picture)) continue;
            if (unlink(path.c_str()) == 0) {
                ++gone;
            } else if (errno != ENOENT) {
                return cannot_delete(
                    path, std::strerror(errno),
                    "its row is deleted: mend this and give the same command again, which "
                    "deletes the pictures that are left");
            }
        }
        std::error_code ignored;  // a folder that is not empty stays
        fs::remove(fs::path(out) / "crops" / video, ignored);
    }
    if (unlink(list_of(out).c_str()) != 0 && errno != ENOENT)
        return cannot_delete(list_of(out), std::strerror(errno), "mend this");
    return gone;
}

}  // namespace dashcam
