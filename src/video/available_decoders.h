#pragma once

#include <string>
#include <vector>

namespace dashcam {

struct DecoderInventory {
    std::string library;  // "libavcodec 59.37.100"
    std::vector<std::string> present;
    std::vector<std::string> missing;
};

// Which codecs, by libav's short names, the installed library decodes in software.
DecoderInventory available_decoders(const std::vector<std::string>& codecs);

}  // namespace dashcam
