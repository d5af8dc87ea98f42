#include "stores/text_columns.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

namespace dashcam {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSymbols = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_";
static_assert(kSymbols.size() == kPlateSymbols);
static_assert(kSymbols[kBlankSymbol] == '_');

struct LeadByte {
    unsigned char first, last;  // range of the lead byte
    unsigned char low, high;    // range of the byte after it; further ones are 80..BF
    std::size_t length;
};

// Well-formed UTF-8, table 3-7 of the Unicode standard: no overlong forms, no surrogates, up to
// U+10FFFF.
constexpr LeadByte kWellFormed[] = {
    {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3}, {0xE1, 0xEC, 0x80, 0xBF, 3},
    {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3}, {0xF0, 0xF0, 0x90, 0xBF, 4},
    {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
};

unsigned char byte_at(std::string_view bytes, std::size_t i) {
    return static_cast<unsigned char>(bytes[i]);
}

// Length of the character at `begin`, or 0 if there is none.
std::size_t utf8_length(std::string_view bytes, std::size_t begin) {
    const unsigned char lead = byte_at(bytes, begin);
    if (lead < 0x80) return 1;
    for (const LeadByte& form : kWellFormed) {
        if (lead < form.first || lead > form.last) continue;
        if (bytes.size() - begin < form.length) return 0;
        const unsigned char second = byte_at(bytes, begin + 1);
        if (second < form.low || second > form.high) return 0;
        for (std::size_t i = 2; i < form.length; ++i) {
            if ((byte_at(bytes, begin + i) & 0xC0) != 0x80) return 0;
        }
        return form.length;
    }
    return 0;
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// Adds 0.0 so that -0.0 and 0.0 are one text.
Result<double> finite(double value) {
    if (!std::isfinite(value)) return Error{"a probability is not a finite number"};
    return value + 0.0;
}

// Runs `read` on the parsed text; whatever the library does not like becomes an Error.
template <typename T, typename Read>
Result<T> parsed(const std::string& text, Read read) {
    try {
        T result;
        for (const Json& item : Json::parse(text)) result.push_back(read(item));
        return result;
    } catch (const std::exception& e) {
        return Error{std::string("a column does not hold what this program writes there: ") +
                     e.what()};
    }
}

// Reads characters in the very form in which to_json() writes them, in a fifth of the time that a
// document takes: a search reads thousands of them.
class CharacterReader {
  public:
    explicit CharacterReader(std::string_view text) : left_(text) {}

    // Nothing if the text has any other form.
    std::optional<std::vector<CharacterPosterior>> read() {
        std::vector<CharacterPosterior> characters;
        if (left_ == "[]") return characters;
        if (!take("[")) return std::nullopt;
        do {
            if (!one(characters.emplace_back())) return std::nullopt;
        } while (take(","));
        if (left_ != "]") return std::nullopt;
        return characters;
    }

  private:
    bool take(std::string_view wanted) {
        if (!left_.starts_with(wanted)) return false;
        left_.remove_prefix(wanted.size());
        return true;
    }
    bool number(double& value) {
        const char* begin = left_.data();
        const bool is_number =
            !left_.empty() && (*begin == '-' || (*begin >= '0' && *begin <= '9'));
        if (!is_number) return false;
        const auto [end, error] = std::from_chars(begin, begin + left_.size(), value);
        if (error != std::errc() || !std::isfinite(value)) return false;
        left_.remove_prefix(static_cast<std::size_t>(end - begin));
        return true;
    }
    bool symbol(std::map<char, double>& symbols) {
        const bool plain = left_.size() > 3 && left_[0] == '"' && left_[2] == '"' &&
                           left_[1] > ' ' && left_[1] < 0x7f && left_[1] != '"' && left_[1] != '\\';
        if (!plain) return false;
        const char c = left_[1];
        left_.remove_prefix(3);
        return take(":") && number(symbols[c]);
    }
    bool one(CharacterPosterior& character) {
        if (!take("{\"confidence\":") || !number(character.confidence) || !take(",\"symbols\":{")) {
            return false;
        }
        if (take("}}")) return true;
        do {
            if (!symbol(character.symbols)) return false;
        } while (take(","));
        return take("}}");
    }

    std::string_view left_;
};

}  // namespace

std::string escaped(std::string_view bytes) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string text;
    text.reserve(bytes.size());
    for (std::size_t i = 0; i < bytes.size();) {
        const unsigned char byte = byte_at(bytes, i);
        const std::size_t length = byte == 0 ? 0 : utf8_length(bytes, i);
        if (length == 0) {
            text += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
            ++i;
        } else if (byte == '\\') {
            text += "\\\\";
            ++i;
        } else {
            text += bytes.substr(i, length);
            i += length;
        }
    }
    return text;
}

std::string unescaped(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view rest = text.substr(i);
        if (rest.starts_with("\\\\")) {
            bytes += '\\';
            i += 2;
        } else if (rest.starts_with("\\x") && rest.size() >= 4 && hex_digit(rest[2]) >= 0 &&
                   hex_digit(rest[3]) >= 0) {
            bytes += static_cast<char>(hex_digit(rest[2]) * 16 + hex_digit(rest[3]));
            i += 4;
        } else {
            bytes += rest[0];
            ++i;
        }
    }
    return bytes;
}

