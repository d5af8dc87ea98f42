#include "stores/sql_text.h"

#include <algorithm>
#include <set>

#include "stores/row_rules.h"
#include "stores/store.h"

namespace dashcam {
namespace {

// What of `filter` a correction does not touch.
Conditions fixed_conditions(const VehicleFilter& filter) {
    Conditions where;
    where.add("t.video = ", filter.video);
    if (filter.track) where.add("t.track = ", std::optional(std::int64_t{*filter.track}));
    where.add("t.vehicle_class = ", filter.vehicle_class);
    where.add("t.last_us >= ", filter.from_us);
    where.add("t.first_us <= ", filter.until_us);
    return where;
}

// The first text that is greater than all that begin with `part`.
std::string after_all(std::string part) {
    ++part.back();
    return part;
}

void add_part(Conditions& where, const std::optional<TextPart>& part) {
    if (!part) return;
    std::string left = "p.text";
    if (part->place > 1 || part->match == PartMatch::kEqual) {
        // Written as the index has it: see schema/0004_search_by_rank.sql.
        const std::string place = std::to_string(part->place);
        left = "substr(p.text, " + place + ", 3)";
        if (part->place > 1) where.add("length(p.text) >= " + place);
    }
    if (part->match == PartMatch::kEqual) {
        where.add_any(left.c_str(), part->parts);
        return;
    }
    std::vector<std::string> ranges;
    for (const std::string& begin : part->parts) {
        const std::string from = where.bind(Cell::of(begin));
        ranges.push_back("(" + left + " >= " + from + " AND " + left + " < " +
                         where.bind(Cell::of(after_all(begin))) + ")");
    }
    where.add("(" + joined(ranges, " OR ") + ")");
}

void add_length(Conditions& where, const std::optional<TextLength>& length) {
    if (!length) return;
    if (length->least == length->most) {
        where.add("length(p.text) = " + std::to_string(length->least));
        return;
    }
    where.add("length(p.text) >= " + std::to_string(length->least));
    where.add("length(p.text) <= " + std::to_string(length->most));
}

// From level `level` on; its texts have that many '?' at least.
std::string test_sql(Conditions& where, const TextTest& test, std::size_t level) {
    std::string unknown = "%";
    for (std::size_t i = 0; i <= level; ++i) unknown += "?%";
    std::vector<std::string> any;
    for (const std::string& like : test[level]) {
        any.push_back("p.text LIKE " + where.bind(Cell::of(like)));
    }
    const std::string more = "p.text LIKE '" + unknown + "'";
    const std::size_t next = level + 1;
    if (next == test.size()) {
        any.push_back("(" + more + ")");
    } else if (next + 1 < test.size() || !test.back().empty()) {
        any.push_back("(" + more + " AND " + test_sql(where, test, next) + ")");
    }
    return "(" + joined(any, " OR ") + ")";
}

// What all texts that pass begin or end with, in up to kEnd characters; empty if that is not known.
// Texts pass that have more '?' than the test has levels, so one of the ends has to be all '?'.
constexpr std::size_t kEnd = 3;
enum class End : std::uint8_t { kFirst, kLast };
std::set<std::string> ends_of(const TextTest& test, End end) {
    std::vector<std::string> runs;
    std::size_t length = kEnd;
    for (const auto& level : test) {
        for (std::string like : level) {
            if (end == End::kLast) std::reverse(like.begin(), like.end());
            runs.push_back(like.substr(0, std::min(like.find_first_of("%_"), like.size())));
            length = std::min(length, runs.back().size());
        }
    }
    std::set<std::string> ends;
    for (std::string& run : runs) {
        run.resize(length);
        if (end == End::kLast) std::reverse(run.begin(), run.end());
        ends.insert(run);
    }
    const bool known = length > 0 && ends.contains(std::string(length, '?'));
    return known ? ends : std::set<std::string>();
}

// For tests of very many texts: LIKE costs a multiple of comparing an end, and what has '?' needs
// several. "|| ''": no index over parts of texts shall be chosen instead of the one walked along.
void add_test_of_ends(Conditions& where, const TextTest& test) {
    const std::set<std::string> first = ends_of(test, End::kFirst),
                                last = ends_of(test, End::kLast);
    if (!first.empty()) {
        const std::string length = std::to_string(first.begin()->size());
        where.add_any(("substr(p.text, 1, " + length + ") || ''").c_str(),
                      {first.begin(), first.end()});
    }
    if (!last.empty()) {
        const std::string before = std::to_string(last.begin()->size() - 1);
        where.add_any(("substr(p.text, length(p.text) - " + before + ")").c_str(),
                      {last.begin(), last.end()});
    }
}

// Of tier, class and region, with which indexes begin: whether one of those may be chosen. Without
// statistics, SQLite would prefer it to one that finds a hundred times fewer rows.
enum class FilterIndex : std::uint8_t { kMayBeUsed, kNotUsed };

void add_filter(Conditions& where, const VehicleFilter& vehicle, FilterIndex index) {
    const auto equal = [&](const char* column, const std::optional<std::string>& value) {
        const bool used = value && index == FilterIndex::kMayBeUsed;
        where.add((column + std::string(used ? " = " : " || '' = ")).c_str(), value);
    };
    where.add("p.video = ", vehicle.video);
    if (vehicle.track) where.add("p.track = ", std::optional(std::int64_t{*vehicle.track}));
    equal("p.tier", vehicle.tier);
    equal("p.vehicle_class", vehicle.vehicle_class);
    equal("p.region", vehicle.region);
    where.add("p.last_us >= ", vehicle.from_us);
    where.add("p.first_us <= ", vehicle.until_us);
    if (vehicle.min_confidence) {
        where.add("p.video = t.video");
        where.add("p.track = t.track");
        where.add("(p.kind = 'corrected' OR t.confidence >= " +
                  where.bind(Cell::of(*vehicle.min_confidence)) + ")");
    }
}

void add_probability(Conditions& where, const PlateTextQuery& query) {
    where.add("p.probability >= ", query.min_probability);
    where.add("p.probability <= ", query.max_probability);
}

void add_query(Conditions& where, const PlateTextQuery& query) {
    where.add_any("p.text", query.whole);
    add_part(where, query.part);
    add_length(where, query.length);
    where.add_any("p.video", query.videos);
    add_probability(where, query);
    const bool by_text =
        !query.whole.empty() || query.part || query.length || !query.videos.empty();
    add_filter(where, query.vehicle, by_text ? FilterIndex::kNotUsed : FilterIndex::kMayBeUsed);
    if (query.like.empty()) return;
    if (!by_text) add_test_of_ends(where, query.like);
    where.add(test_sql(where, query.like, 0));
}

}  // namespace

// Rows that pass as they were read, or that a correction may let pass.
Conditions conditions_of(const VehicleFilter& filter) {
    Conditions where = fixed_conditions(filter);
    Conditions as_read;
    as_read.parameters = std::move(where.parameters);
    as_read.add("t.plate = ", filter.plate);
    as_read.add("t.tier = ", filter.tier);
    as_read.add("t.region = ", filter.region);
    as_read.add("t.confidence >= ", filter.min_confidence);
    where.parameters = std::move(as_read.parameters);
    if (as_read.conditions.empty()) return where;
    std::string condition = joined(as_read.conditions, " AND ");
    if (filter.view == PlateView::kCorrected) {
        condition = "(" + condition +
                    " OR (t.video, t.track) IN (SELECT c.video, c.vehicle FROM corrections c "
                    "WHERE c.in_force = 1))";
    }
    where.add(condition);
    return where;
}

std::string parameter(std::size_t index) { return ":p" + std::to_string(index); }

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
    std::string text;
    for (const std::string& part : parts) {
        if (!text.empty()) text += between;
        text += part;
    }
    return text;
}

