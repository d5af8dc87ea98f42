// The central task queue between processes: tasks a second that are admitted, claimed and
// completed.
//
//     queue_benchmark [--seconds S]
//
// One JSON line for each configuration. Payloads are full (2048 bytes), as a frame's task has them.
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <vector>

#include "benchmarks/measure.h"
#include "pipeline/task_queue/task_queue.h"

namespace dashcam::benchmark {
namespace {

struct Shape {
    const char* name;
    int processes;  // that admit, claim and complete
    std::size_t batch;
    bool producer;  // one process more that only admits; the others only work
};

constexpr Shape kShapes[] = {
    {"1 process does all, batches of 4", 1, 4, false},
    {"2 processes do all, batches of 4", 2, 4, false},
    {"4 processes do all, batches of 4", 4, 4, false},
    {"4 processes do all, one at a time", 4, 1, false},
    {"1 producer, 4 workers, batches of 4", 4, 4, true},
};

constexpr std::uint32_t kTaskSlots = 256;
constexpr std::uint32_t kMostWaiting = 128;

ControlRegion make_queue() {
    ControlSizes sizes;
    sizes.task_slots = kTaskSlots;
    sizes.frame_slots = 4;
    sizes.streams = 1;
    sizes.tracks_per_stream = 1;
    sizes.workers = 8;
    sizes.births_per_task = 1;
    sizes.frame_slot_bytes = 64;
    sizes.stream_state_bytes = 64;
    sizes.track_state_bytes = 64;
    Result<ControlRegion> control = create_queue(sizes, {});
    if (!control.ok()) {
        std::fprintf(stderr, "queue_benchmark: %s\n", control.error().message.c_str());
        std::exit(1);
    }
    return std::move(control).value();
}

bool over(const ControlRegion& control) {
    return control.header().stop.load(std::memory_order_relaxed) != 0;
}

void admit_some(TaskQueue& queue, const TaskSpec& spec, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) queue.admit(0, spec);
}

std::size_t work_some(TaskQueue& queue, std::size_t batch) {
    std::uint32_t claimed[16];
    const Completion nothing;
    const std::size_t count = queue.claim(Category::kVehicleDetect, {claimed, batch});
    for (std::size_t i = 0; i < count; ++i) queue.complete(claimed[i], nothing);
    return count;
}

void run_process(const ControlRegion& control, std::uint8_t number, const Shape& shape) {
    TaskQueue queue(control, number);
    TaskSpec spec;
    spec.category = Category::kVehicleDetect;
    const bool works = !shape.producer || number > 1;
    const bool admits = !shape.producer || number == 1;
    CategoryQueue& mine = control.header().queues[index(Category::kVehicleDetect)];
    while (!over(control)) {
        if (admits && mine.claimable.load(std::memory_order_relaxed) < kMostWaiting)
            admit_some(queue, spec, shape.batch);
        else if (!works)
            usleep(20);
        if (works && work_some(queue, shape.batch) == 0 && !admits) usleep(20);
    }
}

// Tasks a second.
double measure(const Shape& shape, double seconds) {
    const ControlRegion control = make_queue();
    TaskQueue main_queue(control, 0);
    main_queue.open_stream({});
    std::vector<pid_t> children;
    const int processes = shape.processes + (shape.producer ? 1 : 0);
    for (int i = 1; i <= processes; ++i) {
        const pid_t child = fork();
        if (child == 0) {
            run_process(control, static_cast<std::uint8_t>(i), shape);
            _exit(0);
        }
        children.push_back(child);
    }
    const CategoryQueue& queue = control.header().queues[index(Category::kVehicleDetect)];
    usleep(50'000);
    const std::uint64_t before = queue.done.load();
    const std::int64_t start = monotonic_ns();
    usleep(static_cast<useconds_t>(seconds * 1e6));
    const std::uint64_t done = queue.done.load() - before;
    const double elapsed_s = static_cast<double>(monotonic_ns() - start) / 1e9;
    control.header().stop.store(1);
    for (const pid_t child : children) waitpid(child, nullptr, 0);
    return static_cast<double>(done) / elapsed_s;
}

}  // namespace
}  // namespace dashcam::benchmark

int main(int argc, char** argv) {
    using namespace dashcam::benchmark;
    double seconds = 0.5;
    if (argc == 3 && std::strcmp(argv[1], "--seconds") == 0) seconds = std::atof(argv[2]);
    for (const Shape& shape : kShapes) {
        std::vector<double> rates;
        for (int i = 0; i < 5; ++i) rates.push_back(measure(shape, seconds));
        print(figure_of(shape.name, "tasks/s", std::move(rates)));
    }
    return 0;
}
