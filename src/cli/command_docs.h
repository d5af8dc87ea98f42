#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace dashcam {

// One option or positional argument, as the documents name it.
struct DocumentedOption {
    std::vector<std::string> names;  // "--out", "-h"; a positional has none
    std::string positional;          // "PATH", or empty
    std::string help;                // one line
    std::string group;               // heading in the help
    bool takes_value = false;
    std::vector<std::string> choices;  // the only values there are; empty: any

    // The first long name, else the first name or the positional's.
    const std::string& main_name() const;
};

struct DocumentedCommand {
    std::string name;  // "run"; empty: the program itself
    std::string help;
    std::string footer;  // examples and notes
    std::vector<DocumentedOption> options;
};

// What the parser accepts, the program first, then its commands in their order. Hidden commands and
// options (in the empty group) are left out. Precondition: commands have no commands of their own.
std::vector<DocumentedCommand> documented_commands(const CLI::App& app);

// A variable that the program reads.
struct EnvironmentVariable {
    std::string name;
    std::string help;
};
// The page dashcam(1), in troff's man macros.
std::string man_page(const std::vector<DocumentedCommand>& commands,
                     const std::vector<EnvironmentVariable>& environment,
                     const std::string& version);

std::string bash_completion(const std::vector<DocumentedCommand>& commands);
std::string zsh_completion(const std::vector<DocumentedCommand>& commands);
std::string fish_completion(const std::vector<DocumentedCommand>& commands);

}  // namespace dashcam
