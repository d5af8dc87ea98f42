#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "shared_memory/monotonic_clock.h"

namespace dashcam::benchmark {

// One figure in the programs' output: a line of JSON.
struct Figure {
    std::string name;
    std::string unit;
    double median = 0;
    double low = 0;   // 10th percentile
    double high = 0;  // 90th percentile
    std::size_t samples = 0;
};

inline Figure figure_of(std::string name, std::string unit, std::vector<double> values) {
    std::sort(values.begin(), values.end());
    const auto at = [&](double share) {
        return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
    };
    return {std::move(name), std::move(unit), at(0.5), at(0.1), at(0.9), values.size()};
}

inline void print(const Figure& figure) {
    std::printf(
        "{\"name\": \"%s\", \"unit\": \"%s\", \"median\": %.6g, \"low\": %.6g, \"high\": %.6g, "
        "\"samples\": %zu}\n",
        figure.name.c_str(), figure.unit.c_str(), figure.median, figure.low, figure.high,
        figure.samples);
    std::fflush(stdout);
}

// Processor time of `work` in milliseconds, called again and again for `seconds`, after a first
// call that does not count. Processor time, not wall time: other programs may run beside it.
template <typename Work>
Figure time_of(std::string name, double seconds, Work work) {
    work();
    std::vector<double> values;
    const std::int64_t end = monotonic_ns() + static_cast<std::int64_t>(seconds * 1e9);
    while (monotonic_ns() < end || values.size() < 5) {
        const std::int64_t before = thread_cpu_ns();
        work();
        values.push_back(static_cast<double>(thread_cpu_ns() - before) / 1e6);
    }
    return figure_of(std::move(name), "ms", std::move(values));
}

}  // namespace dashcam::benchmark
