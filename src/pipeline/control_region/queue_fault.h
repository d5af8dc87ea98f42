#pragma once

namespace dashcam {

// What an operation met under the queue's lock that cannot be: somebody else wrote into the region.
// Thrown. A worker aborts at the end of its lock, while it still holds it; for main the region is
// given up (Damage::kLinks) and its session ends in order.
struct QueueFault {
    const char* file;
    int line;
    const char* expression;
};

// The one under way, for a worker's message.
inline thread_local QueueFault last_queue_fault{};

[[noreturn]] inline void meet_queue_fault(const char* file, int line, const char* expression) {
    last_queue_fault = {file, line, expression};
    throw QueueFault{file, line, expression};
}

}  // namespace dashcam

// Of what lies in shared memory; what a caller has to keep is a CHECK.
#define QUEUE_CHECK(expression)                                                          \
    do {                                                                                 \
        if (!(expression)) ::dashcam::meet_queue_fault(__FILE__, __LINE__, #expression); \
    } while (false)