std::string select_sql(const TableLayout& table) {
    std::vector<std::string> names;
    for (const Column& column : table.columns) names.push_back("t." + column.name);
    return "SELECT " + joined(names, ", ") + " FROM " + table.name + " t ";
}

void Conditions::add_any(const char* left, const std::vector<std::string>& values) {
    if (values.empty()) return;
    std::vector<std::string> names;
    for (const std::string& value : values) names.push_back(bind(Cell::of(value)));
    conditions.push_back(left + (" IN (" + joined(names, ", ") + ")"));
}

std::string Conditions::bind(Cell cell) {
    parameters.push_back(std::move(cell));
    return parameter(parameters.size() - 1);
}

std::string Conditions::sql() const {
    return conditions.empty() ? "" : "WHERE " + joined(conditions, " AND ") + " ";
}

Conditions conditions_of(const PlateTextQuery& query) {
    Conditions where;
    add_query(where, query);
    return where;
}

Statement any_of(const std::vector<PlateTextQuery>& any, const std::string& columns) {
    Statement all;
    for (const PlateTextQuery& query : any) {
        Conditions where;
        where.parameters = std::move(all.parameters);
        add_query(where, query);
        if (!all.sql.empty()) all.sql += "UNION ALL SELECT " + columns + " ";
        all.sql += from_texts(query.vehicle) + where.sql();
        all.parameters = std::move(where.parameters);
    }
    return all;
}

