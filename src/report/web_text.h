#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace dashcam {

// JSON that may stand inside a <script> element: ASCII only, and without '<', '>' and '&', so that
// nothing in it ends the element or begins a comment. Bytes that are no UTF-8 are replaced.
std::string script_json(const nlohmann::json& value);

// RFC 4648, with padding.
std::string base64(std::string_view bytes);

// The bytes that hexadecimal digits stand for. Precondition: an even number of them.
std::string bytes_of_hex(std::string_view digits);

}  // namespace dashcam
