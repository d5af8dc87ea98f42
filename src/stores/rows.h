#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/geometry.h"
#include "reading/plate_reading.h"

namespace dashcam {

// The rows of the results database, as plain values. A row that was written comes back equal, from
// every kind of store, with two exceptions that keep all kinds the same: -0.0 comes back as 0.0,
// and a number that is not finite is refused. Strings may hold any bytes (see text_columns.h).

enum class VideoStatus : std::uint8_t {
    kUnfinished,  // work has begun, and may have been interrupted: to be redone
    kFinished,    // decoded to its end
    kFailed,      // nothing, or not enough, could be decoded: `reason` says why
    kTruncated,   // decoded up to a damaged or missing end: `reason` says where
};

// "unfinished", "finished", "failed" or "truncated".
constexpr std::string_view to_string(VideoStatus status) {
    switch (status) {
        case VideoStatus::kUnfinished:
            return "unfinished";
        case VideoStatus::kFinished:
            return "finished";
        case VideoStatus::kFailed:
            return "failed";
        case VideoStatus::kTruncated:
            return "truncated";
    }
    return "?";
}

// Key: id. Copies of a file are one video; the last one seen gives path and modification time.
struct VideoRow {
    std::string id;  // hash of the content, 32 hex digits
    std::string path;
    std::int64_t bytes = 0;
    std::int64_t modified_us = 0;  // of the file, since 1970
    std::int64_t duration_us = 0;
    std::uint32_t frames = 0;
    int width = 0;  // pixels, upright
    int height = 0;
    std::string codec;
    double frame_rate = 0;    // frames per second
    std::string recorded_at;  // ISO 8601, or empty if the file does not say
    VideoStatus status = VideoStatus::kUnfinished;
    std::string reason;
    std::string settings;  // hash of the models and settings that made the rows
    bool operator==(const VideoRow&) const = default;
};

// Symbols less probable than this are left out of CharacterPosterior by those who fill it in.
constexpr double kMinSymbolProbability = 0.001;

// What is known of one character of a plate's text.
struct CharacterPosterior {
    double confidence = 0;           // of the character in VehicleRow::plate, 0 to 1
    std::map<char, double> symbols;  // probability of each symbol that is probable enough
    bool operator==(const CharacterPosterior&) const = default;
};

// Another text that the plate might have.
struct Alternative {
    std::string text;
    double probability = 0;
    bool operator==(const Alternative&) const = default;
};

// Key: (video, track).
struct VehicleRow {
    std::string video;  // VideoRow::id
    std::uint32_t track = 0;
    std::string vehicle_class;  // see VehicleClass
    double class_confidence = 0;
    std::int64_t first_us = 0;  // media time
    std::int64_t last_us = 0;
    Box first_box;
    Box last_box;
    Box largest_box;
    std::uint32_t hits = 0;     // frames in which it was detected
    std::string plate;          // '?' for a character that is not known; empty: none
    std::string tier;           // see PlateTier
    std::string unread_reason;  // see UnreadReason
    std::string region;
    double confidence = 0;  // that the whole text is right
    double region_confidence = 0;
    std::vector<CharacterPosterior> characters;  // one for each character of `plate`
    std::vector<Alternative> alternatives;       // most probable first
    std::uint32_t looks = 0;
    std::uint32_t readings = 0;    // looks that found a plate
    std::int64_t best_frame = -1;  // frame index of the reading to show, or -1
    std::string best_shot;         // path relative to the output folder, or empty
    std::string plate_shot;
    std::string settings;  // as in VideoRow
    bool operator==(const VehicleRow&) const = default;
};

// Key: (video, track, frame). One plate as it was read in one frame.
struct ReadingRow {
    std::string video;
    std::uint32_t track = 0;
    std::uint32_t frame = 0;
    std::int64_t time_us = 0;  // media time
    Quad corners;              // pixels of the full-resolution frame
    double plate_score = 0;
    double width_px = 0;
    double height_px = 0;
    double sharpness = 0;
    double contrast = 0;
    std::string text;  // most probable symbols of this reading alone
    double confidence = 0;
    std::vector<SlotPosterior> slots;  // in units of 1/65535; none loses a bit
    bool cut = false;                  // an edge of the frame cuts the plate
    std::vector<SlotPlace> places;     // of each slot; empty in rows of schema 1 and 2
    std::int64_t piece = -1;  // track before pieces were joined; -1 in rows of schema 1 to 4
    bool operator==(const ReadingRow&) const = default;
};

// A vehicle with all its readings.
struct VehicleWithReadings {
    VehicleRow row;
    std::vector<ReadingRow> readings;
    bool operator==(const VehicleWithReadings&) const = default;
};

// A person's word on the plate of one vehicle. Key: (video, number). The rows of vehicle and
// readings stay as they are; see apply() for what is shown instead.
struct CorrectionRow {
    std::string video;
    std::uint32_t number = 0;  // 1, 2, ... in each video, in the order of entry
    std::string corrected_at;  // ISO 8601
    std::string plate;         // empty: this vehicle has no plate
    std::string reason;
    // The vehicle as it was then, to find it again after its video was processed anew.
    std::uint32_t track = 0;
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
    Box largest_box;
    std::string plate_before;
    std::int64_t vehicle = -1;   // track of the vehicle it belongs to now, or -1: none is it
    std::uint32_t in_force = 0;  // 1: the last one of its vehicle; 0: a later one replaced it, or
                                 // there is no such vehicle
    bool operator==(const CorrectionRow&) const = default;
};

enum class PlateTextKind : std::uint8_t {
    kRead,         // VehicleRow::plate
    kAlternative,  // one of VehicleRow::alternatives
    kCorrected,    // CorrectionRow::plate, instead of the others
};

// "read", "alternative" or "corrected".
constexpr std::string_view to_string(PlateTextKind kind) {
    switch (kind) {
        case PlateTextKind::kRead:
            return "read";
        case PlateTextKind::kAlternative:
            return "alternative";
        case PlateTextKind::kCorrected:
            return "corrected";
    }
    return "?";
}

// What a vehicle's plate may say, to search by. Key: (video, track, text). Derived from the other
// rows by the store itself.
struct PlateTextRow {
    std::string video;
    std::uint32_t track = 0;
    std::string text;  // '?' for a character that is not known
    PlateTextKind kind = PlateTextKind::kRead;
    double probability = 0;                   // that this is the text, '?' aside
    std::vector<CharacterPosterior> unknown;  // one for each '?', if the vehicle's row has them
    bool whole = false;                       // read or corrected, without '?': encounters count it
    std::string vehicle_class;                // this and the following: the vehicle's, as corrected
    std::string tier;
    std::string region;
    std::int64_t first_us = 0;
    std::int64_t last_us = 0;
    bool operator==(const PlateTextRow&) const = default;
};

// Key: settings. What the hash in the other rows stands for, and when it was last used.
struct RunRow {
    std::string settings;
    std::string version;  // of the program
    std::string settings_text;
    std::string started_at;  // ISO 8601
    std::string ended_at;    // empty: running, or killed
    bool operator==(const RunRow&) const = default;
};

}  // namespace dashcam
