// A library for LD_PRELOAD that lets calls of an unchanged program fail, hang or crash, for tests:
//
//   DASHCAM_TEST_FAULTS=RULE[;RULE...]   RULE = CALL|MATCH|ACTION|WHEN
//     CALL    open, read, pwrite64, unlink, send, avformat_open_input, infer, or lock: one between
//             processes was just taken
//     MATCH   a part of the file's path; for send: of "socket:"; for infer: empty; for lock: of the
//             process's role
//     ACTION  crash (SIGSEGV), kill (SIGKILL), stop (SIGSTOP), hang (never returns), slow (3 s)
//     WHEN    empty: always; if:PATH: while that file exists;
//             once:PATH: if that file did not exist, which is made; at:N: the Nth time that a rule
//             with this WHEN is met in this process, from 1
//   DASHCAM_TEST_CLOCK=jump               the wall clock jumps by years with every look
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>

namespace {

template <typename Function>
Function next(const char* name) {
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

int real_open(const char* path, int flags, mode_t mode) {
    static const auto original = next<int (*)(const char*, int, ...)>("open");
    return original(path, flags, mode);
}

bool is_due(const std::string& when) {
    if (when.empty()) return true;
    if (when.rfind("at:", 0) == 0) {
        static int times = 0;
        return ++times == std::atoi(when.c_str() + 3);
    }
    if (when.rfind("if:", 0) == 0) return access(when.c_str() + 3, F_OK) == 0;
    if (when.rfind("once:", 0) != 0) return false;
    const int file = real_open(when.c_str() + 5, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file >= 0) close(file);
    return file >= 0;
}

void act(const std::string& action) {
    if (action == "crash") {
        *static_cast<volatile int*>(nullptr) = 1;
    } else if (action == "kill") {
        kill(getpid(), SIGKILL);
    } else if (action == "stop") {
        raise(SIGSTOP);
    } else if (action == "hang") {
        for (;;) pause();
    } else if (action == "slow") {
        const timespec three_seconds{3, 0};
        nanosleep(&three_seconds, nullptr);
    }
}

void meet(const char* call, const char* path) {
    static const char* const kRules = std::getenv("DASHCAM_TEST_FAULTS");
    if (kRules == nullptr || path == nullptr) return;
    std::string rules = kRules;
    while (!rules.empty()) {
        const std::size_t end = rules.find(';');
        std::string rule = rules.substr(0, end);
        rules = end == std::string::npos ? "" : rules.substr(end + 1);
        std::string part[4];
        for (std::string& field : part) {
            const std::size_t bar = rule.find('|');
            field = rule.substr(0, bar);
            rule = bar == std::string::npos ? "" : rule.substr(bar + 1);
        }
        if (part[0] == call && std::strstr(path, part[1].c_str()) != nullptr && is_due(part[3]))
            act(part[2]);
    }
}

void meet_file(const char* call, int descriptor) {
    if (std::getenv("DASHCAM_TEST_FAULTS") == nullptr) return;
    char link[64], path[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    const ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = '\0';
    meet(call, path);
}

// By glibc's layout: such a lock is the queue's.
void meet_lock(const pthread_mutex_t* mutex) {
    constexpr int kRobust = 0x10;
    if (std::getenv("DASHCAM_TEST_FAULTS") == nullptr || (mutex->__data.__kind & kRobust) == 0)
        return;
    static const std::string role = [] {
        std::string text(4096, '\0');
        const int file = real_open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC, 0);
        const ssize_t bytes = file < 0 ? 0 : pread(file, text.data(), text.size(), 0);
        if (file >= 0) close(file);
        text.resize(bytes > 0 ? static_cast<std::size_t>(bytes) : 0);
        const std::size_t first = text.find('\0') + 1;
        return text.substr(first, text.find('\0', first) - first);
    }();
    meet("lock", role.c_str());
}

bool clock_jumps() {
    static const bool jumps = std::getenv("DASHCAM_TEST_CLOCK") != nullptr;
    return jumps;
}

// Years forth and back, a different number each time.
time_t jump() {
    static thread_local unsigned looks = 0;
    constexpr time_t kYear_s = 365 * 86400;
    ++looks;
    return kYear_s * static_cast<time_t>(looks * 7 % 21) - 10 * kYear_s;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
    va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    meet("open", path);
    return real_open(path, flags, mode);
}

ssize_t read(int descriptor, void* buffer, size_t bytes) {
    static const auto original = next<ssize_t (*)(int, void*, size_t)>("read");
    meet_file("read", descriptor);
    return original(descriptor, buffer, bytes);
}

ssize_t pwrite64(int descriptor, const void* buffer, size_t bytes, off64_t offset) {
    static const auto original = next<ssize_t (*)(int, const void*, size_t, off64_t)>("pwrite64");
    meet_file("pwrite64", descriptor);
    return original(descriptor, buffer, bytes, offset);
}

int unlink(const char* path) noexcept {
    static const auto original = next<int (*)(const char*)>("unlink");
    meet("unlink", path);
    return original(path);
}

ssize_t send(int socket, const void* buffer, size_t bytes, int flags) {
    static const auto original = next<ssize_t (*)(int, const void*, size_t, int)>("send");
    meet("send", "socket:");
    return original(socket, buffer, bytes, flags);
}

int avformat_open_input(void** context, const char* url, const void* format, void** options) {
    static const auto original =
        next<int (*)(void**, const char*, const void*, void**)>("avformat_open_input");
    meet("avformat_open_input", url);
    return original(context, url, format, options);
}

int clock_gettime(clockid_t clock, timespec* now) {
    static const auto original = next<int (*)(clockid_t, timespec*)>("clock_gettime");
    const int result = original(clock, now);
    if (clock == CLOCK_REALTIME && clock_jumps()) now->tv_sec += jump();
    return result;
}

time_t time(time_t* to) {
    timespec now{};
    clock_gettime(CLOCK_REALTIME, &now);
    if (to != nullptr) *to = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(timeval* now, void*) {
    timespec precise{};
    clock_gettime(CLOCK_REALTIME, &precise);
    *now = {precise.tv_sec, precise.tv_nsec / 1000};
    return 0;
}

int pthread_mutex_trylock(pthread_mutex_t* mutex) noexcept {
    static const auto original = next<int (*)(pthread_mutex_t*)>("pthread_mutex_trylock");
    const int result = original(mutex);
    if (result == 0) meet_lock(mutex);
    return result;
}

int pthread_mutex_clocklock(pthread_mutex_t* mutex, clockid_t clock,
                            const timespec* deadline) noexcept {
    static const auto original =
        next<int (*)(pthread_mutex_t*, clockid_t, const timespec*)>("pthread_mutex_clocklock");
    const int result = original(mutex, clock, deadline);
    if (result == 0) meet_lock(mutex);
    return result;
}

// ov::InferRequest::infer(), by the name that the linker knows.
void infer_of_openvino(void* request) asm("_ZN2ov12InferRequest5inferEv");
void infer_of_openvino(void* request) {
    static const auto original = next<void (*)(void*)>("_ZN2ov12InferRequest5inferEv");
    meet("infer", "");
    original(request);
}

}  // extern "C"
