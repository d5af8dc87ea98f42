#include "report/web_text.h"

#include <nlohmann/json.hpp>

#include "base/check.h"

namespace dashcam {
namespace {

unsigned hex_value(char c) {
    CHECK((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'));
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
}

}  // namespace

std::string script_json(const nlohmann::json& value) {
    // Outside of strings JSON has none of the three.
    const std::string json = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    std::string out;
    out.reserve(json.size());
    for (const char c : json) {
        if (c == '<') {
            out += "\\u003c";
        } else if (c == '>') {
            out += "\\u003e";
        } else if (c == '&') {
            out += "\\u0026";
        } else {
            out += c;
        }
    }
    return out;
}

std::string base64(std::string_view bytes) {
    static constexpr char kDigits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        unsigned block = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            block <<= 8;
            if (i + k < bytes.size()) block |= static_cast<unsigned char>(bytes[i + k]);
        }
        for (std::size_t k = 0; k < 4; ++k)
            out += i + k > bytes.size() ? '=' : kDigits[block >> (18 - 6 * k) & 63];
    }
    return out;
}

std::string bytes_of_hex(std::string_view digits) {
    CHECK(digits.size() % 2 == 0);
    std::string out;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        out += static_cast<char>(hex_value(digits[i]) * 16 + hex_value(digits[i + 1]));
    return out;
}

}  // namespace dashcam
