#include "reading/false_plates.h"

#include <algorithm>
#include <iterator>
#include <string>

#include "reading/reading_clusters.h"

namespace dashcam {
namespace {

// Written on vehicles and roads, or on the bonnet and the tailgate. Letters only: a vanity plate of
// exactly such a word is the rarer case.
constexpr std::string_view kWords[] = {
    "AMBULANCE", "AMBULANTA", "AUTOBUS", "BUS",        "CITROEN",  "COACH",      "DACIA",
    "DAF",       "DELIVERY",  "DHL",     "EXPRESS",    "FEDEX",    "FIAT",       "FIRE",
    "FORD",      "FORSALE",   "HONDA",   "HYUNDAI",    "ISUZU",    "IVECO",      "JEEP",
    "KAMAZ",     "KIA",       "MAN",     "MAZDA",      "MERCEDES", "MITSUBISHI", "NISSAN",
    "OPEL",      "PEUGEOT",   "POLICE",  "POLICIA",    "POLITIA",  "POLIZEI",    "RENAULT",
    "RENT",      "SCANIA",    "SCHOOL",  "SCHOOLBUS",  "SERVICE",  "SKODA",      "SLOW",
    "STOP",      "SUBARU",    "SUZUKI",  "TAXI",       "TESLA",    "TOYOTA",     "TRANSIT",
    "TRANSPORT", "UBER",      "UPS",     "VOLKSWAGEN", "VOLVO",    "WWW",        "YIELD",
};
// Words of this length are recognised with one error.
constexpr std::size_t kLongWord = 6;
// No plate has so many digits: Israel's have 8.
constexpr std::ptrdiff_t kTelephoneDigits = 9;
constexpr std::size_t kDateDigits = 8;
// A letter repeated so often is a grille or a row of lamps.
constexpr std::size_t kDullText = 3;
constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2039;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The text with characters of `from` replaced by those of `to`.
std::string folded(std::string_view text, std::string_view from, std::string_view to) {
    std::string out(text);
    for (char& c : out) {
        const std::size_t at = from.find(c);
        if (at != std::string_view::npos) c = to[at];
    }
    return out;
}

// Characters that a blurred reading swaps become one.
std::string without_lookalikes(std::string_view text) {
    return folded(text, "0DQ158246", "OOOISBZAG");
}

bool is_word(std::string_view text) {
    const std::string seen = without_lookalikes(text);
    return std::any_of(std::begin(kWords), std::end(kWords), [&](std::string_view word) {
        const std::size_t errors = word.size() >= kLongWord ? 1 : 0;
        return edit_distance(seen, without_lookalikes(word)) <= errors;
    });
}

int number(std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
}

bool is_month_of(int year, int month) {
    return year >= kFirstYear && year <= kLastYear && month >= 1 && month <= 12;
}

bool is_date(int year, int month, int day) {
    return is_month_of(year, month) && day >= 1 && day <= 31;
}

// Of 8 digits, or of 7 of which the last was not read.
bool is_date(std::string_view digits) {
    if (digits.size() < kDateDigits - 1 || digits.size() > kDateDigits) return false;
    const int first = number(digits.substr(0, 2));
    const int second = number(digits.substr(2, 2));
    const int year = number(digits.substr(0, 4));
    const int month = number(digits.substr(4, 2));
    if (digits.size() < kDateDigits) return is_month_of(year, month);
    const int last = number(digits.substr(4, 4));
    return is_date(year, month, number(digits.substr(6, 2))) || is_date(last, second, first) ||
           is_date(last, first, second);
}

}  // namespace

bool is_false_plate(std::string_view text) {
    if (is_word(text)) return true;
    if (std::count_if(text.begin(), text.end(), is_digit) >= kTelephoneDigits) return true;
    const auto same = std::count(text.begin(), text.end(), text.empty() ? '?' : text.front());
    if (text.size() >= kDullText && !is_digit(text.front()) && same == std::ssize(text))
        return true;
    const std::string digits = folded(text, "OQDI", "0001");
    return std::all_of(digits.begin(), digits.end(), is_digit) && is_date(digits);
}

}  // namespace dashcam
