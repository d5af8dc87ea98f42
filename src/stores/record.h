#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "stores/rows.h"

namespace dashcam {

// One column's value, as every database has it: 64-bit integer, 64-bit float or UTF-8 text. All
// three members exist at fixed addresses, because the database library is bound to them.
struct Cell {
    enum class Kind : std::uint8_t { kInteger, kReal, kText };
    Kind kind = Kind::kInteger;
    long long integer = 0;
    double real = 0;
    std::string text;
    bool operator==(const Cell&) const = default;

    static Cell of(std::int64_t value);
    static Cell of(double value);
    static Cell of(const std::string& bytes);  // escaped here
};

// A row as its table's columns, in their order.
using Record = std::vector<Cell>;

enum class ColumnUse : std::uint8_t {
    kKey,           // part of the primary key
    kResult,        // same for every run over the same clips
    kRunDependent,  // not in dump()
    kPath,          // only its last part is in dump()
};

struct Column {
    std::string name;
    Cell::Kind kind = Cell::Kind::kInteger;
    ColumnUse use = ColumnUse::kResult;
};

struct TableLayout {
    std::string name;
    std::vector<Column> columns;
};

// The one description of each table's columns that writing, reading, the memory store and dump()
// share. It has to agree with schema/*.sql. Row is VideoRow, VehicleRow, ReadingRow, RunRow,
// CorrectionRow or PlateTextRow.
template <typename Row>
const TableLayout& layout();

// An Error if a number is not finite; -0.0 becomes 0.0.
template <typename Row>
Result<Record> encode(const Row& row);

// An Error if a value cannot be what encode() wrote.
template <typename Row>
Result<Row> decode(const Record& record);

}  // namespace dashcam
