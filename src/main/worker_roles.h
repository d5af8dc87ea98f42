#pragma once

#include <sys/types.h>

#include <cstdint>

#include "pipeline/workers/worker_loop.h"
#include "settings/settings.h"

namespace dashcam {

// The other roles of this program. Each attaches to what main handed over, does its loop and
// returns the exit code.

// Exit codes of workers, for main.
constexpr int kExitLeft = 0;  // `terminate` was raised
constexpr int kExitCannotAttach = 70;
constexpr int kExitCannotLoad = 71;  // a model or the database; its farewell says why

// Loads the stages of both pools as the settings say: networks, crop folder, database.
StageLoader make_stage_loader(const Settings& settings);

// `make_loader`: another one for tests.
int worker_main(Pool pool, std::uint8_t number, pid_t main_pid,
                StageLoader (*make_loader)(const Settings&) = make_stage_loader);
int scheduler_main(pid_t main_pid);

}  // namespace dashcam
