#include "video/available_decoders.h"

#include "video/libav_handles.h"

namespace dashcam {

DecoderInventory available_decoders(const std::vector<std::string>& codecs) {
    DecoderInventory inventory;
    const unsigned version = avcodec_version();
    inventory.library = "libavcodec " + std::to_string(AV_VERSION_MAJOR(version)) + "." +
                        std::to_string(AV_VERSION_MINOR(version)) + "." +
                        std::to_string(AV_VERSION_MICRO(version));
    for (const std::string& name : codecs) {
        const AVCodecDescriptor* codec = avcodec_descriptor_get_by_name(name.c_str());
        const bool is_there = codec != nullptr && avcodec_find_decoder(codec->id) != nullptr;
        (is_there ? inventory.present : inventory.missing).push_back(name);
    }
    return inventory;
}

}  // namespace dashcam
