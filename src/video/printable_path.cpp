#include "video/printable_path.h"

#include <cstddef>
#include <cstdint>

namespace dashcam {
namespace {

// Length of the well-formed UTF-8 sequence at the start of `text` (RFC 3629), or 0.
std::size_t utf8_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
    const std::uint8_t lead = byte(0);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                               : lead >= 0xE0 && lead <= 0xEF ? 3
                               : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                              : 0;
    if (length == 0 || text.size() < length) return 0;
    for (std::size_t i = 1; i < length; ++i) {
        if ((byte(i) & 0xC0) != 0x80) return 0;
    }
    // Overlong forms, surrogates and what lies above U+10FFFF.
    if (lead == 0xE0 && byte(1) < 0xA0) return 0;
    if (lead == 0xED && byte(1) > 0x9F) return 0;
    if (lead == 0xF0 && byte(1) < 0x90) return 0;
    if (lead == 0xF4 && byte(1) > 0x8F) return 0;
    return length;
}

// C1 control characters, which some terminals obey, are U+0080 to U+009F.
bool is_control(std::string_view sequence) {
    const auto lead = static_cast<std::uint8_t>(sequence[0]);
    if (sequence.size() == 1) return lead < 0x20 || lead == 0x7F;
    return lead == 0xC2 && static_cast<std::uint8_t>(sequence[1]) < 0xA0;
}

}  // namespace

std::string printable_text(std::string_view text) {
    static constexpr char kHex[] = "0123456789ABCDEF";
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length > 0 && !is_control(text.substr(0, length))) {
            out += text.substr(0, length);
            text.remove_prefix(length);
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(text[0]);
        out += {'\\', 'x', kHex[byte >> 4], kHex[byte & 15]};
        text.remove_prefix(1);
    }
    return out;
}

std::string printable_path(std::string_view path) { return "'" + printable_text(path) + "'"; }

std::string file_name_of(std::string_view path) {
    return std::string(path.substr(path.find_last_of('/') + 1));
}

}  // namespace dashcam
