#include "cli/row_output.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "video/printable_path.h"

namespace dashcam {
namespace {

constexpr std::size_t kBufferBytes = 1 << 16;

std::string plain(const RowValue& value) {
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
    if (const auto* number = std::get_if<double>(&value)) return fmt::format("{}", *number);
    return fmt::format("{}", std::get<std::int64_t>(value));
}

std::string csv_text(std::string text) {
    // Programs that show tables run what begins so as a formula.
    if (!text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos) {
        text.insert(text.begin(), '\'');
    }
    if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
    std::string quoted = "\"";
    for (const char c : text) {
        if (c == '"') quoted += '"';
        quoted += c;
    }
    return quoted + "\"";
}

}  // namespace

Result<std::unique_ptr<RowFile>> RowFile::open(const std::string& path) {
    std::unique_ptr<RowFile> file(new RowFile(path));
    if (path.empty()) {
        // A reader that leaves, as 'head' does, is no failure: write() says EPIPE instead.
        std::signal(SIGPIPE, SIG_IGN);
        file->file_ = STDOUT_FILENO;
        return file;
    }
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        return Error{printable_path(path) + " is a folder: give the name of a file"};
    }
    // A device or a pipe is written as it is.
    if (std::filesystem::exists(path, ignored) &&
        !std::filesystem::is_regular_file(path, ignored)) {
        file->file_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
        if (file->file_ < 0) return file->failed(errno);
        return file;
    }
    file->temporary_ = path + ".part-XXXXXX";
    file->file_ = mkostemp(file->temporary_.data(), O_CLOEXEC);
    if (file->file_ < 0) {
        file->temporary_.clear();
        return file->failed(errno);
    }
    const mode_t mask = umask(0);
    umask(mask);
    (void)fchmod(file->file_, 0666 & ~mask);
    return file;
}

RowFile::~RowFile() {
    if (file_ >= 0 && file_ != STDOUT_FILENO) close(file_);
    if (!temporary_.empty()) unlink(temporary_.c_str());
}

Error RowFile::failed(int cause) const {
    return Error{"cannot write " + (path_.empty() ? "the output" : printable_path(path_)) + ": " +
                 std::strerror(cause) + "; free some space, or give another file"};
}

Result<void> RowFile::write(const std::string& text) {
    buffer_ += text;
    return buffer_.size() < kBufferBytes ? Result<void>() : flush();
}

Result<void> RowFile::flush() {
    std::string_view left = buffer_;
    while (!left.empty() && !reader_gone_) {
        const ssize_t written = ::write(file_, left.data(), left.size());
        if (written >= 0) {
            left.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            reader_gone_ = true;
        } else if (errno != EINTR) {
            return failed(errno);
        }
    }
    buffer_.clear();
    return {};
}

Result<void> RowFile::finish() {
    TRY(flush());
    if (temporary_.empty()) return {};
    if (fsync(file_) != 0 || std::rename(temporary_.c_str(), path_.c_str()) != 0) {
        return failed(errno);
    }
    temporary_.clear();
    return {};
}

RowWriter::RowWriter(RowFormat format, std::vector<std::string> columns)
    : format_(format), columns_(std::move(columns)) {}

std::string RowWriter::head() {
    std::vector<RowValue> names(columns_.begin(), columns_.end());
    if (format_ == RowFormat::kCsv) return csv_line(names);
    if (format_ == RowFormat::kTable) return table_.add(columns_);
    return format_ == RowFormat::kJson ? "[" : "";
}

std::string RowWriter::row(const std::vector<RowValue>& values) {
    const bool first = std::exchange(first_, false);
    switch (format_) {
        case RowFormat::kCsv:
            return csv_line(values);
        case RowFormat::kJson:
            return (first ? "\n" : ",\n") + json_object(values);
        case RowFormat::kNdjson:
            return json_object(values) + "\n";
        case RowFormat::kTable:
            break;
    }
    TextLine line;
    for (const RowValue& value : values) line.push_back(printable_text(plain(value)));
    return table_.add(std::move(line));
}

std::string RowWriter::tail() {
    if (format_ == RowFormat::kJson) return "\n]\n";
    if (format_ != RowFormat::kTable) return "";
    return table_.rest();
}

std::string RowWriter::csv_line(const std::vector<RowValue>& values) const {
    std::string line;
    for (const RowValue& value : values) {
        if (&value != &values.front()) line += ',';
        const auto* text = std::get_if<std::string>(&value);
        line += text != nullptr ? csv_text(*text) : plain(value);
    }
    return line + "\n";
}

std::string RowWriter::json_object(const std::vector<RowValue>& values) const {
    nlohmann::ordered_json object;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        std::visit([&](const auto& value) { object[columns_[i]] = value; }, values[i]);
    }
    return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace dashcam
