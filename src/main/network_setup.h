#pragma once

#include <memory>

#include "base/result.h"
#include "inference/networks.h"
#include "pictures/picture_reader.h"
#include "settings/settings.h"

namespace dashcam {

// Makes the paths of the networks absolute; an empty one becomes the shipped network's. Error: the
// shipped one is missing.
Result<void> resolve_models(Settings& settings);

// An engine on the device that `settings` name, and what loads the networks onto it. The models'
// paths are taken as they are.
Result<std::unique_ptr<NetworkLoader>> make_network_loader(const Settings& settings);

// Loads all three networks for single pictures.
Result<PictureReader> make_picture_reader(const Settings& settings);

}  // namespace dashcam
