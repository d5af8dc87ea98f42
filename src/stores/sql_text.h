#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stores/queries.h"
#include "stores/record.h"

namespace dashcam {

// Parts of statements. They are built of column names and numbers only; values are bound.

// ":p3"
std::string parameter(std::size_t index);
std::string joined(const std::vector<std::string>& parts, std::string_view between);
// "SELECT t.a, t.b FROM table t "
std::string select_sql(const TableLayout& table);

// Conditions that all have to hold, and the values bound to them.
struct Conditions {
    std::vector<std::string> conditions;
    Record parameters;

    template <typename T>
    void add(const char* left, const std::optional<T>& value) {
        if (value) conditions.push_back(left + bind(Cell::of(*value)));
    }
    void add(std::string condition) { conditions.push_back(std::move(condition)); }
    // "left IN (:p0, :p1)"; nothing for no values.
    void add_any(const char* left, const std::vector<std::string>& values);
    std::string bind(Cell cell);
    // "WHERE a AND b ", or nothing.
    std::string sql() const;
};

// The rest of a statement, and the values bound to it.
struct Statement {
    std::string sql;
    Record parameters;
};

// Vehicles t that pass as they were read, or that a correction may let pass.
Conditions conditions_of(const VehicleFilter& filter);

// Rows p of plate_texts that a query wants, behind from_texts().
Conditions conditions_of(const PlateTextQuery& query);
Conditions conditions_of(const PlateCountQuery& query);
// "FROM ... UNION ALL SELECT `columns` FROM ... ", of one query or more: each is planned on its
// own, by its own index.
Statement any_of(const std::vector<PlateTextQuery>& any, const std::string& columns);
// The same rows for databases that read the row of each entry of an index before they test it,
// unless the index has all that is asked for: here it finds keys or texts. The first: of no more
// than the most probable texts, without `whole`, `part`, `length` and `videos`; the second: each
// with a part or a length, without `whole` and `videos`. All with `like`.
Conditions conditions_by_index(const PlateTextQuery& query);
Conditions conditions_by_index(const std::vector<PlateTextQuery>& any);
std::string most_probable_sql(std::size_t limit);
std::string from_texts(const VehicleFilter& filter);

}  // namespace dashcam
