#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stores/rows.h"

namespace dashcam {

// How values that are no numbers stand in the database's text columns; the same in every kind of
// store.

// Any bytes as valid UTF-8 without NUL, which is all that PostgreSQL takes: a backslash becomes
// "\\", a NUL and every byte that is not part of valid UTF-8 becomes "\xHH" (two upper-case hex
// digits). All else stays.
std::string escaped(std::string_view bytes);
// The inverse. A text that escaped() cannot have made (a lone backslash) is taken as it is.
std::string unescaped(std::string_view text);

// [{"confidence":0.98,"symbols":{"8":0.0125,"B":0.98}}, ...]
Result<std::string> to_json(const std::vector<CharacterPosterior>& characters);
// [{"probability":0.01,"text":"AB123CD"}, ...]
Result<std::string> to_json(const std::vector<Alternative>& alternatives);
// One object for each slot: {"8":535,"B":65000}: units of 1/65535, zeros left out, "_" is blank.
Result<std::string> to_json(const std::vector<SlotPosterior>& slots);
// [[25,128], ...]: x and y of each slot, 0 to 255.
Result<std::string> to_json(const std::vector<SlotPlace>& places);

Result<std::vector<CharacterPosterior>> characters_from_json(const std::string& text);
Result<std::vector<Alternative>> alternatives_from_json(const std::string& text);
Result<std::vector<SlotPosterior>> slots_from_json(const std::string& text);
Result<std::vector<SlotPlace>> places_from_json(const std::string& text);

}  // namespace dashcam
