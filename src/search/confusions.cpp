#include "search/confusions.h"

#include <string_view>

namespace dashcam {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

// What is asked of the table for each character of thousands of texts.
struct Weights {
    // By character; the alphabet's size for those that are none of plates'.
    std::array<std::size_t, 256> place{};
    std::array<std::array<double, kAlphabet.size() + 1>, kAlphabet.size() + 1> confusion{};
    std::array<double, kAlphabet.size() + 1> doubt{};  // by what was read

    Weights() {
        place.fill(kAlphabet.size());
        for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
            place[static_cast<unsigned char>(kAlphabet[i])] = i;
        }
        for (std::size_t read = 0; read < kAlphabet.size(); ++read) {
            for (std::size_t truth = 0; truth < kAlphabet.size(); ++truth) {
                confusion[truth][read] = truth == read
                                             ? 1
                                             : static_cast<double>(kConfusions[truth][read]) /
                                                   static_cast<double>(kConfusions[read][read]);
                if (truth != read) doubt[read] += confusion[truth][read];
            }
        }
    }
    std::size_t at(char c) const { return place[static_cast<unsigned char>(c)]; }
};

const Weights& weights() {
    static const Weights all;
    return all;
}

}  // namespace

double confusion(char truth, char read) {
    const Weights& all = weights();
    return all.confusion[all.at(truth)][all.at(read)];
}

double doubt(char read) {
    const Weights& all = weights();
    return all.doubt[all.at(read)];
}

// Texts of each length count as equally probable, so one of the longer ones has a 36th of the
// weight of one of the shorter.
double lost_weight() { return kLostCharacter / static_cast<double>(kAlphabet.size()); }
double added_weight() { return kAddedCharacter; }

}  // namespace dashcam
