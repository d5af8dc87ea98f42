#pragma once

#include <array>
#include <cstdint>

namespace dashcam {

// How the text network takes one character for another: for each true character the mean posterior
// of each character, in units of 1/100000; 0-9, A-Z. Measured by training/read/confusions.py on
// rendered plates, single pictures.
using ConfusionTable = std::array<std::array<std::int32_t, 36>, 36>;
extern const ConfusionTable kConfusions;
// Per character: that it is missing in the reading; that one is read where none is.
extern const double kLostCharacter;
extern const double kAddedCharacter;

// How much more or less probable it is that a character that was read as `read` is in truth
// `truth`, than that it was read right: 1 for equal ones, 0 for what is no character of plates.
// Before reading, all characters count as equally probable.
double confusion(char truth, char read);

// The sum of confusion() over all other truths of `read`.
double doubt(char read);

// The weights of a truth with one character more than was read, at one place, and of one with one
// less.
double lost_weight();
double added_weight();

}  // namespace dashcam
