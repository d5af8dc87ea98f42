#include "report/provenance.h"

#include <sstream>

#include "video/printable_path.h"

namespace dashcam {

std::string provenance_text(const std::string& settings, const std::optional<RunRow>& run) {
    if (!run) {
        return "settings " + printable_text(settings) +
               ", of which the database has no description";
    }
    // Lines of "vehicle model HASH score ...": the readable form that the hash was taken of.
    std::string text;
    std::istringstream lines(run->settings_text);
    for (std::string line; std::getline(lines, line);) {
        if (line.empty()) continue;
        if (line == "analysis rate 0") line = "analysis rate: all frames";
        if (line == "still rate 0") line = "still rate: as where something moves";
        text += (text.empty() ? "" : "; ") + line;
    }
    if (!run->started_at.empty()) text += " (settings last used " + run->started_at + ")";
    return printable_text(text);
}

}  // namespace dashcam
