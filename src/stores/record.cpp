#include "stores/record.h"

#include <cmath>
#include <limits>
#include <optional>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "stores/text_columns.h"

namespace dashcam {
namespace {

constexpr VideoStatus kStatuses[] = {VideoStatus::kUnfinished, VideoStatus::kFinished,
                                     VideoStatus::kFailed, VideoStatus::kTruncated};
constexpr PlateTextKind kTextKinds[] = {PlateTextKind::kRead, PlateTextKind::kAlternative,
                                        PlateTextKind::kCorrected};

// Calls visitor(name, use, field) for every field. `Row` is const to encode, mutable to decode.
template <typename Visitor, typename Row>
void visit(Row& row, Visitor& v) requires std::is_same_v<std::remove_const_t<Row>, VideoRow> {
    v("id", ColumnUse::kKey, row.id);
    v("path", ColumnUse::kPath, row.path);
    v("bytes", ColumnUse::kResult, row.bytes);
    v("modified_us", ColumnUse::kRunDependent, row.modified_us);
    v("duration_us", ColumnUse::kResult, row.duration_us);
    v("frames", ColumnUse::kResult, row.frames);
    v("width", ColumnUse::kResult, row.width);
    v("height", ColumnUse::kResult, row.height);
    v("codec", ColumnUse::kResult, row.codec);
    v("frame_rate", ColumnUse::kResult, row.frame_rate);
    v("recorded_at", ColumnUse::kResult, row.recorded_at);
    v("status", ColumnUse::kResult, row.status);
    v("reason", ColumnUse::kResult, row.reason);
    v("settings", ColumnUse::kResult, row.settings);
}

template <typename Visitor, typename Row>
void visit(Row& row, Visitor& v) requires std::is_same_v<std::remove_const_t<Row>, VehicleRow> {
    v("video", ColumnUse::kKey, row.video);
    v("track", ColumnUse::kKey, row.track);
    v("vehicle_class", ColumnUse::kResult, row.vehicle_class);
    v("class_confidence", ColumnUse::kResult, row.class_confidence);
    v("first_us", ColumnUse::kResult, row.first_us);
    v("last_us", ColumnUse::kResult, row.last_us);
    v("first", ColumnUse::kResult, row.first_box);
    v("last", ColumnUse::kResult, row.last_box);
    v("largest", ColumnUse::kResult, row.largest_box);
    v("hits", ColumnUse::kResult, row.hits);
    v("plate", ColumnUse::kResult, row.plate);
    v("tier", ColumnUse::kResult, row.tier);
    v("unread_reason", ColumnUse::kResult, row.unread_reason);
    v("region", ColumnUse::kResult, row.region);
    v("confidence", ColumnUse::kResult, row.confidence);
    v("region_confidence", ColumnUse::kResult, row.region_confidence);
    v("characters", ColumnUse::kResult, row.characters);
    v("alternatives", ColumnUse::kResult, row.alternatives);
    v("looks", ColumnUse::kResult, row.looks);
    v("readings", ColumnUse::kResult, row.readings);
    v("best_frame", ColumnUse::kResult, row.best_frame);
    v("best_shot", ColumnUse::kResult, row.best_shot);
    v("plate_shot", ColumnUse::kResult, row.plate_shot);
    v("settings", ColumnUse::kResult, row.settings);
}

template <typename Visitor, typename Row>
void visit(Row& row, Visitor& v) requires std::is_same_v<std::remove_const_t<Row>, ReadingRow> {
    v("video", ColumnUse::kKey, row.video);
    v("track", ColumnUse::kKey, row.track);
    v("frame", ColumnUse::kKey, row.frame);
    v("time_us", ColumnUse::kResult, row.time_us);
    v("corner", ColumnUse::kResult, row.corners);
    v("plate_score", ColumnUse::kResult, row.plate_score);
    v("width_px", ColumnUse::kResult, row.width_px);
    v("height_px", ColumnUse::kResult, row.height_px);
    v("sharpness", ColumnUse::kResult, row.sharpness);
    v("contrast", ColumnUse::kResult, row.contrast);
    v("text", ColumnUse::kResult, row.text);
    v("confidence", ColumnUse::kResult, row.confidence);
    v("slots", ColumnUse::kResult, row.slots);
    v("cut", ColumnUse::kResult, row.cut);
    v("places", ColumnUse::kResult, row.places);
    v("piece", ColumnUse::kResult, row.piece);
}

template <typename Visitor, typename Row>
void visit(Row& row, Visitor& v) requires std::is_same_v<std::remove_const_t<Row>, RunRow> {
    v("settings", ColumnUse::kKey, row.settings);
    v("version", ColumnUse::kRunDependent, row.version);
    v("settings_text", ColumnUse::kRunDependent, row.settings_text);
    v("started_at", ColumnUse::kRunDependent, row.started_at);
    v("ended_at", ColumnUse::kRunDependent, row.ended_at);
}

template <typename Visitor, typename Row>
void visit(Row& row, Visitor& v) requires std::is_same_v<std::remove_const_t<Row>, CorrectionRow> {
    v("video", ColumnUse::kKey, row.video);
    v("number", ColumnUse::kKey, row.number);
    v("corrected_at", ColumnUse::kRunDependent, row.corrected_at);
    v("plate", ColumnUse::kRunDependent, row.plate);
    v("reason", ColumnUse::kRunDependent, row.reason);
    v("track", ColumnUse::kRunDependent, row.track);
    v("first_us", ColumnUse::kRunDependent, row.first_us);
    v("last_us", ColumnUse::kRunDependent, row.last_us);
    v("largest", ColumnUse::kRunDependent, row.largest_box);
    v("plate_before", ColumnUse::kRunDependent, row.plate_before);
    v("vehicle", ColumnUse::kRunDependent, row.vehicle);
    v("in_force", ColumnUse::kRunDependent, row.in_force);
}

template <typename Visitor, typename Row>
void visit(Row& row, Visitor& v) requires std::is_same_v<std::remove_const_t<Row>, PlateTextRow> {
    v("video", ColumnUse::kKey, row.video);
    v("track", ColumnUse::kKey, row.track);
    v("text", ColumnUse::kKey, row.text);
    v("kind", ColumnUse::kRunDependent, row.kind);
    v("probability", ColumnUse::kRunDependent, row.probability);
    v("unknown", ColumnUse::kRunDependent, row.unknown);
    v("whole", ColumnUse::kRunDependent, row.whole);
    v("vehicle_class", ColumnUse::kRunDependent, row.vehicle_class);
    v("tier", ColumnUse::kRunDependent, row.tier);
    v("region", ColumnUse::kRunDependent, row.region);
    v("first_us", ColumnUse::kRunDependent, row.first_us);
    v("last_us", ColumnUse::kRunDependent, row.last_us);
}

constexpr std::string_view table_name(const VideoRow&) { return "videos"; }
constexpr std::string_view table_name(const VehicleRow&) { return "vehicles"; }
constexpr std::string_view table_name(const ReadingRow&) { return "readings"; }
constexpr std::string_view table_name(const RunRow&) { return "runs"; }
constexpr std::string_view table_name(const CorrectionRow&) { return "corrections"; }
constexpr std::string_view table_name(const PlateTextRow&) { return "plate_texts"; }

struct Encoder {
    Record record;
    std::vector<Column> columns;
    std::optional<Error> error;

