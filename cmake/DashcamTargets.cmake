include(GoogleTest)

add_library(dashcam_options INTERFACE)
target_compile_options(dashcam_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    -Wno-sign-conversion -Wnon-virtual-dtor -Wundef)
target_include_directories(dashcam_options INTERFACE "${PROJECT_SOURCE_DIR}/src")
if(DASHCAM_SANITIZE)
    target_compile_options(dashcam_options INTERFACE -fsanitize=${DASHCAM_SANITIZE} -fno-omit-frame-pointer
        -fno-sanitize-recover=all)
    target_link_options(dashcam_options INTERFACE -fsanitize=${DASHCAM_SANITIZE})
endif()

# dashcam_library(NAME SOURCES a.cpp ... [DEPENDS lib ...]): a static library of one folder.
function(dashcam_library name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPENDS" ${ARGN})
    add_library(dashcam_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(dashcam_${name} PUBLIC dashcam_options ${ARG_DEPENDS})
endfunction()

# release_only(NAME...): not built under a sanitizer, unless it is asked for by name.
function(release_only)
    if(DASHCAM_SANITIZE)
        set_target_properties(${ARGN} PROPERTIES EXCLUDE_FROM_ALL ON)
    endif()
endfunction()

# Tests of several threads: what scripts/test builds and runs under the thread sanitizer, which has nothing to say about
# the others.
add_custom_target(thread_tests)

# thread_tests_here(): sets the label of this folder's tests to 'unit_threads' instead of 'unit'.
macro(thread_tests_here)
    set(unit_label unit_threads)
endmacro()
set(unit_label unit)

# unit_test_program(NAME): one that has the folder's label without dashcam_test().
function(unit_test_program name)
    if(unit_label STREQUAL "unit_threads")
        add_dependencies(thread_tests ${name})
    endif()
endfunction()

# dashcam_test(NAME SOURCES a_test.cpp ... [DEPENDS lib ...]): one GoogleTest program, label 'unit' or 'unit_threads'.
# TIMEOUT is in seconds for each test case.
function(dashcam_test name)
    if(NOT DASHCAM_TESTS)
        return()
    endif()
    cmake_parse_arguments(ARG "" "TIMEOUT;LABEL" "SOURCES;DEPENDS" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    if(NOT ARG_LABEL)
        set(ARG_LABEL ${unit_label})
        set(is_unit_test ON)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    target_link_libraries(${name} PRIVATE dashcam_options ${ARG_DEPENDS} GTest::gtest GTest::gtest_main GTest::gmock)
    target_compile_definitions(${name} PRIVATE DASHCAM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    if(is_unit_test)
        unit_test_program(${name})
    endif()
    if(ARG_LABEL STREQUAL "accuracy")
        release_only(${name})
    endif()
    gtest_discover_tests(${name} DISCOVERY_TIMEOUT 60 PROPERTIES TIMEOUT ${ARG_TIMEOUT} LABELS ${ARG_LABEL}
        ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/cmake/tsan.supp")
endfunction()
