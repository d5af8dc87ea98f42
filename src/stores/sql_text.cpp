#include "stores/sql_text.h"

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
    if (part->place > 1) {
        // Written as the index has it: see schema/0002_search.sql.
        const std::string place = std::to_string(part->place);
        where.add("length(p.text) > " + place);
        where.add_any(("substr(p.text, " + place + ", 3)").c_str(), part->parts);
        return;
    }
    std::vector<std::string> ranges;
    for (const std::string& begin : part->parts) {
        const std::string from = where.bind(Cell::of(begin));
        ranges.push_back("(p.text >= " + from + " AND p.text < " +
                         where.bind(Cell::of(after_all(begin))) + ")");
    }
    where.add("(" + joined(ranges, " OR ") + ")");
}

void add_texts(Conditions& where, const std::vector<std::string>& videos, const std::string& like,
               const VehicleFilter& vehicle) {
    where.add_any("p.video", videos);
    if (vehicle.video) where.add("p.video = ", vehicle.video);
    if (vehicle.track) where.add("p.track = ", std::optional(std::int64_t{*vehicle.track}));
    if (!like.empty()) {
        where.add("(p.text LIKE " + where.bind(Cell::of(like)) + " OR p.text LIKE '%?%')");
    }
    where.add("t.vehicle_class = ", vehicle.vehicle_class);
    where.add("t.last_us >= ", vehicle.from_us);
    where.add("t.first_us <= ", vehicle.until_us);
    // A correction takes the place of what was read: its tier, its confidence of 1, and no region
    // unless the text is the same.
    if (vehicle.tier == kCorrectedTier) {
        where.add("p.kind = 'corrected'");
    } else if (vehicle.tier) {
        where.add("p.kind <> 'corrected'");
        where.add("t.tier = ", vehicle.tier);
    }
    if (vehicle.region) {
        where.add("(p.kind <> 'corrected' OR p.text = t.plate)");
        where.add("t.region = ", vehicle.region);
    }
    if (vehicle.min_confidence) {
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

bool has_vehicle(const VehicleFilter& filter) {
    return filter.tier || filter.vehicle_class || filter.region || filter.from_us ||
           filter.until_us || filter.min_confidence;
}

Conditions conditions_of(const PlateTextQuery& query) {
    Conditions where;
    where.add_any("p.text", query.whole);
    add_part(where, query.part);
    add_texts(where, query.videos, query.like, query.vehicle);
    return where;
}

Conditions conditions_of(const PlateCountQuery& query) {
    Conditions where;
    where.add("p.kind <> 'alternative'");
    where.add("p.text NOT LIKE '%?%'");
    add_texts(where, query.videos, query.like, query.vehicle);
    return where;
}

}  // namespace dashcam
