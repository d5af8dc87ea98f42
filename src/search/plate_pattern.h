#pragma once

#include <string>

#include "base/result.h"
#include "stores/queries.h"
#include "stores/rows.h"

namespace dashcam {

// What a plate is searched by: letters and digits, '?' for one character, '*' for any number of
// them. Small letters count as capitals; spaces, dots and hyphens are left out, as readings have
// none.
class PlatePattern {
  public:
    // An Error for nothing, for other characters, and for more than a plate can have.
    static Result<PlatePattern> parse(const std::string& text);

    const std::string& text() const { return text_; }
    bool has_star() const { return text_.find('*') != std::string::npos; }
    // "*": no restriction.
    bool is_everything() const { return text_ == "*"; }
    // Lets every text pass whose match() is not 0, and few others; without '?', no others.
    TextTest test() const;

    // The probability that the plate fits the pattern if the text is right: 1 or 0, or, where a
    // character of the pattern meets a '?' of the text, what that character's posterior says; of
    // several ways to lay the pattern over the text, the most probable one.
    double match(const PlateTextRow& text) const;

  private:
    explicit PlatePattern(std::string text) : text_(std::move(text)) {}
    std::string text_;
};

// The probability that the unknown character number `index` of a text is `symbol`.
double unknown_probability(const PlateTextRow& text, std::size_t index, char symbol);

}  // namespace dashcam