Result<std::string> to_json(const std::vector<CharacterPosterior>& characters) {
    Json list = Json::array();
    for (const CharacterPosterior& character : characters) {
        TRY_ASSIGN(const double confidence, finite(character.confidence));
        Json symbols = Json::object();
        for (const auto& [symbol, value] : character.symbols) {
            TRY_ASSIGN(const double probability, finite(value));
            symbols[escaped(std::string_view(&symbol, 1))] = probability;
        }
        list.push_back({{"confidence", confidence}, {"symbols", std::move(symbols)}});
    }
    return list.dump();
}

Result<std::string> to_json(const std::vector<Alternative>& alternatives) {
    Json list = Json::array();
    for (const Alternative& alternative : alternatives) {
        TRY_ASSIGN(const double probability, finite(alternative.probability));
        list.push_back({{"text", escaped(alternative.text)}, {"probability", probability}});
    }
    return list.dump();
}

Result<std::string> to_json(const std::vector<SlotPosterior>& slots) {
    Json list = Json::array();
    for (const SlotPosterior& slot : slots) {
        Json object = Json::object();
        for (std::size_t i = 0; i < kPlateSymbols; ++i) {
            if (slot[i] != 0) object[std::string(1, kSymbols[i])] = slot[i];
        }
        list.push_back(std::move(object));
    }
    return list.dump();
}

Result<std::string> to_json(const std::vector<SlotPlace>& places) { return Json(places).dump(); }

Result<std::vector<CharacterPosterior>> characters_from_json(const std::string& text) {
    if (auto characters = CharacterReader(text).read()) return std::move(*characters);
    return parsed<std::vector<CharacterPosterior>>(text, [](const Json& item) {
        CharacterPosterior character{.confidence = item.at("confidence").get<double>(),
                                     .symbols = {}};
        for (const auto& [key, value] : item.at("symbols").items()) {
            const std::string symbol = unescaped(key);
            if (symbol.size() != 1) throw std::runtime_error("not a symbol: " + key);
            character.symbols.emplace(symbol[0], value.get<double>());
        }
        return character;
    });
}

Result<std::vector<Alternative>> alternatives_from_json(const std::string& text) {
    return parsed<std::vector<Alternative>>(text, [](const Json& item) {
        return Alternative{.text = unescaped(item.at("text").get<std::string>()),
                           .probability = item.at("probability").get<double>()};
    });
}

Result<std::vector<SlotPosterior>> slots_from_json(const std::string& text) {
    return parsed<std::vector<SlotPosterior>>(text, [](const Json& item) {
        SlotPosterior slot{};
        for (const auto& [key, value] : item.items()) {
            const std::size_t symbol = key.size() == 1 ? kSymbols.find(key[0]) : kSymbols.npos;
            const auto units = value.get<std::int64_t>();
            if (symbol == kSymbols.npos || units < 0 ||
                units > std::numeric_limits<std::uint16_t>::max()) {
                throw std::runtime_error("not a symbol with its probability: " + key);
            }
            slot[symbol] = static_cast<std::uint16_t>(units);
        }
        return slot;
    });
}

Result<std::vector<SlotPlace>> places_from_json(const std::string& text) {
    return parsed<std::vector<SlotPlace>>(text, [](const Json& item) {
        SlotPlace place{};
        if (item.size() != place.size()) throw std::runtime_error("not a place: " + item.dump());
        for (std::size_t axis = 0; axis < place.size(); ++axis) {
            const auto at = item.at(axis).get<std::int64_t>();
            if (at < 0 || at > std::numeric_limits<std::uint8_t>::max()) {
                throw std::runtime_error("not a place: " + item.dump());
            }
            place[axis] = static_cast<std::uint8_t>(at);
        }
        return place;
    });
}

}  // namespace dashcam
