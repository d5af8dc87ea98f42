#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

enum class DiscrepancyState : std::uint8_t {
    kMoved,       // a clip: the same content lies elsewhere
    kGone,        // a clip that is nowhere
    kChanged,     // a clip whose content is another now
    kUnreadable,  // a clip or picture that is there and cannot be read
    kMissing,     // a picture that a row names
    kDamaged,     // a picture that is no whole JPEG
    kExtra,       // a file among the pictures that no row names
    kUnfinished,  // a clip whose processing was interrupted
};
// "moved", "gone", ...
std::string_view to_string(DiscrepancyState state);

// Something that is not as the rows say.
struct Discrepancy {
    DiscrepancyState state = DiscrepancyState::kGone;
    std::string path;    // of the clip or picture
    std::string detail;  // what to know or do about it
};

struct Verification {
    std::size_t clips = 0;
    std::size_t clips_right = 0;
    std::size_t pictures = 0;  // that rows name
    std::size_t pictures_right = 0;
    std::vector<Discrepancy> findings;  // clips first, each part ordered by path
};

struct VerifyOptions {
    std::string out;  // output folder that the pictures' paths start at
    // Clips to look through for those that are not where they were.
    std::vector<std::string> candidates;
};

// Compares a database's rows with the clips they were made from (all of their content, by its hash)
// and with the pictures on the disk. Changes nothing. Errors: the database cannot be read.
Result<Verification> verify_results(Store& store, const VerifyOptions& options);

// The clip with this content: where it was, else beside it under another name, else among
// `candidates`. An Error says whether it is gone or changed, and what to do.
struct FoundClip {
    std::string path;
    DiscrepancyState state = DiscrepancyState::kMoved;  // kMoved, kGone, kChanged or kUnreadable
    bool as_recorded = false;                           // it is where it was, and the same
    std::string detail;
};
FoundClip locate_clip(const VideoRow& video, const std::vector<std::string>& candidates);

// True for paths that a run may have given a picture: below crops/, without "..".
bool is_picture_path(const std::string& relative);

}  // namespace dashcam