    void add(std::string name, ColumnUse use, Cell cell) {
        columns.push_back({std::move(name), cell.kind, use});
        record.push_back(std::move(cell));
    }
    template <typename T>
    requires std::is_integral_v<T>
    void operator()(std::string_view name, ColumnUse use, T value) {
        add(std::string(name), use, Cell::of(static_cast<std::int64_t>(value)));
    }
    void operator()(std::string_view name, ColumnUse use, double value) {
        if (!std::isfinite(value)) error = Error{std::string(name) + " is not a finite number"};
        add(std::string(name), use, Cell::of(value));
    }
    void operator()(std::string_view name, ColumnUse use, const std::string& value) {
        add(std::string(name), use, Cell::of(value));
    }
    template <typename T>
    requires std::is_enum_v<T>
    void operator()(std::string_view name, ColumnUse use, T value) {
        add(std::string(name), use, Cell::of(std::string(to_string(value))));
    }
    void operator()(std::string_view name, ColumnUse use, const Box& box) {
        const std::string prefix(name);
        (*this)(prefix + "_x0", use, static_cast<double>(box.x0));
        (*this)(prefix + "_y0", use, static_cast<double>(box.y0));
        (*this)(prefix + "_x1", use, static_cast<double>(box.x1));
        (*this)(prefix + "_y1", use, static_cast<double>(box.y1));
    }
    void operator()(std::string_view name, ColumnUse use, const Quad& quad) {
        for (std::size_t i = 0; i < quad.corners.size(); ++i) {
            const std::string prefix = std::string(name) + std::to_string(i);
            (*this)(prefix + "_x", use, static_cast<double>(quad.corners[i].x));
            (*this)(prefix + "_y", use, static_cast<double>(quad.corners[i].y));
        }
    }
    template <typename T>
    void operator()(std::string_view name, ColumnUse use, const std::vector<T>& value) {
        Result<std::string> text = to_json(value);
        Cell cell = Cell::of(std::string());
        if (text) {
            cell.text = std::move(text).value();  // valid UTF-8 already
        } else {
            error = Error{std::string(name) + ": " + text.error().message};
        }
        add(std::string(name), use, std::move(cell));
    }
};

struct Decoder {
    const Record& record;
    std::size_t next = 0;
    std::optional<Error> error;

