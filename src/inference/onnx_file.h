#pragma once

#include <string>

#include "base/result.h"

namespace dashcam {

// Looks at the outermost fields of `path` up to the graph: a cheap check that it is an ONNX model
// (a ModelProto of onnx.proto) before an engine opens it. Engines try all formats that they know
// and print what they cannot read. A file that is cut off within its graph passes. An error names
// the file, the cause and what to do.
Result<void> check_onnx_file(const std::string& path);

}  // namespace dashcam
