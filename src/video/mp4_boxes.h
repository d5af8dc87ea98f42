#pragma once

namespace dashcam {

// What the outermost boxes of a file in the ISO base media format (MP4, MOV; ISO/IEC 14496-12 §4.2)
// tell.
enum class Mp4Structure {
    kNotMp4,        // the file does not start with a box of that format
    kIndexMissing,  // no movie box (moov): the recorder did not get to close the file
    kIndexCutOff,   // it starts, but the file ends inside it
    kIndexComplete,
};

// Walks over the outermost boxes. Needs an open regular file and leaves its position alone.
Mp4Structure mp4_structure(int descriptor);

}  // namespace dashcam
