#include "evaluation/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace dashcam {
namespace {

using nlohmann::json;

double ratio(const Share& share) {
    return share.of == 0 ? 0 : static_cast<double>(share.hits) / static_cast<double>(share.of);
}

json section_json(const ReportSection& section) {
    json out;
    for (const Share& share : section.shares) {
        const Interval interval = wilson_interval(share.hits, share.of);
        out[share.name] = {{"hits", share.hits},
                           {"of", share.of},
                           {"share", share.of == 0 ? json() : json(ratio(share))},
                           {"low", interval.low},
                           {"high", interval.high}};
    }
    for (const Figure& figure : section.figures) out[figure.name] = figure.value;
    return out;
}

}  // namespace

Interval wilson_interval(std::uint64_t hits, std::uint64_t of) {
    if (of == 0) return {};
    constexpr double kZ = 1.959963984540054;  // 97.5th percentile of the normal distribution
    const auto n = static_cast<double>(of);
    const double p = static_cast<double>(hits) / n;
    const double middle = p + kZ * kZ / (2 * n);
    const double spread = kZ * std::sqrt(p * (1 - p) / n + kZ * kZ / (4 * n * n));
    const double scale = 1 + kZ * kZ / n;
    return {std::max(0.0, (middle - spread) / scale), std::min(1.0, (middle + spread) / scale)};
}

std::string report_text(const EvaluationReport& report, ListVerdicts verdicts) {
    std::string out = fmt::format("{} ({})\n", report.folder, report.kind);
    std::size_t width = 0;
    for (const ReportSection& section : report.sections) {
        for (const Share& share : section.shares) width = std::max(width, share.name.size());
        for (const Figure& figure : section.figures) width = std::max(width, figure.name.size());
    }
    for (const ReportSection& section : report.sections) {
        out += fmt::format("  {}\n", section.title);
        for (const Share& share : section.shares) {
            const Interval interval = wilson_interval(share.hits, share.of);
            out += share.of == 0
                       ? fmt::format("    {:<{}}  none\n", share.name, width)
                       : fmt::format("    {:<{}}  {:>5} of {:<5} {:5.1f} %  ({:.1f} to {:.1f} %)\n",
                                     share.name, width, share.hits, share.of, 100 * ratio(share),
                                     100 * interval.low, 100 * interval.high);
        }
        for (const Figure& figure : section.figures)
            out += fmt::format("    {:<{}}  {:.4g}\n", figure.name, width, figure.value);
    }
    for (const Verdict& v : report.verdicts) {
        const bool is_listed = verdicts == ListVerdicts::kAll ||
                               (verdicts == ListVerdicts::kErrors && v.verdict != "exact");
        if (!is_listed) continue;
        out += fmt::format(
            "  {}  {}  {}  {} {} {:.2f}  {}\n", v.place, v.truth.empty() ? "-" : v.truth, v.verdict,
            v.shown.empty() ? "-" : v.shown, v.tier.empty() ? "-" : v.tier, v.confidence, v.note);
    }
    for (const std::string& problem : report.problems)
        out += "  could not be used: " + problem + "\n";
    return out;
}

std::string report_json(const std::vector<EvaluationReport>& reports) {
    json array = json::array();
    for (const EvaluationReport& report : reports) {
        json sections = json::object();
        for (const ReportSection& section : report.sections)
            sections[section.title] = section_json(section);
        json verdicts = json::array();
        for (const Verdict& v : report.verdicts) {
            verdicts.push_back({{"place", v.place},
                                {"truth", v.truth},
                                {"verdict", v.verdict},
                                {"shown", v.shown},
                                {"tier", v.tier},
                                {"confidence", v.confidence},
                                {"note", v.note}});
        }
        array.push_back({{"folder", report.folder},
                         {"kind", report.kind},
                         {"sections", sections},
                         {"verdicts", verdicts},
                         {"problems", report.problems}});
    }
    return array.dump(2, ' ', false, json::error_handler_t::replace) + "\n";
}

}  // namespace dashcam
