# Installation and the Debian package. What is bundled: of OpenVINO's wheel the runtime, its CPU plugin, its ONNX
# reader and oneTBB, which Debian lacks in a fitting version. Everything else comes from Debian's own packages.
include(GNUInstallDirs)

# OpenVINO looks for its plugins beside libopenvino.so, so one folder holds all of them.
set(DASHCAM_PRIVATE_LIBDIR ${CMAKE_INSTALL_LIBDIR}/dashcam)
if(CMAKE_INSTALL_PREFIX STREQUAL "/usr" OR DASHCAM_PACKAGE)
    # Private libraries of a package are no multi-arch ones.
    set(DASHCAM_PRIVATE_LIBDIR lib/dashcam)
endif()
file(RELATIVE_PATH to_private_libraries "/${CMAKE_INSTALL_BINDIR}" "/${DASHCAM_PRIVATE_LIBDIR}")
set_target_properties(dashcam PROPERTIES INSTALL_RPATH "$ORIGIN/${to_private_libraries}")
install(TARGETS dashcam RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

get_target_property(openvino_library openvino::runtime IMPORTED_LOCATION_RELEASE)
get_filename_component(openvino_folder "${openvino_library}" DIRECTORY)
foreach(pattern libopenvino.so.* libopenvino_onnx_frontend.so.* libopenvino_intel_cpu_plugin.so libtbb.so.*)
    file(GLOB found "${openvino_folder}/${pattern}")
    if(NOT found)
        message(FATAL_ERROR "OpenVINO in ${openvino_folder} has no ${pattern}")
    endif()
    install(FILES ${found} DESTINATION ${DASHCAM_PRIVATE_LIBDIR})
endforeach()
file(GLOB openvino_licences "${openvino_folder}/../../openvino-*.dist-info/licenses")
install(DIRECTORY ${openvino_licences}/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/openvino)

install(DIRECTORY models/ DESTINATION ${CMAKE_INSTALL_DATADIR}/dashcam/models FILES_MATCHING PATTERN "*.onnx"
        PATTERN "*.toml" PATTERN "*.md")
install(FILES README.md packaging/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES packaging/nightly.conf DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES packaging/dashcam@.service packaging/dashcam@.timer DESTINATION lib/systemd/system)
install(FILES packaging/dashcam.sysusers RENAME dashcam.conf DESTINATION lib/sysusers.d)

# Man page and completions, made from the options of the program itself. A program with a sanitizer is not installed.
if(NOT DASHCAM_SANITIZE)
    set(documents_folder "${PROJECT_BINARY_DIR}/documents")
    set(documents)
    foreach(kind man:dashcam.1 bash:dashcam zsh:_dashcam fish:dashcam.fish)
        string(REPLACE ":" ";" kind "${kind}")
        list(GET kind 0 name)
        list(GET kind 1 file)
        add_custom_command(OUTPUT "${documents_folder}/${file}"
            COMMAND "${CMAKE_COMMAND}" -E make_directory "${documents_folder}"
            COMMAND dashcam internal-docs ${name} > "${documents_folder}/${file}"
            DEPENDS dashcam COMMENT "Writing ${file}" VERBATIM)
        list(APPEND documents "${documents_folder}/${file}")
    endforeach()
    add_custom_target(documents ALL DEPENDS ${documents})
    install(FILES "${documents_folder}/dashcam.1" DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
    install(FILES "${documents_folder}/dashcam"
        DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
    install(FILES "${documents_folder}/_dashcam" DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
    install(FILES "${documents_folder}/dashcam.fish" DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
endif()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME dashcam)
set(CPACK_PACKAGE_VENDOR "dashcam")
set(CPACK_PACKAGE_CONTACT "dashcam maintainers <dashcam@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "vehicles and number plates of dashcam clips")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
"Reads dashcam clips and writes a database (SQLite or PostgreSQL) of the vehicles in them:
class, number plate, how sure the plate is, when and where in which clip, and a picture of each.
It needs no network and no graphics card. OpenVINO's runtime for processors is part of the package.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_SECTION video)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS "${openvino_folder}")
# Debian's SOCI opens its backends by name as well as by linking; dpkg-shlibdeps sees the linked ones.
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql, sqlite3")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${PROJECT_SOURCE_DIR}/packaging/postinst")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_OUTPUT_FILE_PREFIX "${PROJECT_BINARY_DIR}/package")
include(CPack)
