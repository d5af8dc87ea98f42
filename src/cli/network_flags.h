#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "settings/settings.h"

namespace dashcam {

// The settings that commands without a pipeline have: which networks, on which device, in which
// precision. Flag before environment before file before default, as for 'run'.
class NetworkFlags {
  public:
    // Adds the flags, and --config. This object has to outlive the parsing.
    void add_to(CLI::App& command);
    // Paths of the networks are resolved.
    Result<Settings> settings() const;

  private:
    std::string config_;
    std::vector<std::pair<std::string, std::string>> flags_;  // setting, value
};

}  // namespace dashcam
