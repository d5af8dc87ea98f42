#include "evaluation/plate_counts.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>

#include "reading/plate_twins.h"
#include "reading/reading_clusters.h"

namespace dashcam {
namespace {

constexpr std::size_t kTop = 10;
// More groups than this are no table for people.
constexpr std::size_t kMostGroups = 12;
constexpr double kWidths_px[] = {0, 48, 64, 96, 160};
constexpr double kConfidences[] = {0, 0.5, 0.8, 0.9, 0.95, 0.98};

// The class that `value` lies in: limits ascend, the last one is open.
template <std::size_t N>
std::size_t bucket(const double (&limits)[N], double value) {
    return static_cast<std::size_t>(std::upper_bound(limits + 1, limits + N, value) - limits) - 1;
}

template <std::size_t N>
std::string bucket_name(const double (&limits)[N], std::size_t i, const char* unit) {
    return i + 1 == N ? fmt::format("{}{} and more", limits[i], unit)
                      : fmt::format("{} to {}{}", limits[i], limits[i + 1], unit);
}

ReportSection texts(const std::vector<PlateOutcome>& outcomes) {
    ReportSection section{"plates with a known text", {}, {}};
    Share exact{"exact"}, merged{"exact, O=0 and I=1"}, top{"among the 10 likeliest texts"};
    std::size_t errors = 0, characters = 0;
    for (const PlateOutcome& o : outcomes) {
        exact.count(o.exact());
        merged.count(o.exact_but_twins());
        const auto end =
            o.ranked.begin() + static_cast<std::ptrdiff_t>(std::min(kTop, o.ranked.size()));
        top.count(o.exact() || std::find(o.ranked.begin(), end, o.truth) != end);
        errors += edit_distance(o.shown, o.truth);
        characters += o.truth.size();
    }
    section.shares = {exact, merged, top};
    if (characters > 0) {
        section.figures.push_back({"character error rate",
                                   static_cast<double>(errors) / static_cast<double>(characters)});
    }
    return section;
}

ReportSection tiers(const std::vector<PlateOutcome>& outcomes) {
    ReportSection section{"right of the texts shown, by tier", {}, {}};
    for (const std::string tier : {"confirmed", "probable", "partial"}) {
        Share right{tier};
        for (const PlateOutcome& o : outcomes) {
            if (o.tier != tier) continue;
            const bool fits = o.shown.size() == o.truth.size() &&
                              std::equal(o.shown.begin(), o.shown.end(), o.truth.begin(),
                                         [](char a, char b) { return a == '?' || a == b; });
            right.count(tier == "partial" ? fits : o.exact());
        }
        section.shares.push_back(right);
    }
    Share shown{"shown at all"};
    for (const PlateOutcome& o : outcomes) shown.count(!o.shown.empty());
    section.shares.push_back(shown);
    return section;
}

ReportSection reliability(const std::vector<PlateOutcome>& outcomes) {
    ReportSection section{"reliability: right among those shown with this confidence", {}, {}};
    double error = 0;
    std::size_t all = 0;
    for (std::size_t i = 0; i < std::size(kConfidences); ++i) {
        Share right{bucket_name(kConfidences, i, "")};
        double sum = 0;
        for (const PlateOutcome& o : outcomes) {
            const bool is_whole = !o.shown.empty() && o.shown.find('?') == std::string::npos;
            if (!is_whole || bucket(kConfidences, o.confidence) != i) continue;
            right.count(o.exact());
            sum += o.confidence;
        }
        section.shares.push_back(right);
        if (right.of == 0) continue;
        const auto n = static_cast<double>(right.of);
        section.figures.push_back({"mean confidence, " + right.name, sum / n});
        error += std::abs(static_cast<double>(right.hits) - sum);
        all += right.of;
    }
    if (all > 0) {
        section.figures.push_back({"expected calibration error", error / static_cast<double>(all)});
    }
    return section;
}

// Exact by what `name_of` says of each; those without a name are left out.
void add_split(std::vector<ReportSection>& sections, const std::vector<PlateOutcome>& outcomes,
               const std::string& title,
               const std::function<std::string(const PlateOutcome&)>& name_of) {
    std::map<std::string, Share> shares;
    for (const PlateOutcome& o : outcomes) {
        const std::string name = name_of(o);
        if (name.empty()) continue;
        Share& share = shares[name];
        share.name = name;
        share.count(o.exact());
    }
    if (shares.empty() || shares.size() > kMostGroups) return;
    ReportSection section{"exact by " + title, {}, {}};
    for (const auto& [name, share] : shares) section.shares.push_back(share);
    sections.push_back(section);
}

}  // namespace

bool PlateOutcome::exact_but_twins() const { return without_twins(shown) == without_twins(truth); }

std::vector<ReportSection> count_plates(const std::vector<PlateOutcome>& outcomes) {
    std::vector<ReportSection> sections{texts(outcomes), tiers(outcomes), reliability(outcomes)};
    ReportSection widths{"exact by the plate's width", {}, {}};
    for (std::size_t i = 0; i < std::size(kWidths_px); ++i) {
        Share share{bucket_name(kWidths_px, i, " px")};
        for (const PlateOutcome& o : outcomes) {
            if (o.width_px > 0 && bucket(kWidths_px, o.width_px) == i) share.count(o.exact());
        }
        widths.shares.push_back(share);
    }
    sections.push_back(widths);
    add_split(sections, outcomes, "lines", [](const PlateOutcome& o) -> std::string {
        if (o.lines == 0) return "";
        return o.lines == 1 ? "one line" : "two lines";
    });
    add_split(sections, outcomes, "share of the picture's width",
              [](const PlateOutcome& o) -> std::string {
                  if (o.share_of_picture <= 0) return "";
                  return o.share_of_picture > 0.5 ? "wider than half the picture" : "narrower";
              });
    add_split(sections, outcomes, "vehicle found", [](const PlateOutcome& o) { return o.vehicle; });
    add_split(sections, outcomes, "group", [](const PlateOutcome& o) { return o.group; });
    return sections;
}

}  // namespace dashcam
