# Writes OUTPUT: migrations() with the text of every schema/NNNN_name.sql, in the order of their numbers, which have
# to be 1, 2, 3, ... Runs at configure time; a changed or added file configures anew.
function(embed_schema output)
    file(GLOB files CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/schema/*.sql")
    list(SORT files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
    set(version 0)
    set(entries "")
    foreach(file IN LISTS files)
        math(EXPR version "${version} + 1")
        get_filename_component(name "${file}" NAME)
        if(NOT name MATCHES "^0*${version}_")
            message(FATAL_ERROR "${name}: the next schema file has to be number ${version}")
        endif()
        file(READ "${file}" text)
        string(APPEND entries "    {\"${name}\", R\"sql(${text})sql\"},\n")
    endforeach()
    file(CONFIGURE OUTPUT "${output}" @ONLY CONTENT [[
// Written by embed_schema.cmake.
#include "stores/migrations.h"

namespace dashcam {
namespace {

constexpr Migration kMigrations[] = {
@entries@};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

}  // namespace dashcam
]])
endfunction()
