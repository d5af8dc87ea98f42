#include "cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "cli/text_table.h"

namespace dashcam {
namespace {

constexpr std::size_t kLabelColumns = 13;
constexpr std::size_t kNarrowest = 40;

bool is_set(const char* variable) {
    const char* value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

}  // namespace

Terminal terminal_of_stdout() {
    Terminal terminal;
    if (isatty(STDOUT_FILENO) == 0) return terminal;
    winsize size{};
    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        terminal.columns = std::max<std::size_t>(size.ws_col, kNarrowest);
    const char* term = std::getenv("TERM");
    terminal.colours = !is_set("NO_COLOR") && term != nullptr && std::string_view(term) != "dumb";
    return terminal;
}

std::string inked(const Terminal& terminal, Ink ink, const std::string& text) {
    if (!terminal.colours) return text;
    const char* code = ink == Ink::kBold    ? "1"
                       : ink == Ink::kFaint ? "2"
                       : ink == Ink::kGood  ? "32"
                       : ink == Ink::kFair  ? "33"
                                            : "31";
    return std::string("\x1b[") + code + "m" + text + "\x1b[0m";
}

Ink ink_of_tier(const std::string& tier) {
    if (tier == "confirmed") return Ink::kGood;
    if (tier == "probable") return Ink::kFair;
    return tier == "partial" ? Ink::kPoor : Ink::kFaint;
}

std::string labelled(const Terminal& terminal, const std::string& label, const std::string& text) {
    std::string out = inked(terminal, Ink::kFaint, label);
    std::size_t at = text_columns(label);
    out += std::string(at < kLabelColumns ? kLabelColumns - at : 1, ' ');
    at = std::max(at + 1, kLabelColumns);
    bool is_first = true;
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t end = std::min(text.find(' ', begin), text.size());
        const std::string word = text.substr(begin, end - begin);
        begin = end + 1;
        const std::size_t width = text_columns(word);
        if (!is_first && at + 1 + width > terminal.columns) {
            out += "\n" + std::string(kLabelColumns, ' ');
            at = kLabelColumns;
            is_first = true;
        }
        out += (is_first ? "" : " ") + word;
        at += width + (is_first ? 0 : 1);
        is_first = false;
    }
    return out + "\n";
}

}  // namespace dashcam
