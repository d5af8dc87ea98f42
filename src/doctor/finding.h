#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace dashcam {

enum class Health : std::uint8_t {
    kGood,
    kDoubtful,  // a run will start, but may not do what is expected
    kBroken,    // a run cannot do its work
};

constexpr std::string_view to_string(Health health) {
    switch (health) {
        case Health::kGood:
            return "ok";
        case Health::kDoubtful:
            return "warning";
        case Health::kBroken:
            return "problem";
    }
    return "?";
}

// One thing that was looked at.
struct Finding {
    std::string subject;  // "memory"
    Health health = Health::kGood;
    std::string text;  // one sentence
    std::string fix;  // a shell command to paste, with a comment where it needs one; empty if kGood
};
using Findings = std::vector<Finding>;

// For a command: in single quotes where the shell would read it otherwise.
std::string shell_quoted(const std::string& text);

}  // namespace dashcam
