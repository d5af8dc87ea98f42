// Writes vehicles with 24 readings each into a database, from one process or several, forgets them
// again, and prints the rates. Usage: store_benchmark URL|private [VEHICLES [PROCESSES]]; "private"
// starts a PostgreSQL server of its own. The database may hold other rows, which stay: those of
// database_benchmark, for instance.
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "stores/store.h"
#include "stores/testing/private_postgres.h"
#include "stores/testing/sample_rows.h"

namespace dashcam {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kReadings = 24;  // as many as a track keeps

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

// Not among the clips of other benchmarks.
std::string video_id() { return sample_id(4'000'000'000); }

Result<void> write(const std::string& url, std::uint32_t vehicles, std::uint32_t first) {
    TRY_ASSIGN(const std::unique_ptr<Store> store, open_store(url, Access::kReadWrite));
    Random random(first);
    for (std::uint32_t i = 0; i < vehicles; ++i) {
        const VehicleRow row = sample_vehicle(random, video_id(), first + i);
        TRY(store->write_vehicle(row, sample_readings(random, row, kReadings)));
    }
    return {};
}

Result<void> read_all(const std::string& url, std::uint32_t vehicles) {
    TRY_ASSIGN(const std::unique_ptr<Store> store, open_store(url, Access::kReadOnly));
    TRY_ASSIGN(const std::vector<VideoRow> videos, store->videos());
    if (videos.size() > 1) return {};  // too much to hold as text
    const auto reading = Clock::now();
    TRY_ASSIGN(const std::string text, dump(*store));
    const double reading_s = seconds_since(reading);
    std::printf("dump: %.1f MB, %.2f s, %.0f rows/s\n", static_cast<double>(text.size()) * 1e-6,
                reading_s, vehicles * (kReadings + 1.0) / reading_s);
    return {};
}

// Half of them one by one in one transaction, as by plate; the rest with their clip.
Result<void> forget_all(const std::string& url, std::uint32_t vehicles) {
    TRY_ASSIGN(const std::unique_ptr<Store> store, open_store(url, Access::kReadWrite));
    ForgetRequest some, rest;
    for (std::uint32_t track = 1; track <= vehicles / 2; ++track)
        some.vehicles.push_back({video_id(), track});
    rest.videos = {video_id()};
    for (const auto& [name, request] : {std::pair{"vehicles", &some}, {"a clip", &rest}}) {
        const auto start = Clock::now();
        TRY_ASSIGN(const Forgotten gone, store->forget(*request, [] { return Result<void>(); }));
        const double seconds = seconds_since(start);
        std::printf("forget %s: %lld vehicles with %lld readings, %.2f s, %.0f vehicles/s\n", name,
                    static_cast<long long>(gone.vehicles), static_cast<long long>(gone.readings),
                    seconds, static_cast<double>(gone.vehicles) / seconds);
    }
    return {};
}

Result<void> benchmark(const std::string& url, std::uint32_t vehicles, std::uint32_t processes) {
    {
        TRY_ASSIGN(const std::unique_ptr<Store> store, open_store(url, Access::kReadWrite));
        Random random(1);
        TRY(store->begin_video(sample_video(random, video_id())));
    }
    const auto start = Clock::now();
    for (std::uint32_t i = 0; i < processes; ++i) {
        if (fork() != 0) continue;
        const auto written = write(url, vehicles, i * vehicles + 1);
        if (!written) std::fprintf(stderr, "%s\n", written.error().message.c_str());
        _exit(written.ok() ? 0 : 1);
    }
    for (std::uint32_t i = 0; i < processes; ++i) {
        int status = 0;
        if (wait(&status) < 0 || status != 0) return Error{"a writer failed"};
    }
    const double writing_s = seconds_since(start);
    const std::uint32_t all = vehicles * processes;
    std::printf(
        "%u vehicles with %u readings each, %u processes: %.2f s, %.0f vehicles/s, %.0f rows/s\n",
        all, kReadings, processes, writing_s, all / writing_s, all * (kReadings + 1.0) / writing_s);
    TRY(read_all(url, all));
    return forget_all(url, all);
}

Result<void> run(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "";
    const auto vehicles = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 1000);
    const auto processes = static_cast<std::uint32_t>(argc > 3 ? std::atoi(argv[3]) : 1);
    if (url != "private") return benchmark(url, vehicles, processes);
    TRY_ASSIGN(const std::unique_ptr<PrivatePostgres> server, PrivatePostgres::create());
    return benchmark(server->url(), vehicles, processes);
}

}  // namespace
}  // namespace dashcam

int main(int argc, char** argv) {
    const auto done = dashcam::run(argc, argv);
    if (!done) std::fprintf(stderr, "store_benchmark: %s\n", done.error().message.c_str());
    return done.ok() ? 0 : 1;
}
