#pragma once

#include <string>

#include "base/result.h"

namespace dashcam {

// Walks over the outermost fields of `path`: a cheap check that it is an ONNX model (a ModelProto of
// onnx.proto) and that none of it is missing, before an engine opens it. Engines try all formats
// that they know and print what they cannot read. An error names the file, the cause and what to do.
Result<void> check_onnx_file(const std::string& path);

}  // namespace dashcam
