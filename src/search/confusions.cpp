#include "search/confusions.h"

#include <string_view>

namespace dashcam {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

}  // namespace

double confusion(char truth, char read) {
    const std::size_t t = kAlphabet.find(truth);
    const std::size_t r = kAlphabet.find(read);
    if (t == kAlphabet.npos || r == kAlphabet.npos) return 0;
    return t == r ? 1
                  : static_cast<double>(kConfusions[t][r]) / static_cast<double>(kConfusions[r][r]);
}

double doubt(char read) {
    double sum = 0;
    for (const char truth : kAlphabet) {
        if (truth != read) sum += confusion(truth, read);
    }
    return sum;
}

// Texts of each length count as equally probable, so one of the longer ones has a 36th of the
// weight of one of the shorter.
double lost_weight() { return kLostCharacter / static_cast<double>(kAlphabet.size()); }
double added_weight() { return kAddedCharacter; }

}  // namespace dashcam
