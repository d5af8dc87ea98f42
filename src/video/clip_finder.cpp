#include "video/clip_finder.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <memory>
#include <set>
#include <system_error>
#include <utility>

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>
#include <unistd.h>

#include "video/printable_path.h"
#include "video/video_formats.h"

namespace dashcam {
namespace {

// Deeper than any card; bounds the recursion on a crafted tree.
constexpr int kDeepestFolder = 100;

using FolderId = std::pair<dev_t, ino_t>;

std::string cause(int number) { return std::generic_category().message(number); }

// What is searched for.
struct FileKind {
    bool (*has_extension)(std::string_view file_name);
    const char* several;
    const char* one;
};
constexpr FileKind kClips{has_video_extension, "videos", "a video file"};
constexpr FileKind kPictures{has_picture_extension, "pictures", "a picture file"};

class Search {
  public:
    explicit Search(const FileKind& kind) : kind_(kind) {}

    FoundClips run(const std::vector<std::string>& paths) {
        for (const std::string& path : paths) add_given(path);
        keep_one_name_each();
        return std::move(found_);
    }

  private:
    void problem(const std::string& path, const std::string& text) {
        found_.problems.push_back({printable_path(path) + " " + text});
    }

    void add_given(const std::string& path) {
        struct stat status {};
        if (path.find('\0') == std::string::npos && ::stat(path.c_str(), &status) == 0) {
            add_existing(path, status);
            return;
        }
        const int number = errno;
        if (path.find_first_of("*?[") != std::string::npos &&
            path.find('\0') == std::string::npos) {
            add_pattern(path);
        } else if (number == EACCES) {
            problem(path, "cannot be read (no permission); check its access rights");
        } else if (number == ELOOP) {
            problem(path, "is a link that leads back to itself; check the path");
        } else {
            problem(path, "does not exist; check the path");
        }
    }

    void add_pattern(const std::string& pattern) {
        glob_t matches{};
        // An unreadable folder on the way just matches nothing.
        const int result = ::glob(pattern.c_str(), 0, nullptr, &matches);
        const std::unique_ptr<glob_t, void (*)(glob_t*)> cleanup(&matches, ::globfree);
        if (result != 0 || matches.gl_pathc == 0) {
            problem(pattern, "matches no file; check the pattern");
            return;
        }
        for (std::size_t i = 0; i < matches.gl_pathc; ++i) {
            const std::string path = matches.gl_pathv[i];
            struct stat status {};
            if (::stat(path.c_str(), &status) == 0) {
                add_existing(path, status);
            } else {
                problem(path, "cannot be read (" + cause(errno) + "); check it");
            }
        }
    }

    void add_existing(const std::string& path, const struct stat& status) {
        if (S_ISREG(status.st_mode)) {
            if (::access(path.c_str(), R_OK) != 0) {
                problem(path, "cannot be read (" + cause(errno) + "); check its access rights");
                return;
            }
            found_.clips.push_back(path);
        } else if (S_ISDIR(status.st_mode)) {
            // Each given folder is searched by itself: one inside another still has its own videos.
            visited_.clear();
            const std::size_t clips_before = found_.clips.size();
            const std::size_t problems_before = found_.problems.size();
            search(path, status, 0);
            const bool nothing = found_.clips.size() == clips_before;
            if (nothing && found_.problems.size() == problems_before) {
                problem(path, std::string("has no ") + kind_.several +
                                  " in it; give another folder, or name the files");
            }
        } else {
            problem(path, std::string("is neither a file nor a folder; give ") + kind_.one);
        }
    }

    void search(const std::string& folder, const struct stat& status, int depth) {
        if (!visited_.insert({status.st_dev, status.st_ino}).second) return;
        if (depth > kDeepestFolder) {
            problem(folder, "lies too deep; give it as a path of its own");
            return;
        }
        std::vector<std::string> names;
        {
            const std::unique_ptr<DIR, int (*)(DIR*)> open_folder(::opendir(folder.c_str()),
                                                                  ::closedir);
            if (open_folder == nullptr) {
                problem(folder,
                        "cannot be searched (" + cause(errno) + "); check its access rights");
                return;
            }
            while (const dirent* entry = ::readdir(open_folder.get()))
                names.push_back(entry->d_name);
        }
        // The order in a folder depends on its file system.
        std::sort(names.begin(), names.end());
        for (const std::string& name : names) {
            if (name[0] == '.') continue;
            const std::string path = folder + (folder.ends_with('/') ? "" : "/") + name;
            struct stat entry {};
            // A link that leads nowhere, or a file that was just removed.
            if (::stat(path.c_str(), &entry) != 0) continue;
            if (S_ISDIR(entry.st_mode)) {
                search(path, entry, depth + 1);
            } else if (S_ISREG(entry.st_mode) && kind_.has_extension(name)) {
                add_existing(path, entry);
            }
        }
    }

    void keep_one_name_each() {
        std::sort(found_.clips.begin(), found_.clips.end());
        std::set<std::string> real_paths;
        std::vector<std::string> kept;
        for (std::string& clip : found_.clips) {
            const std::unique_ptr<char, void (*)(void*)> real(::realpath(clip.c_str(), nullptr),
                                                              std::free);
            if (real_paths.insert(real != nullptr ? real.get() : clip).second) {
                kept.push_back(std::move(clip));
            }
        }
        found_.clips = std::move(kept);
    }

    FileKind kind_;
    FoundClips found_;
    std::set<FolderId> visited_;
};

}  // namespace

FoundClips find_clips(const std::vector<std::string>& paths) { return Search(kClips).run(paths); }

FoundClips find_pictures(const std::vector<std::string>& paths) {
    return Search(kPictures).run(paths);
}

}  // namespace dashcam
