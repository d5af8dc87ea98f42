#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "stores/store.h"

namespace dashcam {

enum class PicturesInPage {
    kEmbed,  // as many as fit into the budget, smaller than they are; the others are linked
    kLink,   // by addresses relative to the page
    kNone,
};

enum class Overwrite { kOwnOnly, kAnything };

struct ReportOptions {
    std::string file;             // where the page goes
    std::string pictures_folder;  // the output folder, which pictures' paths start at
    std::string database;         // for the page's last line, without a password
    std::string generated;        // when, for the same line
    PicturesInPage pictures = PicturesInPage::kEmbed;
    std::uint64_t budget_bytes = 48u << 20;     // of the embedded pictures
    Overwrite overwrite = Overwrite::kOwnOnly;  // a file that is no report is kept
};

struct ReportOutcome {
    std::size_t clips = 0;
    std::size_t vehicles = 0;
    std::size_t embedded = 0;
    std::size_t linked = 0;
    std::size_t missing = 0;  // pictures that rows name and that are not there, or damaged
    std::uint64_t bytes = 0;  // of the page
};

// Writes one HTML file with every clip and vehicle of the database, that needs no other file (but
// linked pictures) and no network. It appears whole or not at all. Errors: the database cannot be
// read, the file cannot be written, or something else of that name is there.
Result<ReportOutcome> write_report(Store& store, const ReportOptions& options);

}  // namespace dashcam
