#pragma once

namespace dashcam {

// Parses the command line and runs the command. Returns the exit code (exit_codes.h).
int run_command_line(int argc, char** argv);

}  // namespace dashcam
