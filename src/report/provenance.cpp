#include "report/provenance.h"

#include "video/printable_path.h"

namespace dashcam {

std::string provenance_text(const std::string& settings, const std::optional<RunRow>& run) {
    if (!run) {
        return "settings " + printable_text(settings) +
               ", of which the database has no description";
    }
    // Lines of "vehicle model HASH score ...": the readable form that the hash was taken of.
    std::string text;
    for (const char c : run->settings_text) {
        if (c == '\n') {
            text += "; ";
        } else {
            text += c;
        }
    }
    while (text.ends_with("; ")) text.resize(text.size() - 2);
    if (!run->started_at.empty()) text += " (settings last used " + run->started_at + ")";
    return printable_text(text);
}

}  // namespace dashcam
