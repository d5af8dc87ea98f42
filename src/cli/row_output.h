#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "cli/text_table.h"

namespace dashcam {

enum class RowFormat : std::uint8_t { kCsv, kJson, kNdjson, kTable };

// A value of a row for people and programs.
using RowValue = std::variant<std::string, double, std::int64_t>;

// Where rows go: standard output, or a file that is there under its name only when it is whole.
class RowFile {
  public:
    // `path` empty: standard output. An Error if the file cannot be made.
    static Result<std::unique_ptr<RowFile>> open(const std::string& path);
    ~RowFile();
    RowFile(const RowFile&) = delete;
    RowFile& operator=(const RowFile&) = delete;

    // False, and nothing more is written, if the reader of standard output has gone.
    bool reader_is_there() const { return !reader_gone_; }
    Result<void> write(const std::string& text);
    // Makes the file appear. Without it, nothing is left of it.
    Result<void> finish();

  private:
    explicit RowFile(std::string path) : path_(std::move(path)) {}
    Result<void> flush();
    Error failed(int cause) const;

    std::string path_;
    std::string temporary_;
    int file_ = -1;
    std::string buffer_;
    bool reader_gone_ = false;
};

// Rows of the same columns as text, one after the other; nothing is kept but, for kTable, the first
// rows, which the widths are taken from (see TextTable).
//   kCsv     RFC 4180 with a head line and LF; a text that a spreadsheet would take for a formula
//            begins with a single quote
//   kJson    one array of objects
//   kNdjson  an object on each line
//   kTable   columns for people; control characters cannot reach the terminal
// Bytes that are no UTF-8 are written as U+FFFD in JSON, and as \xNN in tables.
class RowWriter {
  public:
    RowWriter(RowFormat format, std::vector<std::string> columns);
    std::string head();
    std::string row(const std::vector<RowValue>& values);
    std::string tail();

  private:
    std::string csv_line(const std::vector<RowValue>& values) const;
    std::string json_object(const std::vector<RowValue>& values) const;

    RowFormat format_;
    std::vector<std::string> columns_;
    TextTable table_;
    bool first_ = true;
};

}  // namespace dashcam
