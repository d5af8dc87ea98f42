#pragma once

#include <string>

namespace dashcam {

// What a dying thread leaves in a file: a line with the text that it set before. For SIGSEGV,
// SIGABRT, SIGBUS, SIGILL and SIGFPE of this process's own making:
//   "crash\tTEXT\n", or "crash\n" by a thread that set no text;
// if another process sent the signal: "outside\n". The signal then has its usual effect.

// Installs the handlers; `descriptor` must stay open. Called once, before threads are started.
void install_crash_marks(int descriptor);
// Marks are not written any more.
void remove_crash_marks();

// Of the calling thread; "" for none. Also gives it a stack of its own for the handler, so that a
// stack that ran over is marked as well.
void set_crash_mark(const std::string& text);

}  // namespace dashcam
