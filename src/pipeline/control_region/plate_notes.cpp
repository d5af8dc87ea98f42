#include "pipeline/control_region/plate_notes.h"

#include <algorithm>
#include <cstring>

namespace dashcam {
namespace {
constexpr auto kRelaxed = std::memory_order_relaxed;
}

void note_plate(const ControlRegion& control, std::string_view text, bool is_confirmed) {
    ControlHeader& header = control.header();
    std::array<std::uint64_t, 2> words{};
    std::memcpy(words.data(), text.data(), std::min(text.size(), sizeof words - 1));
    const std::uint64_t number = header.plates_noted.fetch_add(1) + 1;
    PlateNote& note = header.newest_plates[number % kPlateNotes];
    // Sequentially consistent: whoever sees one of the new words sees the zero, too.
    note.number.store(0);
    for (std::size_t i = 0; i < words.size(); ++i) note.text[i].store(words[i]);
    note.is_confirmed.store(is_confirmed ? 1 : 0);
    note.number.store(number);
}

std::vector<PlateGlimpse> newest_plates(const ControlRegion& control) {
    struct Numbered {
        std::uint64_t number;
        PlateGlimpse glimpse;
    };
    std::vector<Numbered> found;
    for (const PlateNote& note : control.header().newest_plates) {
        const std::uint64_t number = note.number.load();
        if (number == 0) continue;
        std::array<std::uint64_t, 2> words{note.text[0].load(), note.text[1].load()};
        const bool is_confirmed = note.is_confirmed.load(kRelaxed) != 0;
        if (note.number.load() != number) continue;
        std::array<char, sizeof words + 1> text{};
        std::memcpy(text.data(), words.data(), sizeof words);
        found.push_back({number, {text.data(), is_confirmed}});
    }
    std::sort(found.begin(), found.end(),
              [](const Numbered& a, const Numbered& b) { return a.number > b.number; });
    std::vector<PlateGlimpse> result;
    for (Numbered& one : found) {
        // A vehicle in pieces says its plate several times.
        const bool is_known =
            std::any_of(result.begin(), result.end(),
                        [&](const PlateGlimpse& other) { return other.text == one.glimpse.text; });
        if (!is_known) result.push_back(std::move(one.glimpse));
    }
    return result;
}

}  // namespace dashcam
