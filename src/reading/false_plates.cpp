#include "reading/false_plates.h"

#include <algorithm>
#include <iterator>
#include <string>

namespace dashcam {
namespace {

// Written on vehicles and roads, or on the bonnet and the tailgate. Letters only: a vanity plate of
// exactly such a word is the rarer case.
constexpr std::string_view kWords[] = {
    "AMBULANCE", "AMBULANTA", "AUTOBUS", "BUS", "CITROEN", "COACH", "DACIA", "DAF", "DELIVERY", "DHL",
    "EXPRESS", "FEDEX", "FIAT", "FIRE", "FORD", "FORSALE", "HONDA", "HYUNDAI", "ISUZU", "IVECO",
    "JEEP", "KAMAZ", "KIA", "MAN", "MAZDA", "MERCEDES", "MITSUBISHI", "NISSAN", "OPEL", "PEUGEOT",
    "POLICE", "POLICIA", "POLITIA", "POLIZEI", "RENAULT", "RENT", "SCANIA", "SCHOOL", "SCHOOLBUS", "SERVICE",
    "SKODA", "SLOW", "STOP", "SUBARU", "SUZUKI", "TAXI", "TESLA", "TOYOTA", "TRANSIT", "TRANSPORT",
    "UBER", "UPS", "VOLKSWAGEN", "VOLVO", "WWW", "YIELD",
};
static_assert(std::is_sorted(std::begin(kWords), std::end(kWords)));
// Longer runs of digits are telephone numbers; Israel's plates have 8.
constexpr std::size_t kMostDigits = 8;
constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2039;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

bool is_date(int year, int month, int day) {
    return year >= kFirstYear && year <= kLastYear && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// The text with characters of `from` replaced by those of `to`: twins that only a format could tell apart.
std::string folded(std::string_view text, std::string_view from, std::string_view to) {
    std::string out(text);
    for (char& c : out) {
        const std::size_t at = from.find(c);
        if (at != std::string_view::npos) c = to[at];
    }
    return out;
}

}  // namespace

bool is_false_plate(std::string_view seen) {
    const std::string letters = folded(seen, "01", "OI");
    if (std::binary_search(std::begin(kWords), std::end(kWords), std::string_view(letters))) return true;
    const std::string digits = folded(seen, "OI", "01");
    const std::string_view text = digits;
    if (!std::all_of(text.begin(), text.end(), is_digit)) return false;
    if (text.size() > kMostDigits) return true;
    if (text.size() != kMostDigits) return false;
    const bool year_first = is_date(number(text.substr(0, 4)), number(text.substr(4, 2)), number(text.substr(6, 2)));
    const int year = number(text.substr(4, 4));
    const int first = number(text.substr(0, 2));
    const int second = number(text.substr(2, 2));
    return year_first || is_date(year, second, first) || is_date(year, first, second);
}

}  // namespace dashcam
