#include "doctor/doctor.h"

#include <algorithm>
#include <exception>
#include <iterator>

namespace dashcam {

std::string shell_quoted(const std::string& text) {
    const bool is_plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("/._-+:@%=,").find(c) != std::string_view::npos;
    });
    if (is_plain) return text;
    std::string quoted = "'";
    for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

Findings examine(const Settings& settings) {
    Findings all;
    const auto add = [&all](const char* subject, auto part) {
        try {
            Findings found = part();
            all.insert(all.end(), std::make_move_iterator(found.begin()),
                       std::make_move_iterator(found.end()));
        } catch (const std::exception& error) {
            // A broken library must not keep the others from being looked at.
            all.push_back({subject, Health::kBroken,
                           std::string("could not be examined: ") + error.what(),
                           "sudo apt-get install --reinstall dashcam"});
        }
    };
    add("system", [] { return examine_system(); });
    add("limits", [&] { return examine_limits(settings); });
    add("video", [] { return examine_video(); });
    add("networks", [&] { return examine_networks(settings); });
    add("output folder", [&] { return examine_output(settings); });
    add("database", [&] { return examine_database(settings); });
    return all;
}

}  // namespace dashcam
