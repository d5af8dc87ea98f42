#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <thread>

#include "doctor/doctor.h"
#include "main/session_sizes.h"
#include "pipeline/control_region/control_region.h"
#include "pipeline/frame_store/frame_store.h"
#include "shared_memory/available_memory.h"
#include "shared_memory/shared_region.h"
#include "video/available_decoders.h"

namespace dashcam {
namespace {

// No clock that was ever set shows an earlier time than this: 2024-01-01.
constexpr std::time_t kEarliestTime = 1'704'067'200;

// Frames of the usual clips, for the sums.
constexpr FrameFormat kUsualFormat{.width = 1920, .height = 1080};

// Private memory of a process, measured in a run of 1080p clips (64 MiB, 10 MiB, 30 MiB for each
// decoder of H.264) and rounded up.
constexpr std::size_t kGpuWorkerBytes = std::size_t{100} << 20;
constexpr std::size_t kCpuWorkerBytes = std::size_t{24} << 20;
constexpr std::size_t kReaderBytes = std::size_t{48} << 20;
constexpr std::size_t kOtherProcessesBytes = std::size_t{60} << 20;

// Main holds, besides the usual three: regions, settings, pipe, epoll, signals, log, database with
// its log, and a pidfd for each child; each reader its clip. While it starts a child, copies of
// what is handed over lie above descriptor 20. OpenVINO in a worker opens fewer.
constexpr rlim_t kDescriptorsOfMain = 40;

Finding kernel() {
    utsname name{};
    uname(&name);
    const std::string version = fmt::format("{} {}", name.sysname, name.release);
    const auto broken = [&](const std::string& what) {
        return Finding{
            "kernel", Health::kBroken, version + ": " + what,
            "sudo apt-get install linux-image-amd64 && sudo reboot  # Linux 5.4 or newer"};
    };
    if (access("/proc/self/exe", R_OK) != 0) {
        return {"kernel", Health::kBroken, "/proc is not there, workers cannot be started",
                "sudo mount -t proc proc /proc"};
    }
    const auto region = SharedRegion::create("dashcam-doctor", 4096);
    if (!region.ok()) return broken(region.error().message);
    auto sealed = SharedRegion::create("dashcam-doctor", 4096);
    if (const auto done = sealed->seal_against_writers(); !done.ok())
        return broken(done.error().message);
    const auto pidfd = static_cast<int>(syscall(SYS_pidfd_open, getpid(), 0));
    if (pidfd < 0) return broken(std::string("pidfd_open fails: ") + std::strerror(errno));
    close(pidfd);
    return {"kernel", Health::kGood, version + " has what is needed", ""};
}

Finding clock_finding() {
    const std::time_t now = std::time(nullptr);
    const std::string text = fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(now));
    const std::string fix = "sudo timedatectl set-ntp true";
    if (now < kEarliestTime) {
        return {"clock", Health::kDoubtful,
                "the clock says " + text + ", which cannot be: times of runs will be wrong", fix};
    }
    timex state{};
    if (adjtimex(&state) == TIME_ERROR || (state.status & STA_UNSYNC) != 0)
        return {"clock", Health::kGood, text + "; not synchronised, as far as the kernel knows",
                ""};
    return {"clock", Health::kGood, text + ", synchronised", ""};
}

std::string mebibytes(std::size_t bytes) {
    return fmt::format("{} MiB", (bytes + 1'048'575) >> 20);
}

Finding memory(const Settings& settings) {
    const ControlSizes sizes = session_sizes(settings, kUsualFormat.bytes());
    const std::size_t shared = ControlRegion::bytes_needed(sizes) + FrameStore::bytes_needed(sizes);
    const std::size_t own = settings.num_gpu_workers * kGpuWorkerBytes +
                            settings.num_cpu_workers * kCpuWorkerBytes +
                            settings.num_video_readers * kReaderBytes + kOtherProcessesBytes;
    const std::uint64_t available = available_memory();
    const std::string text = fmt::format(
        "{} available; a run over 1080p clips takes about {} ({} shared, {} in {} processes)",
        mebibytes(available), mebibytes(shared + own), mebibytes(shared), mebibytes(own),
        settings.num_gpu_workers + settings.num_cpu_workers + 2);
    if (available >= shared + own) return {"memory", Health::kGood, text, ""};
    return {"memory", available >= shared ? Health::kDoubtful : Health::kBroken, text,
            "export DASHCAM_FRAME_STORE_MB=16 NUM_GPU_WORKERS=1 NUM_CPU_WORKERS=2 "
            "NUM_VIDEO_READERS=1"};
}

Finding descriptors(const Settings& settings) {
    rlimit limit{};
    getrlimit(RLIMIT_NOFILE, &limit);
    const rlim_t needed = kDescriptorsOfMain + settings.num_gpu_workers + settings.num_cpu_workers +
                          2 * settings.num_video_readers;
    const std::string text =
        limit.rlim_cur == RLIM_INFINITY
            ? std::string("no limit of open files")
            : fmt::format("{} open files allowed, about {} needed", limit.rlim_cur, needed);
    if (limit.rlim_cur >= needed) return {"descriptors", Health::kGood, text, ""};
    return {"descriptors", Health::kBroken, text,
            limit.rlim_max >= needed
                ? "ulimit -n 1024"
                : "sudo prlimit --pid $$ --nofile=1024:1024  # this shell's hard limit is too low"};
}

}  // namespace

Findings examine_system() { return {kernel(), clock_finding()}; }

Findings examine_limits(const Settings& settings) {
    return {memory(settings), descriptors(settings)};
}

Findings examine_video() {
    // What dashcams record, and what people convert it to.
    const DecoderInventory inventory =
        available_decoders({"h264", "hevc", "mjpeg", "mpeg4", "vp9", "av1"});
    std::string text = inventory.library + " decodes";
    for (const std::string& name : inventory.present) text += " " + name;
    if (inventory.missing.empty()) return {{"decoders", Health::kGood, text, ""}};
    text += ", but not";
    bool is_usual = false;
    for (const std::string& name : inventory.missing) {
        text += " " + name;
        is_usual = is_usual || name == "h264" || name == "hevc" || name == "mjpeg";
    }
    return {{"decoders", is_usual ? Health::kBroken : Health::kDoubtful, text,
             "sudo apt-get install --reinstall libavcodec59"}};
}

}  // namespace dashcam
