#pragma once

#include <sys/types.h>

#include <cstdint>

#include "settings/settings.h"
#include "pipeline/workers/worker_loop.h"

namespace dashcam {

// The other roles of this program. Each attaches to what main handed over, does its loop and
// returns the exit code.

// Exit codes of workers, for main.
constexpr int kExitLeft = 0;  // `terminate` was raised
constexpr int kExitCannotAttach = 70;
constexpr int kExitCannotLoad = 71;  // a model or the database; its farewell says why

int worker_main(Pool pool, std::uint8_t number, pid_t main_pid);
int scheduler_main(pid_t main_pid);

// Loads the stages of both pools as the settings say: networks, crop folder, database.
StageLoader make_stage_loader(const Settings& settings);

}  // namespace dashcam
