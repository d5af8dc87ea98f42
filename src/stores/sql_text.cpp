#include "stores/sql_text.h"

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

// From level `level` on; its texts have that many '?' at least.
std::string test_sql(Conditions& where, const TextTest& test, std::size_t level) {
    std::string unknown = "%";
    for (std::size_t i = 0; i <= level; ++i) unknown += "?%";
    std::vector<std::string> any;
    for (const std::string& like : test[level]) {
        any.push_back("p.text LIKE " + where.bind(Cell::of(like)));
    }
    std::string more = "p.text LIKE '" + unknown + "'";
    if (level + 1 < test.size()) more += " AND " + test_sql(where, test, level + 1);
    any.push_back("(" + more + ")");
    return "(" + joined(any, " OR ") + ")";
}

// Of tier, class and region, each of which an index begins with: whether one may be chosen. Without
// statistics, SQLite would prefer it to one that finds a hundred times fewer rows.
enum class FilterIndex : std::uint8_t { kMayBeUsed, kNotUsed };

void add_filter(Conditions& where, const VehicleFilter& vehicle, FilterIndex index) {
    const auto equal = [&](const char* column, const std::optional<std::string>& value) {
        const bool used = value && index == FilterIndex::kMayBeUsed;
        where.add((column + std::string(used ? " = " : " || '' = ")).c_str(), value);
        // The first one only, so that a search knows which: see indexed_part().
        if (used) index = FilterIndex::kNotUsed;
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
    where.add_any("p.text", query.whole);
    add_part(where, query.part);
    where.add_any("p.video", query.videos);
    where.add("p.probability >= ", query.min_probability);
    const bool by_text = !query.whole.empty() || query.part || !query.videos.empty();
    add_filter(where, query.vehicle, by_text ? FilterIndex::kNotUsed : FilterIndex::kMayBeUsed);
    if (!query.like.empty()) where.add(test_sql(where, query.like, 0));
    return where;
}

Conditions conditions_by_index(const PlateTextQuery& query) {
    Conditions inner;
    add_part(inner, query.part);
    VehicleFilter rest = query.vehicle;
    if (!query.part) {
        inner.add("p.probability >= ", query.min_probability);
        const VehicleFilter indexed = indexed_part(query.vehicle);
        add_filter(inner, indexed, FilterIndex::kMayBeUsed);
        if (indexed.tier) rest.tier.reset();
        if (indexed.vehicle_class) rest.vehicle_class.reset();
        if (indexed.region) rest.region.reset();
    }
    inner.add(test_sql(inner, query.like, 0));
    Conditions where;
    where.parameters = std::move(inner.parameters);
    if (query.part) {
        where.add("p.text IN (SELECT DISTINCT p.text FROM plate_texts p " + inner.sql() + ")");
        where.add("p.probability >= ", query.min_probability);
    } else {
        std::string found = "SELECT p.video, p.track, p.text FROM plate_texts p " + inner.sql();
        VehicleFilter nothing;
        nothing.view = rest.view;
        if (rest == nothing) found += most_probable_sql(query.limit);
        where.add("(p.video, p.track, p.text) IN (" + found + ")");
    }
    add_filter(where, rest, FilterIndex::kNotUsed);
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
