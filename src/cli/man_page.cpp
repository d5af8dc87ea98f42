#include <fmt/format.h>

#include "cli/command_docs.h"

namespace dashcam {
namespace {

// Text for troff: no macro at the start of a line, hyphens that can be copied into a shell.
std::string troff(const std::string& text) {
    std::string result;
    bool line_begins = true;
    for (const char c : text) {
        if (line_begins && (c == '.' || c == '\'')) result += "\\&";
        line_begins = c == '\n';
        if (c == '\\') {
            result += "\\e";
        } else if (c == '-') {
            result += "\\-";
        } else if (c == '\'') {
            result += "\\(aq";
        } else {
            result += c;
        }
    }
    return result;
}

std::string synopsis(const DocumentedCommand& command) {
    std::string text = fmt::format(".B dashcam {}\n", troff(command.name));
    for (const DocumentedOption& option : command.options) {
        if (!option.positional.empty()) text += fmt::format(".RI [ {} ...]\n", option.positional);
    }
    return text + ".RI [ options ]\n.br\n";
}

std::string option_entry(const DocumentedOption& option) {
    std::string term;
    for (const std::string& name : option.names) {
        term += (term.empty() ? "\\fB" : ", \\fB") + troff(name) + "\\fR";
    }
    if (option.names.empty()) term = "\\fI" + troff(option.positional) + "\\fR";
    if (option.takes_value && !option.names.empty()) {
        std::string values;
        for (const std::string& choice : option.choices)
            values += (values.empty() ? "" : "|") + troff(choice);
        term += " " + (values.empty() ? std::string("\\fIVALUE\\fR") : values);
    }
    return ".TP\n" + term + "\n" +
           troff(option.help.empty() ? std::string("(see above)") : option.help) + "\n";
}

std::string options_section(const DocumentedCommand& command) {
    std::string text;
    std::string group;
    for (const DocumentedOption& option : command.options) {
        const std::string heading =
            option.group == "Options" || option.group == "OPTIONS" || !option.positional.empty()
                ? std::string()
                : option.group;
        if (heading != group && !heading.empty()) text += ".PP\n" + troff(heading) + ":\n";
        group = heading;
        text += option_entry(option);
    }
    return text;
}

std::string footer_section(const std::string& footer) {
    if (footer.empty()) return "";
    return ".PP\n.nf\n" + troff(footer) + "\n.fi\n";
}

}  // namespace

std::string man_page(const std::vector<DocumentedCommand>& commands,
                     const std::vector<EnvironmentVariable>& environment,
                     const std::string& version) {
    std::string text = fmt::format(
        ".\\\" Made from the options of the program.\n"
        ".TH DASHCAM 1 \"\" \"dashcam {}\" \"User Commands\"\n"
        ".SH NAME\ndashcam \\- vehicles and number plates of dashcam clips\n.SH SYNOPSIS\n",
        version);
    for (const DocumentedCommand& command : commands) {
        if (!command.name.empty()) text += synopsis(command);
    }
    text += ".SH DESCRIPTION\n" + troff(commands.front().help) + "\n" +
            options_section(commands.front()) + footer_section(commands.front().footer) +
            ".SH COMMANDS\n";
    for (const DocumentedCommand& command : commands) {
        if (command.name.empty()) continue;
        text += ".SS " + troff(command.name) + "\n" + troff(command.help) + ".\n" +
                options_section(command) + footer_section(command.footer);
    }
    text += ".SH ENVIRONMENT\n";
    for (const EnvironmentVariable& variable : environment) {
        text += ".TP\n.B " + troff(variable.name) + "\n" + troff(variable.help) + "\n";
    }
    return text +
           ".SH FILES\n.TP\n.I OUT/dashcam.db\nthe database, unless another is named\n"
           ".TP\n.I OUT/crops/\nbest pictures of vehicles and plates\n"
           ".TP\n.I OUT/dashcam.log\nlog of all processes\n"
           ".TP\n.I /usr/share/dashcam/models/\nthe networks\n"
           ".SH SEE ALSO\n.BR psql (1),\n.BR sqlite3 (1),\n.BR systemd.timer (5)\n";
}

}  // namespace dashcam
