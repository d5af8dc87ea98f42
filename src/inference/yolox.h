#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/frame_view.h"
#include "inference/letterbox.h"
#include "inference/preprocess.h"

namespace dashcam {

// YOLOX networks (Ge et al. 2021) as their authors export them to ONNX, without decoding inside:
//   input  float32 3 x H x W: planes of B, G, R, 0 to 255; the picture in the left upper corner,
//          the rest grey 114
//   output float32 A x (5 + C): for each cell of the grids of stride 8, 16 and 32, row by row: x,
//   y,
//          log width, log height in cells; objectness and C class scores, 0 to 1
// (x + column) * stride is the box's centre, exp(width) * stride its width.

// Cells of all grids of an input; 0 if its sides are no multiples of 32.
std::size_t yolox_rows(int width, int height);

// What the decoder finds in one output; the arrays are those of dashcam-detector-1.
struct YoloxBoxes {
    std::vector<float> boxes;    // x0 y0 x1 y1 of each row, in pixels of the input
    std::vector<float> scores;   // objectness times the best class score among `columns`
    std::vector<float> classes;  // of each row, the scores of `columns`
};
// `columns`: the classes that count, by their place among the C = `all_classes`.
// Precondition: `output` has yolox_rows() x (5 + all_classes) values.
YoloxBoxes decode_yolox(std::span<const float> output, int width, int height,
                        std::size_t all_classes, const std::vector<std::size_t>& columns);

// The frame as such a network wants it: `input` is 3 x height x width.
Letterbox yolox_input(Preprocessor& preprocessor, const FrameView& frame, int width, int height,
                      std::span<float> input);

}  // namespace dashcam