Conditions conditions_by_index(const PlateTextQuery& query) {
    Conditions inner;
    add_probability(inner, query);
    VehicleFilter rest = query.vehicle;
    const VehicleFilter indexed = indexed_part(query.vehicle);
    add_filter(inner, indexed, FilterIndex::kMayBeUsed);
    rest.tier.reset();
    rest.vehicle_class.reset();
    rest.region.reset();
    add_test_of_ends(inner, query.like);
    inner.add(test_sql(inner, query.like, 0));
    std::string found = "SELECT p.video, p.track, p.text FROM plate_texts p " + inner.sql();
    VehicleFilter nothing;
    nothing.view = rest.view;
    if (rest == nothing) found += most_probable_sql(query.limit);
    Conditions where;
    where.parameters = std::move(inner.parameters);
    where.add("(p.video, p.track, p.text) IN (" + found + ")");
    add_filter(where, rest, FilterIndex::kNotUsed);
    return where;
}

Conditions conditions_by_index(const std::vector<PlateTextQuery>& any) {
    Conditions where;
    std::string texts;
    for (const PlateTextQuery& query : any) {
        Conditions inner;
        inner.parameters = std::move(where.parameters);
        add_part(inner, query.part);
        add_length(inner, query.length);
        if (!texts.empty()) texts += "UNION ALL ";
        texts += "SELECT p.text FROM plate_texts p " + inner.sql();
        where.parameters = std::move(inner.parameters);
    }
    // OFFSET: the test is made once, behind all queries; planned for each of them, it takes longer
    // than to find the rows. ARRAY: of IN, PostgreSQL expects so many texts that it would read the
    // whole table. What is in it twice is looked up once.
    where.add("p.text = ANY(ARRAY(SELECT p.text FROM (" + texts + "OFFSET 0) p WHERE " +
              test_sql(where, any.front().like, 0) + "))");
    add_probability(where, any.front());
    add_filter(where, any.front().vehicle, FilterIndex::kNotUsed);
    return where;
}

std::string most_probable_sql(std::size_t limit) {
    return "ORDER BY p.probability DESC, p.text, p.video, p.track LIMIT " + std::to_string(limit);
}

Conditions conditions_of(const PlateCountQuery& query) {
    Conditions where;
    where.add("p.whole = 1");
    add_filter(where, query.vehicle, FilterIndex::kNotUsed);
    return where;
}

std::string from_texts(const VehicleFilter& filter) {
    // CROSS JOIN: SQLite keeps the order of the tables.
    return filter.min_confidence ? "FROM plate_texts p CROSS JOIN vehicles t "
                                 : "FROM plate_texts p ";
}

}  // namespace dashcam
