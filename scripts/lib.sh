# Shared by the scripts: where things are, and what a fresh Debian 12 machine has to get. Sourced, not run.
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
deps=${DASHCAM_DEPS:-$root/build/deps}

# The inference engine has no Debian package: its wheel carries headers, CMake files and libraries.
openvino_version=2026.4.1

# To build and run. GoogleTest is among them since one configuration serves program and tests.
packages=(
    build-essential cmake ninja-build pkg-config ccache
    libavformat-dev libavcodec-dev libavutil-dev libswscale-dev
    libopencv-core-dev libopencv-imgproc-dev libopencv-video-dev libturbojpeg0-dev
    libsqlite3-dev libsoci-dev libpq-dev libxxhash-dev
    libcli11-dev libtomlplusplus-dev libspdlog-dev libfmt-dev nlohmann-json3-dev
    libgtest-dev libgmock-dev
    python3-minimal python3-venv
)
# To test as well.
test_packages=(chromium clang ffmpeg groff-base postgresql-15 procps spin sqlite3)

# For scripts/torture: libFuzzer comes with clang.
fuzz_packages=(clang-14 libclang-rt-14-dev)

say() { printf '%s: %s\n' "$(basename "$0")" "$*" >&2; }
die() { say "$*"; exit 1; }

missing_packages() {
    local name
    for name in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
    done
}

# install_packages NAME...: installs those that are missing; asks nobody and touches no network when none is.
install_packages() {
    local -a missing as_root=()
    mapfile -t missing < <(missing_packages "$@")
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || die "these Debian packages are missing, and there is no sudo to install them: ${missing[*]}"
        as_root=(sudo)
    fi
    say "installing Debian packages: ${missing[*]}"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
        die "apt-get update failed: is there a network?"
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null ||
        die "apt-get could not install the packages above"
}

# Prints OpenVINO's CMake folder, or nothing.
openvino_cmake() {
    local found
    found=$(echo "$deps"/openvino-$openvino_version/lib/python3*/site-packages/openvino/cmake)
    [ -f "$found/OpenVINOConfig.cmake" ] && echo "$found"
}

install_openvino() {
    [ -z "$(openvino_cmake)" ] || return 0
    local venv=$deps/openvino-$openvino_version
    say "installing OpenVINO $openvino_version (about 60 MB) into ${venv#"$root"/}"
    rm -rf "$venv"
    mkdir -p "$deps"
    /usr/bin/python3 -m venv "$venv" || die "python3 could not make a virtual environment in $venv"
    # Only the C++ part of the wheel is used: none of its Python dependencies.
    "$venv/bin/pip" install --quiet --no-deps --disable-pip-version-check "openvino==$openvino_version" ||
        die "pip could not fetch openvino==$openvino_version from PyPI: is there a network?"
    [ -n "$(openvino_cmake)" ] || die "the openvino wheel has no CMake files where they were expected"
}

# build PRESET [TARGET...]: configures once, then builds what changed.
build() {
    local preset=$1 folder=$root/build/$1
    shift
    if [ ! -f "$folder/build.ninja" ]; then
        say "configuring ($preset)"
        mkdir -p "$folder"
        (cd "$root" && cmake --preset "$preset" "-DOpenVINO_DIR=$(openvino_cmake)" \
            -DCMAKE_C_COMPILER_LAUNCHER=ccache -DCMAKE_CXX_COMPILER_LAUNCHER=ccache) >"$folder/configure.log" 2>&1 ||
            { tail -n 30 "$folder/configure.log" >&2; die "cmake failed; the whole log is $folder/configure.log"; }
    fi
    if ! ninja -C "$folder" -n "$@" | grep -q 'no work to do'; then
        say "building ($preset)"
        ninja -C "$folder" "$@" >"$folder/build.log" 2>&1 ||
            { tail -n 60 "$folder/build.log" >&2; die "the build failed; the whole log is $folder/build.log"; }
    fi
}
