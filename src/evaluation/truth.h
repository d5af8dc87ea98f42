#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/geometry.h"
#include "base/result.h"

namespace dashcam {

// Folders whose truth a person wrote down. Their layouts are described in docs/evaluate.md.

// A plate in a picture.
struct TruePlate {
    std::string text;           // as normalised_plate(); empty: not known
    std::optional<Box> box;     // in pixels, of text.csv; or in shares of the picture, of labels/
    bool box_is_share = false;  // see box
    bool is_readable = true;    // false: a person cannot read it in this picture alone
    int lines = 0;              // 1 or 2; 0: not known
    std::string group;          // a name to count by, or empty
};

struct TruePicture {
    std::string path;
    std::vector<TruePlate> plates;
    bool has_labels = false;  // there is a file that lists all plates
};

// A plate in a clip.
struct TrueClipPlate {
    std::string text;
    bool is_readable = true;
};

struct TrueClip {
    std::string path;
    std::vector<TrueClipPlate> plates;
};

enum class TruthKind { kPictures, kCrops, kClips };

struct Truth {
    TruthKind kind = TruthKind::kPictures;
    std::vector<TruePicture> pictures;  // also crops; sorted by path
    std::vector<TrueClip> clips;        // sorted by path
};

// Which layout a folder has is told by what is in it: truth.json, images/, or text.csv alone.
// Errors: none of them; a file that cannot be understood, with its line.
Result<Truth> read_truth(const std::string& folder);

// Capital Latin letters and digits; anything else (spaces, hyphens, other scripts) is left out.
std::string normalised_plate(const std::string& text);

}  // namespace dashcam
