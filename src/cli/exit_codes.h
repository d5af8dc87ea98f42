#pragma once

namespace dashcam {

// Exit codes of the program; the README lists them.
constexpr int kExitOk = 0;
constexpr int kExitSomeFailed = 1;     // the command ran, but something could not be processed
constexpr int kExitUsage = 2;          // wrong arguments or settings
constexpr int kExitCannotRun = 3;      // database, output folder, memory, models
constexpr int kExitGaveUp = 4;         // workers kept dying, or a video reader is stuck in the system
constexpr int kExitInterrupted = 130;  // as a shell reports SIGINT

}  // namespace dashcam
