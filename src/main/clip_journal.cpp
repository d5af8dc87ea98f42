#include "main/clip_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "main/crash_mark.h"

namespace dashcam {
namespace {

// A path without the bytes that have a meaning in the file.
std::string escaped_path(std::string_view path) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string text;
    for (const char c : path) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || c == '%') {
            text += {'%', kHex[byte >> 4], kHex[byte & 15]};
        } else {
            text += c;
        }
    }
    return text;
}

std::string unescaped_path(std::string_view text) {
    std::string path;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned byte = 0;
        if (text[i] == '%' && i + 2 < text.size() &&
            std::from_chars(text.data() + i + 1, text.data() + i + 3, byte, 16).ptr ==
                text.data() + i + 3) {
            path += static_cast<char>(byte);
            i += 2;
        } else {
            path += text[i];
        }
    }
    return path;
}

std::string text_of(const ClipKey& clip) {
    return std::to_string(clip.bytes) + "\t" + std::to_string(clip.modified_us) + "\t" +
           escaped_path(clip.path);
}

std::vector<std::string_view> fields_of(std::string_view line) {
    std::vector<std::string_view> fields;
    for (;;) {
        const std::size_t tab = line.find('\t');
        fields.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) return fields;
        line.remove_prefix(tab + 1);
    }
}

template <typename Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc{} && end == text.data() + text.size();
}

// From the three fields that text_of() made, from `first` on.
std::optional<ClipKey> key_of(const std::vector<std::string_view>& fields, std::size_t first) {
    ClipKey key;
    if (fields.size() != first + 3 || !read_number(fields[first], key.bytes) ||
        !read_number(fields[first + 1], key.modified_us))
        return std::nullopt;
    key.path = unescaped_path(fields[first + 2]);
    return key;
}

// A name of the time between two starts of the machine.
std::string boot_id() {
    std::ifstream file("/proc/sys/kernel/random/boot_id");
    std::string id;
    std::getline(file, id);
    return id;
}

}  // namespace

Result<void> ClipJournal::begin(const std::string& file, ClipJournal& journal) {
    const MutexLock lock(journal.mutex_);
    journal.file_ = file;
    std::ifstream left(file, std::ios::binary);
    journal.replay({std::istreambuf_iterator<char>(left), {}});
    // In one step: a death between two writes must not lose what is known.
    const std::string next = file + ".new";
    std::ofstream(next, std::ios::binary) << journal.kept() << "run\t" << boot_id() << "\n";
    if (std::rename(next.c_str(), file.c_str()) == 0)
        journal.descriptor_ = open(file.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (journal.descriptor_ < 0)
        return Error{"cannot write '" + file + "': " + std::strerror(errno)};
    install_crash_marks(journal.descriptor_);
    return {};
}

void ClipJournal::end() {
    const MutexLock lock(mutex_);
    if (descriptor_ < 0) return;
    remove_crash_marks();
    append("end\n");
    close(std::exchange(descriptor_, -1));
    if (deaths_.empty() && suspects_.empty()) unlink(file_.c_str());
}

// Takes in the lines of the last run; lines that are none, as a full disk may leave them, are
// passed over.
void ClipJournal::replay(const std::string& text) {
    std::set<ClipKey> open;
    std::string boot;
    bool ran = false, ended = false, judged = false;
    std::size_t at = 0;
    while (at < text.size()) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        const std::vector<std::string_view> fields =
            fields_of(std::string_view(text).substr(at, end - at));
        at = end + 1;
        const std::string_view verb = fields[0];
        if (verb == "run" && fields.size() == 2) {
            ran = true;
            boot = fields[1];
        } else if (verb == "end") {
            ended = true;
        } else if (verb == "outside") {
            judged = true;
        } else if (verb == "charged" && fields.size() == 5) {
            std::uint32_t count = 0;
            const auto key = key_of(fields, 2);
            if (key && read_number(fields[1], count)) deaths_[*key] = count;
        } else if (const auto key = key_of(fields, 1)) {
            if (verb == "suspect") suspects_.insert(*key);
            if (verb == "open") open.insert(*key);
            if (verb == "left" || verb == "read") open.erase(*key);
            if (verb == "read") {
                deaths_.erase(*key);
                suspects_.erase(*key);
            }
            if (verb == "crash") {
                ++deaths_[*key];
                judged = true;
            }
        }
    }
    if (!ran || ended || judged || boot != boot_id()) return;
    if (open.size() == 1) {
        ++deaths_[*open.begin()];
    } else {
        suspects_.merge(open);
    }
}

std::string ClipJournal::kept() const {
    std::string text;
    for (const auto& [clip, count] : deaths_)
        text += "charged\t" + std::to_string(count) + "\t" + text_of(clip) + "\n";
    for (const ClipKey& clip : suspects_) text += "suspect\t" + text_of(clip) + "\n";
    return text;
}

void ClipJournal::append(const std::string& line) const {
    if (descriptor_ < 0) return;
    // A full disk must not stop the run; then a death is not charged.
    [[maybe_unused]] const ssize_t written = write(descriptor_, line.data(), line.size());
}

std::uint32_t ClipJournal::deaths(const ClipKey& clip) const {
    const MutexLock lock(mutex_);
    const auto found = deaths_.find(clip);
    return found == deaths_.end() ? 0 : found->second;
}

bool ClipJournal::is_suspect(const ClipKey& clip) const {
    const MutexLock lock(mutex_);
    return suspects_.contains(clip) || deaths_.contains(clip);
}

void ClipJournal::forgive(const ClipKey& clip) {
    const MutexLock lock(mutex_);
    if (deaths_.erase(clip) + suspects_.erase(clip) > 0) append("read\t" + text_of(clip) + "\n");
}

void ClipJournal::opened(const ClipKey& clip) {
    const MutexLock lock(mutex_);
    append("open\t" + text_of(clip) + "\n");
    last_opened_ = clip.path;
    set_crash_mark(text_of(clip));
}

std::string ClipJournal::last_opened() const {
    const MutexLock lock(mutex_);
    return last_opened_;
}

void ClipJournal::closed(const ClipKey& clip, Close how) {
    const MutexLock lock(mutex_);
    set_crash_mark("");
    append((how == Close::kRead ? "read\t" : "left\t") + text_of(clip) + "\n");
    if (how == Close::kLeft) return;
    deaths_.erase(clip);
    suspects_.erase(clip);
}

}  // namespace dashcam
