#include "stores/database.h"

namespace dashcam {

std::string one_line(std::string text) {
    std::string line;
    for (const char c : text) {
        const bool space = c == '\n' || c == '\t' || c == ' ';
        if (!space) {
            line += c;
        } else if (!line.empty() && line.back() != ' ') {
            line += ' ';
        }
    }
    while (!line.empty() && (line.back() == ' ' || line.back() == '.')) line.pop_back();
    return line;
}

std::string one_line(const soci::soci_error& error) { return one_line(error.get_error_message()); }

}  // namespace dashcam
