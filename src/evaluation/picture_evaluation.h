#pragma once

#include "base/result.h"
#include "evaluation/plate_counts.h"
#include "evaluation/report.h"
#include "evaluation/truth.h"
#include "pictures/picture_reader.h"

namespace dashcam {

// What the labels of a folder of pictures are.
enum class LabelKind { kPlates, kVehicles };

// Reads all pictures and compares. A labelled box counts as found by a find whose box overlaps it
// with an IoU of 0.5 or more. Pictures that cannot be read are problems of the report, and count as
// pictures in which nothing was found.
Result<EvaluationReport> evaluate_pictures(PictureReader& reader, const Truth& truth,
                                           LabelKind labels);

// The same for cut-out plates: the whole picture is the plate, read in one look.
Result<EvaluationReport> evaluate_crops(TextReader& reader, const Truth& truth);

}  // namespace dashcam
