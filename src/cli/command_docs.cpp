#include "cli/command_docs.h"

#include <algorithm>

#include "base/check.h"

namespace dashcam {
namespace {

// CLI11 writes the values of IsMember and of type_name("{a,b}") as "{a,b}".
std::vector<std::string> choices_in(const std::string& type_name) {
    const std::size_t begin = type_name.find('{');
    const std::size_t end = type_name.find('}', begin);
    if (begin == std::string::npos || end == std::string::npos) return {};
    std::vector<std::string> choices;
    std::string rest = type_name.substr(begin + 1, end - begin - 1);
    while (!rest.empty()) {
        const std::size_t comma = std::min(rest.find(','), rest.size());
        choices.push_back(rest.substr(0, comma));
        rest.erase(0, comma + 1);
    }
    return choices;
}

std::string on_one_line(std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    return text;
}

DocumentedOption documented(const CLI::Option& option) {
    DocumentedOption result;
    for (const std::string& name : option.get_lnames()) result.names.push_back("--" + name);
    for (const std::string& name : option.get_snames()) result.names.push_back("-" + name);
    if (option.get_positional()) result.positional = option.get_name(true, false);
    result.help = on_one_line(option.get_description());
    result.group = option.get_group();
    result.takes_value = option.get_items_expected_max() > 0;
    result.choices = choices_in(option.get_type_name());
    return result;
}

DocumentedCommand documented(const CLI::App& app, const std::string& name) {
    DocumentedCommand command{name, on_one_line(app.get_description()), app.get_footer(), {}};
    for (const CLI::Option* option : app.get_options()) {
        if (!option->get_group().empty()) command.options.push_back(documented(*option));
    }
    return command;
}

}  // namespace

const std::string& DocumentedOption::main_name() const {
    return names.empty() ? positional : names.front();
}

std::vector<DocumentedCommand> documented_commands(const CLI::App& app) {
    std::vector<DocumentedCommand> commands{documented(app, "")};
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_group().empty()) continue;
        CHECK(command->get_subcommands([](const CLI::App*) { return true; }).empty());
        commands.push_back(documented(*command, command->get_name()));
    }
    return commands;
}

}  // namespace dashcam
