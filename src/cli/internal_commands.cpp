#include <memory>

#include "cli/commands.h"
#include "main/worker_roles.h"

namespace dashcam {
namespace {

struct RoleArguments {
    int main_pid = 0;
    int number = 1;
};

CLI::App* add_role(CLI::App& app, const char* name,
                   const std::shared_ptr<RoleArguments>& arguments) {
    CLI::App* command = app.add_subcommand(name, "started by 'dashcam run'")->group("");
    command->add_option("--main-pid", arguments->main_pid)->required();
    command->add_option("--number", arguments->number);
    return command;
}

}  // namespace

void add_internal_commands(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<RoleArguments>();
    const auto worker = [arguments](Pool pool) {
        return worker_main(pool, static_cast<std::uint8_t>(arguments->number), arguments->main_pid);
    };
    add_role(app, "internal-gpu-worker", arguments)->callback([&action, worker] {
        action = [worker] { return worker(Pool::kGpu); };
    });
    add_role(app, "internal-cpu-worker", arguments)->callback([&action, worker] {
        action = [worker] { return worker(Pool::kCpu); };
    });
    add_role(app, "internal-scheduler", arguments)->callback([&action, arguments] {
        action = [arguments] { return scheduler_main(arguments->main_pid); };
    });
}

}  // namespace dashcam
