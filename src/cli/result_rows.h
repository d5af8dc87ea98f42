#pragma once

#include <string>
#include <vector>

#include "cli/row_output.h"
#include "stores/store.h"

namespace dashcam {

// The columns of 'dashcam export', documented in docs/user_guide/export.md. New ones are added at
// the end; none changes its meaning.
const std::vector<std::string>& export_columns();
std::vector<RowValue> export_row(const VideoRow& video, const VehicleRow& row);

// The file name of a clip.
std::string clip_name(const VideoRow& video);

// --json, --csv and --ndjson, at most one of them.
RowFormat format_of(bool json, bool csv);

// Seconds of a media time.
double seconds_of(std::int64_t us);

}  // namespace dashcam