    const Cell& cell() { return record.at(next++); }
    void fail(std::string_view name, const std::string& why) {
        if (!error) error = Error{"column " + std::string(name) + ": " + why};
    }
    template <typename T>
    static bool fits(long long stored) {
        if constexpr (std::is_same_v<T, bool>)
            return stored == 0 || stored == 1;
        else
            return std::in_range<T>(stored);
    }
    template <typename T>
    requires std::is_integral_v<T>
    void operator()(std::string_view name, ColumnUse, T& value) {
        const long long stored = cell().integer;
        if (!fits<T>(stored)) fail(name, std::to_string(stored) + " is out of range");
        value = static_cast<T>(stored);
    }
    void operator()(std::string_view, ColumnUse, double& value) { value = cell().real; }
    void operator()(std::string_view, ColumnUse, std::string& value) {
        value = unescaped(cell().text);
    }
    template <typename T>
    void choose(std::string_view name, std::span<const T> all, T& value) {
        const std::string& text = cell().text;
        for (const T one : all) {
            if (text == to_string(one)) {
                value = one;
                return;
            }
        }
        fail(name, "\"" + text + "\" is none of the values it can have");
    }
    void operator()(std::string_view name, ColumnUse, VideoStatus& value) {
        choose<VideoStatus>(name, kStatuses, value);
    }
    void operator()(std::string_view name, ColumnUse, PlateTextKind& value) {
        choose<PlateTextKind>(name, kTextKinds, value);
    }
    void operator()(std::string_view, ColumnUse, Box& box) {
        for (float* side : {&box.x0, &box.y0, &box.x1, &box.y1}) {
            *side = static_cast<float>(cell().real);
        }
    }
    void operator()(std::string_view, ColumnUse, Quad& quad) {
        for (Point& corner : quad.corners) {
            corner.x = static_cast<float>(cell().real);
            corner.y = static_cast<float>(cell().real);
        }
    }
    template <typename T, typename Read>
    void list(std::string_view name, std::vector<T>& value, Read read) {
        Result<std::vector<T>> result = read(cell().text);
        if (result) {
            value = std::move(result).value();
        } else {
            fail(name, result.error().message);
        }
    }
    void operator()(std::string_view name, ColumnUse, std::vector<CharacterPosterior>& value) {
        list(name, value, characters_from_json);
    }
    void operator()(std::string_view name, ColumnUse, std::vector<Alternative>& value) {
        list(name, value, alternatives_from_json);
    }
    void operator()(std::string_view name, ColumnUse, std::vector<SlotPosterior>& value) {
        list(name, value, slots_from_json);
    }
    void operator()(std::string_view name, ColumnUse, std::vector<SlotPlace>& value) {
        list(name, value, places_from_json);
    }
};

}  // namespace

Cell Cell::of(std::int64_t value) {
    Cell cell;
    cell.kind = Kind::kInteger;
    cell.integer = value;
    return cell;
}

Cell Cell::of(double value) {
    Cell cell;
    cell.kind = Kind::kReal;
    cell.real = value + 0.0;  // SQLite does not keep the sign of -0.0
    return cell;
}

Cell Cell::of(const std::string& bytes) {
    Cell cell;
    cell.kind = Kind::kText;
    cell.text = escaped(bytes);
    return cell;
}

template <typename Row>
const TableLayout& layout() {
    static const TableLayout table = [] {
        const Row row;
        Encoder encoder;
        visit(row, encoder);
        return TableLayout{std::string(table_name(row)), std::move(encoder.columns)};
    }();
    return table;
}

template <typename Row>
Result<Record> encode(const Row& row) {
    Encoder encoder;
    visit(row, encoder);
    if (encoder.error) return *encoder.error;
    return std::move(encoder.record);
}

template <typename Row>
Result<Row> decode(const Record& record) {
    Row row;
    Decoder decoder{record, 0, std::nullopt};
    visit(row, decoder);
    if (decoder.error) return *decoder.error;
    return row;
}

#define DASHCAM_INSTANTIATE(Row)                     \
    template const TableLayout& layout<Row>();       \
    template Result<Record> encode<Row>(const Row&); \
    template Result<Row> decode<Row>(const Record&)
DASHCAM_INSTANTIATE(VideoRow);
DASHCAM_INSTANTIATE(VehicleRow);
DASHCAM_INSTANTIATE(ReadingRow);
DASHCAM_INSTANTIATE(RunRow);
DASHCAM_INSTANTIATE(CorrectionRow);
DASHCAM_INSTANTIATE(PlateTextRow);
#undef DASHCAM_INSTANTIATE

}  // namespace dashcam
