#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dashcam {

// Interval of a share, 0 to 1.
struct Interval {
    double low = 0;
    double high = 1;
};

// 95 % interval of `hits` out of `of` (Wilson 1927); 0 to 1 if `of` is 0.
Interval wilson_interval(std::uint64_t hits, std::uint64_t of);

// So many out of so many.
struct Share {
    std::string name;
    std::uint64_t hits = 0;
    std::uint64_t of = 0;

    void count(bool hit) {
        hits += hit ? 1 : 0;
        ++of;
    }
};

// A number that is no share.
struct Figure {
    std::string name;
    double value = 0;
};

// What was counted under one heading.
struct ReportSection {
    std::string title;
    std::vector<Share> shares;
    std::vector<Figure> figures;
};

// One plate of the truth, or one that is not in it, and what became of it.
struct Verdict {
    std::string place;    // picture or clip
    std::string truth;    // text; empty: not in the truth
    std::string verdict;  // "exact", "wrong", "missed", ...
    std::string shown;    // text that was read
    std::string tier;
    double confidence = 0;
    std::string note;  // when or where
};

// All that `dashcam evaluate` says of one folder.
struct EvaluationReport {
    std::string folder;
    std::string kind;  // "pictures", "crops" or "clips"
    std::vector<ReportSection> sections;
    std::vector<Verdict> verdicts;
    std::vector<std::string> problems;  // files that could not be used
};

// For people. The verdicts that are not "exact" are listed if `verdicts` is kErrors, all if kAll.
enum class ListVerdicts { kNone, kErrors, kAll };
std::string report_text(const EvaluationReport& report, ListVerdicts verdicts);
// For programs: an array with an object for each report, all verdicts in it.
std::string report_json(const std::vector<EvaluationReport>& reports);

}  // namespace dashcam
