#include "reading/reading_clusters.h"

#include <algorithm>
#include <array>
#include <limits>

namespace dashcam {
namespace {

// A reading belongs to a leader from whose text it differs by at most this share of the longer one.
// Two plates of one length differ in 5 to 7 of 7 characters, blurred readings of one plate rarely
// in more than 3.
constexpr double kSameText = 0.5;
constexpr std::size_t kShortestText = 2;

}  // namespace

std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row[b.size()];
}

std::vector<ReadingCluster> cluster_readings(std::span<const QualifiedText> readings) {
    std::vector<ReadingCluster> clusters;
    for (std::size_t r = 0; r < readings.size(); ++r) {
        const std::string& text = readings[r].text;
        if (text.size() < kShortestText) continue;
        ReadingCluster* nearest = nullptr;
        double least = std::numeric_limits<double>::max();
        for (ReadingCluster& cluster : clusters) {
            const std::string& leader = readings[cluster.members.front()].text;
            const double share = static_cast<double>(edit_distance(text, leader)) /
                                 static_cast<double>(std::max(text.size(), leader.size()));
            if (share <= kSameText && share < least) {
                least = share;
                nearest = &cluster;
            }
        }
        if (nearest == nullptr) nearest = &clusters.emplace_back();
        nearest->members.push_back(r);
        nearest->mass += readings[r].quality;
    }
    std::stable_sort(
        clusters.begin(), clusters.end(),
        [](const ReadingCluster& a, const ReadingCluster& b) { return a.mass > b.mass; });
    return clusters;
}

}  // namespace dashcam
