#pragma once

#include <string_view>

namespace dashcam {

// The page's sources in page/, as they were when the program was built.
struct PageParts {
    std::string_view html;    // with {{policy}}, {{style}}, {{data}}, {{script}}, {{pictures}}
    std::string_view style;   // CSS
    std::string_view script;  // JavaScript
    std::string_view style_sha256;  // lower-case hexadecimal
    std::string_view script_sha256;
};
const PageParts& page_parts();

}  // namespace dashcam
