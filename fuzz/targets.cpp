#include "targets.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <filesystem>

#include "base/check.h"
#include "inference/model_file.h"
#include "inference/onnx_file.h"
#include "main/clip_journal.h"
#include "settings/settings.h"
#include "stores/store.h"
#include "stores/store_url.h"
#include "stores/text_columns.h"
#include "video/mp4_boxes.h"
#include "video/recording_time.h"

namespace dashcam {
namespace {

// A file with these bytes; the same one each time.
class BytesFile {
  public:
    BytesFile(const char* ending, std::string_view bytes)
        : path_("/tmp/dashcam_fuzz_" + std::to_string(getpid()) + ending),
          descriptor_(open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) {
        CHECK(descriptor_ >= 0);
        CHECK(write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    ~BytesFile() {
        close(descriptor_);
        unlink(path_.c_str());
    }
    BytesFile(const BytesFile&) = delete;
    BytesFile& operator=(const BytesFile&) = delete;

    const std::string& path() const { return path_; }
    int descriptor() const { return descriptor_; }

  private:
    std::string path_;
    int descriptor_;
};

// Errors are one line for a person.
template <typename T>
void check_message(const Result<T>& result) {
    if (!result.ok()) CHECK(!result.error().message.empty());
}

void settings(std::string_view bytes) {
    const BytesFile file(".toml", bytes);
    SettingsBuilder builder;
    const auto read = builder.read_file(file.path());
    check_message(read);
    if (!read.ok()) return;
    (void)builder.describe();
    const auto built = builder.build();
    check_message(built);
    if (!built.ok()) return;
    // What workers are handed is what main has.
    const std::string handed = serialised(*built);
    const auto back = deserialised(handed);
    CHECK(back.ok() && serialised(*back) == handed);
}

void handed_settings(std::string_view bytes) { check_message(deserialised(bytes)); }

void side_file(std::string_view bytes) {
    const BytesFile file(".toml", bytes);
    for (const NetworkRole role : {NetworkRole::kVehicle, NetworkRole::kPlate, NetworkRole::kText})
        check_message(read_model_file(file.path(), role));
}

void onnx_file(std::string_view bytes) {
    const BytesFile file(".onnx", bytes);
    const auto checked = check_onnx_file(file.path());
    check_message(checked);
    if (!checked.ok()) return;
    // One byte less is never a whole model, unless it was a field that ended there.
    const BytesFile more(".more.onnx", std::string(bytes) + '\0');
    CHECK(!check_onnx_file(more.path()).ok());
}

void urls(std::string_view bytes) {
    const std::string url(bytes);
    check_message(parse_store_url(url));
    // A password never comes through, wherever it stands before the '@'.
    constexpr std::string_view kSecret = "tr0ub4dor";
    if (url.find(kSecret) != std::string::npos) return;
    const std::string guarded = "postgresql://me:" + std::string(kSecret) + "@" + url;
    CHECK(redacted(guarded).find(kSecret) == std::string::npos);
    const auto parsed = parse_store_url(guarded);
    if (!parsed.ok()) CHECK(parsed.error().message.find(kSecret) == std::string::npos);
}

void text_columns(std::string_view bytes) {
    CHECK(unescaped(escaped(bytes)) == bytes);
    const std::string text(bytes);
    check_message(alternatives_from_json(text));
    check_message(slots_from_json(text));
    const auto characters = characters_from_json(text);
    check_message(characters);
    if (!characters.ok()) return;
    if (const auto again = to_json(*characters); again.ok()) {
        const auto back = characters_from_json(*again);
        CHECK(back.ok() && to_json(*back).value() == *again);
    }
}

void times(std::string_view bytes) {
    const std::string time = recording_time(std::string(bytes));
    // "2024-05-01T12:00:00Z", or with six digits of a fraction.
    CHECK(time.empty() || time.size() == 20 || time.size() == 27);
    CHECK(time.empty() || recording_time(time) == time);
}

void boxes(std::string_view bytes) {
    const BytesFile file(".mp4", bytes);
    (void)mp4_structure(file.descriptor());
}

void journal(std::string_view bytes) {
    const BytesFile file(".journal", bytes);
    const ClipKey clip{"/a", 1, 1};
    {
        ClipJournal first;
        CHECK(ClipJournal::begin(file.path(), first).ok());
        first.forgive(clip);
    }
    // Once taken in, it means the same to every later run.
    ClipJournal second;
    CHECK(ClipJournal::begin(file.path(), second).ok());
    CHECK(second.deaths(clip) == 0 && !second.is_suspect(clip));
}

constexpr std::array kTargets{
    FuzzTarget{"settings", settings},    FuzzTarget{"handed_settings", handed_settings},
    FuzzTarget{"side_file", side_file},  FuzzTarget{"onnx_file", onnx_file},
    FuzzTarget{"store_url", urls},       FuzzTarget{"text_columns", text_columns},
    FuzzTarget{"recording_time", times}, FuzzTarget{"mp4_boxes", boxes},
    FuzzTarget{"clip_journal", journal},
};

}  // namespace

std::span<const FuzzTarget> fuzz_targets() { return kTargets; }

}  // namespace dashcam
