#pragma once

namespace dashcam {

// A worker that gets no memory must not go on: it would fail one task after the other, until each
// is set aside. It ends instead; what it leased is given back, the task that it was busy with
// counts one failed attempt, and main starts another worker.

// The worker's exit code, for main.
constexpr int kExitOutOfMemory = 72;

// From now on an operator new that gets no memory, in whatever library, ends the process.
void leave_when_out_of_memory();

// Ends the process at once, without allocating.
[[noreturn]] void leave_out_of_memory();

// After an error, which may be of memory that a library asked for in its own way: whether this
// process cannot even have what one task needs.
bool memory_is_short();

}  // namespace dashcam
