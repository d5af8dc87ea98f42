#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command_docs.h"

namespace dashcam {
namespace {

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
    return text;
}

std::vector<std::string> option_names(const DocumentedCommand& command) {
    std::vector<std::string> names;
    for (const DocumentedOption& option : command.options)
        names.insert(names.end(), option.names.begin(), option.names.end());
    return names;
}

std::vector<std::string> command_names(const std::vector<DocumentedCommand>& commands) {
    std::vector<std::string> names;
    for (const DocumentedCommand& command : commands) {
        if (!command.name.empty()) names.push_back(command.name);
    }
    return names;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
    for (std::size_t at = text.find(from); at != std::string::npos;
         at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
    return text;
}

// Inside '...' of a POSIX shell.
std::string single_quoted(const std::string& text) {
    return "'" + replaced(text, "'", "'\\''") + "'";
}

// Inside [...] of _arguments, which takes ':' and brackets for its own.
std::string zsh_help(std::string text) {
    for (const char* special : {"\\", "[", "]", ":"})
        text = replaced(text, special, std::string("\\") + special);
    return text;
}

// Within '...' of fish only \ and ' are special.
std::string fish_quoted(const std::string& text) {
    return "'" + replaced(replaced(text, "\\", "\\\\"), "'", "\\'") + "'";
}

}  // namespace

std::string bash_completion(const std::vector<DocumentedCommand>& commands) {
    std::string choices;
    std::string options;
    std::set<std::string> with_value;
    for (const DocumentedCommand& command : commands) {
        for (const DocumentedOption& option : command.options) {
            for (const std::string& name : option.names) {
                if (option.takes_value) with_value.insert(name);
                if (option.choices.empty()) continue;
                choices += fmt::format(
                    "        '{} {}') COMPREPLY=($(compgen -W {} -- \"$current\")); return ;;\n",
                    command.name, name, single_quoted(joined(option.choices)));
            }
        }
        if (command.name.empty()) continue;
        options += fmt::format("        {}) words={} ;;\n", command.name,
                               single_quoted(joined(option_names(command))));
    }
    std::string values;
    for (const std::string& name : with_value) values += (values.empty() ? "" : " | ") + name;
    return "# Completion of dashcam for bash, made from the options of the program.\n"
           "_dashcam() {\n"
           "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
           "    local command= word words\n"
           "    for word in \"${COMP_WORDS[@]:1:COMP_CWORD-1}\"; do\n"
           "        case $word in -*) ;; *) command=$word; break ;; esac\n"
           "    done\n"
           "    case \"$command $previous\" in\n" +
           choices +
           "    esac\n"
           "    case $previous in\n"
           "        " +
           values +
           ") compopt -o default; COMPREPLY=(); return ;;\n"
           "    esac\n"
           "    case $command in\n"
           "        '') words=" +
           single_quoted(joined(command_names(commands)) + " " +
                         joined(option_names(commands.front()))) +
           " ;;\n" + options +
           "        *) words= ;;\n"
           "    esac\n"
           "    if [[ -z $command || $current == -* ]]; then\n"
           "        COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
           "    else\n"
           "        compopt -o default\n"
           "        COMPREPLY=()\n"
           "    fi\n"
           "}\n"
           "complete -F _dashcam dashcam\n";
}

std::string zsh_completion(const std::vector<DocumentedCommand>& commands) {
    std::string text =
        "#compdef dashcam\n"
        "# Completion of dashcam for zsh, made from the options of the program.\n"
        "_dashcam() {\n"
        "    local -a commands\n"
        "    commands=(\n";
    for (const DocumentedCommand& command : commands) {
        if (command.name.empty()) continue;
        text += "        " +
                single_quoted(command.name + ":" + replaced(command.help, ":", "\\:")) + "\n";
    }
    text +=
        "    )\n"
        "    if (( CURRENT == 2 )); then\n"
        "        _describe -t commands 'dashcam command' commands\n"
        "        compadd -- " +
        joined(option_names(commands.front())) +
        "\n"
        "        return\n"
        "    fi\n"
        "    local command=$words[2]\n"
        "    shift words\n"
        "    (( CURRENT-- ))\n"
        "    case $command in\n";
    for (const DocumentedCommand& command : commands) {
        if (command.name.empty()) continue;
        text += "        " + command.name + ")\n            _arguments -s \\\n";
        for (const DocumentedOption& option : command.options) {
            const std::string action =
                option.choices.empty() ? "_files" : "(" + joined(option.choices) + ")";
            for (const std::string& name : option.names) {
                text += "                " +
                        single_quoted(name + "[" + zsh_help(option.help) + "]" +
                                      (option.takes_value ? ":value:" + action : "")) +
                        " \\\n";
            }
        }
        text += "                '*:file:_files'\n            ;;\n";
    }
    return text + "    esac\n}\n_dashcam \"$@\"\n";
}

std::string fish_completion(const std::vector<DocumentedCommand>& commands) {
    std::string text = "# Completion of dashcam for fish, made from the options of the program.\n";
    for (const DocumentedCommand& command : commands) {
        if (!command.name.empty()) {
            text += fmt::format("complete -c dashcam -f -n __fish_use_subcommand -a {} -d {}\n",
                                command.name, fish_quoted(command.help));
        }
        const std::string condition = command.name.empty()
                                          ? "__fish_use_subcommand"
                                          : "'__fish_seen_subcommand_from " + command.name + "'";
        for (const DocumentedOption& option : command.options) {
            if (option.names.empty()) continue;
            std::string line = "complete -c dashcam -n " + condition;
            for (const std::string& name : option.names)
                line += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
            if (!option.choices.empty()) {
                line += " -x -a " + fish_quoted(joined(option.choices));
            } else if (option.takes_value) {
                line += " -r";
            }
            text += line + " -d " + fish_quoted(option.help) + "\n";
        }
    }
    return text;
}

}  // namespace dashcam
