# Everything the project links, by name. All of it is packaged in Debian 12, except OpenVINO, which comes
# from its PyPI wheel: scripts/setup puts the wheel into a private environment and passes OpenVINO_DIR.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

pkg_check_modules(libav REQUIRED IMPORTED_TARGET libavformat libavcodec libavutil libswscale)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(turbojpeg REQUIRED IMPORTED_TARGET libturbojpeg)
pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(libpq REQUIRED IMPORTED_TARGET libpq)

# Debian keeps OpenCV's CMake package in libopencv-dev, which pulls a desktop in: find the three parts by name.
find_path(OPENCV_INCLUDE_DIR opencv2/core.hpp PATH_SUFFIXES opencv4 REQUIRED)
foreach(part core imgproc video)
    find_library(OPENCV_${part}_LIBRARY opencv_${part} REQUIRED)
    add_library(opencv_${part} SHARED IMPORTED GLOBAL)
    set_target_properties(opencv_${part} PROPERTIES IMPORTED_LOCATION "${OPENCV_${part}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${OPENCV_INCLUDE_DIR}")
endforeach()

find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(spdlog REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)

# SOCI of Debian 12 has no CMake package for its shared libraries' backends: find the parts by name.
find_path(SOCI_INCLUDE_DIR soci/soci.h REQUIRED)
foreach(part core sqlite3 postgresql)
    find_library(SOCI_${part}_LIBRARY soci_${part} REQUIRED)
    add_library(soci_${part} SHARED IMPORTED GLOBAL)
    set_target_properties(soci_${part} PROPERTIES IMPORTED_LOCATION "${SOCI_${part}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${SOCI_INCLUDE_DIR}")
endforeach()
find_path(POSTGRESQL_INCLUDE_DIR libpq-fe.h PATH_SUFFIXES postgresql REQUIRED)

find_package(OpenVINO REQUIRED COMPONENTS Runtime)

if(DASHCAM_TESTS)
    find_package(GTest REQUIRED)
endif()
