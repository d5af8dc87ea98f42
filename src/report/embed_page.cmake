# Writes OUTPUT: page_parts() with the text of page/page.html, page.css and page.js, and the SHA-256 of the last two,
# which the page's policy names. Runs at configure time; a changed file configures anew.
function(embed_page output)
    foreach(part html css js)
        set(file "${CMAKE_CURRENT_SOURCE_DIR}/page/page.${part}")
        set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${file}")
        file(READ "${file}" ${part})
        string(FIND "${${part}}" ")page\"" at)
        if(NOT at EQUAL -1)
            message(FATAL_ERROR "page.${part} holds the mark that ends its text in C++")
        endif()
        file(SHA256 "${file}" ${part}_sha256)
    endforeach()
    file(CONFIGURE OUTPUT "${output}" @ONLY CONTENT [[
// Written by embed_page.cmake.
#include "report/page_parts.h"

namespace dashcam {

const PageParts& page_parts() {
    static constexpr PageParts kParts{
        R"page(@html@)page",
        R"page(@css@)page",
        R"page(@js@)page",
        "@css_sha256@",
        "@js_sha256@"};
    return kParts;
}

}  // namespace dashcam
]])
endfunction()
