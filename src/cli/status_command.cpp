#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "cli/commands.h"
#include "cli/complain.h"
#include "cli/exit_codes.h"
#include "cli/status_json.h"
#include "main/run_finder.h"
#include "pipeline/scheduler/live_display.h"
#include "pipeline/scheduler/processor_load.h"
#include "shared_memory/monotonic_clock.h"

namespace dashcam {
namespace {

constexpr auto kTick = std::chrono::milliseconds(50);
// Rates and shares need some moments before they say anything.
constexpr int kTicksBeforeAPicture = 20;
constexpr int kTicksOfLiveDisplay = 10;
constexpr int kTicksOfLines = 100;
constexpr int kTicksOfJson = 20;
// Where stdout is no terminal, lines are as long as the whole picture needs.
constexpr ScreenSize kPaper{160, 200};

struct StatusArguments {
    std::string out;
    bool json = false;
    bool watch = false;
};

// Looks at a run for as long as it lasts.
class Onlooker {
  public:
    Onlooker(FoundRun run, const StatusArguments& arguments)
        : run_(std::move(run)),
          arguments_(arguments),
          is_terminal_(isatty(STDOUT_FILENO) != 0),
          colour_(is_terminal_ ? colour_of_environment() : Colour::kNo),
          display_(colour_) {}

    int look() {
        (void)processor_.sample();
        for (int tick = 0; tick < kTicksBeforeAPicture; ++tick) {
            observe(kTicksBeforeAPicture - 1);
            std::this_thread::sleep_for(kTick);
        }
        show_once();
        if (!arguments_.watch) return kExitOk;
        for (int tick = 1;; ++tick) {
            std::this_thread::sleep_for(kTick);
            observe(kTicksOfLiveDisplay);
            if (!go_on()) break;
            if (tick % interval() == 0) show_once();
        }
        fmt::print(stderr, "the run has ended\n");
        return kExitOk;
    }

  private:
    int interval() const {
        if (arguments_.json) return kTicksOfJson;
        return is_terminal_ ? kTicksOfLiveDisplay : kTicksOfLines;
    }

    void observe(int ticks_of_load) {
        if (++ticks_ % ticks_of_load == 0) load_ = processor_.sample();
        snapshot_ = take_snapshot(run_.control);
        motion_.update(snapshot_, monotonic_ns(), load_);
    }

    // A run may go on in new memory: the same process, another region.
    bool go_on() {
        if (is_alive(run_.pid) && !snapshot_.terminating) return true;
        const pid_t pid = run_.pid;
        auto next = find_run(run_.settings.out);
        if (!next.ok() || next->pid != pid || take_snapshot(next->control).terminating)
            return false;
        run_ = std::move(next).value();
        motion_ = RunMotion();
        return true;
    }

    void show_once() {
        const HudView view{snapshot_, motion_.rates(), run_.settings.gpu_batch};
        if (arguments_.json) {
            const std::string text = status_json(run_, view);
            std::fwrite(text.data(), 1, text.size(), stdout);
        } else if (arguments_.watch && is_terminal_) {
            const ScreenSize screen = screen_size();
            display_.draw(hud_lines(view, screen), screen);
        } else if (arguments_.watch) {
            fmt::print("{}\n", hud_plain_line(view));
        } else {
            const ScreenSize screen{is_terminal_ ? screen_size().columns : kPaper.columns,
                                    kPaper.rows};
            for (const HudLine& line : hud_lines(view, screen))
                fmt::print("{}\n", rendered(line, colour_));
        }
        std::fflush(stdout);
    }

    FoundRun run_;
    StatusArguments arguments_;
    bool is_terminal_;
    Colour colour_;
    LiveDisplay display_;
    ProcessorLoad processor_;
    std::optional<double> load_;
    RunMotion motion_;
    RunSnapshot snapshot_;
    int ticks_ = 0;
};

int show_status(const StatusArguments& arguments) {
    Result<FoundRun> run = find_run(arguments.out);
    if (!run.ok()) return complain(run.error().message, kExitSomeFailed);
    return Onlooker(std::move(run).value(), arguments).look();
}

}  // namespace

void add_status_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<StatusArguments>();
    CLI::App* command = app.add_subcommand("status", "Look at a run that is going on");
    command->add_option("--out", arguments->out,
                        "output folder of the run; needed only if there are several");
    command->add_flag("--watch", arguments->watch, "keep looking until the run ends");
    command->add_flag("--json", arguments->json,
                      "an object on one line; with --watch, one every second");
    command->footer(
        "Looking cannot disturb the run: its memory is opened for reading only. Only runs of the\n"
        "same user on this machine are found.\n"
        "Examples:\n"
        "  dashcam status\n"
        "  dashcam status --watch\n"
        "  dashcam status --out trip --json\n"
        "Exit codes: 0 shown, 1 no such run, or several.");
    command->callback(
        [&action, arguments] { action = [arguments] { return show_status(*arguments); }; });
}

}  // namespace dashcam
