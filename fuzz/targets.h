#pragma once

#include <span>
#include <string>
#include <string_view>

namespace dashcam {

// One parser of bytes that this program did not make. `run` gives it any bytes; it must not crash,
// hang or break the promises that it CHECKs. Corpora are in corpus/NAME/.
struct FuzzTarget {
    std::string_view name;
    void (*run)(std::string_view bytes);
};

std::span<const FuzzTarget> fuzz_targets();

}  // namespace dashcam
