#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "base/bounded_vector.h"
#include "reading/plate_reading.h"

namespace dashcam {

// How much a plate's text can be relied on.
enum class PlateTier : std::uint8_t {
    kNone,       // no plate, or nothing of it could be read
    kPartial,    // some characters are known, some are not ('?')
    kProbable,   // every character has a clear favourite, O and 0, I and 1 taken as one
    kConfirmed,  // right in at least 98 of 100 such rows
};

// Why a vehicle has no plate text.
enum class UnreadReason : std::uint8_t {
    kNotUnread,     // there is a text
    kNeverLooked,   // too small, too far, or cut by the frame's edge all the time
    kNoPlateFound,  // looks were made, no plate was found
    kTooSmall,      // plates were found, all too small to read
    kTooBlurred,    // plates were found, all too blurred or too dark
    kInconsistent,  // readings contradict each other
};

constexpr std::string_view to_string(PlateTier tier) {
    switch (tier) {
        case PlateTier::kNone:
            return "none";
        case PlateTier::kPartial:
            return "partial";
        case PlateTier::kProbable:
            return "probable";
        case PlateTier::kConfirmed:
            return "confirmed";
    }
    return "?";
}

constexpr std::string_view to_string(UnreadReason reason) {
    switch (reason) {
        case UnreadReason::kNotUnread:
            return "";
        case UnreadReason::kNeverLooked:
            return "never large enough for a look";
        case UnreadReason::kNoPlateFound:
            return "no plate found";
        case UnreadReason::kTooSmall:
            return "plate too small";
        case UnreadReason::kTooBlurred:
            return "plate too blurred or dark";
        case UnreadReason::kInconsistent:
            return "readings contradict each other";
    }
    return "?";
}

// Text of at most kPlateSlots characters, ended by zeros.
using PlateText = std::array<char, kPlateSlots + 2>;

struct PlateAlternative {
    PlateText text{};
    float probability = 0;
    bool operator==(const PlateAlternative&) const = default;
};

constexpr std::size_t kMaxAlternatives = 5;

// What a track's readings say together.
struct PlateSummary {
    PlateText text{};  // '?' where a character is not known; empty: none
    PlateTier tier = PlateTier::kNone;
    UnreadReason unread = UnreadReason::kNeverLooked;
    std::uint8_t characters = 0;  // length of `text`
    std::uint8_t padding = 0;
    float confidence = 0;          // that the whole text is right, 0 to 1
    std::uint32_t looks = 0;       // looks made
    std::uint32_t readings = 0;    // looks that found a plate
    std::uint32_t best_frame = 0;  // frame index of the reading to show
    PlateText region{};            // country or region guessed from the format, or empty
    float region_confidence = 0;
    // Fused posterior of each character of `text`, in units of 1/65535.
    std::array<SlotPosterior, kPlateSlots> posterior{};
    std::array<float, kPlateSlots> character_confidence{};
    BoundedVector<PlateAlternative, kMaxAlternatives>
        alternatives;  // without `text`, most probable first
};

static_assert(std::is_trivially_copyable_v<PlateSummary>);

}  // namespace dashcam
