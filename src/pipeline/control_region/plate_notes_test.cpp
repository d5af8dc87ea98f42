#include "pipeline/control_region/plate_notes.h"

#include <gtest/gtest.h>

namespace dashcam {
namespace {

TEST(PlateNotes, NewestComeFirstAndOldOnesGo) {
    const auto control = ControlRegion::create({.task_slots = 1,
                                                .frame_slots = 1,
                                                .streams = 1,
                                                .tracks_per_stream = 1,
                                                .workers = 1,
                                                .births_per_task = 1,
                                                .frame_slot_bytes = 64,
                                                .stream_state_bytes = 64,
                                                .track_state_bytes = 64},
                                               {});
    ASSERT_TRUE(control.ok()) << control.error().message;
    EXPECT_TRUE(newest_plates(*control).empty());
    for (int i = 0; i < 20; ++i) note_plate(*control, "PLATE" + std::to_string(i), i % 2 == 0);
    const auto newest = newest_plates(*control);
    ASSERT_EQ(newest.size(), kPlateNotes);
    EXPECT_EQ(newest.front().text, "PLATE19");
    EXPECT_FALSE(newest.front().is_confirmed);
    EXPECT_EQ(newest[1].text, "PLATE18");
    EXPECT_TRUE(newest[1].is_confirmed);
    EXPECT_EQ(newest.back().text, "PLATE4");
    note_plate(*control, "1234567890123456789", true);
    EXPECT_EQ(newest_plates(*control).front().text, "123456789012345");
    note_plate(*control, "PLATE18", false);
    const auto again = newest_plates(*control);
    EXPECT_EQ(again.front().text, "PLATE18");
    EXPECT_FALSE(again.front().is_confirmed);
    EXPECT_EQ(again.size(), kPlateNotes - 1);
    // A writer that died in the middle.
    control->header().newest_plates[22 % kPlateNotes].number.store(0);
    EXPECT_EQ(newest_plates(*control).front().text, "123456789012345");
}

}  // namespace
}  // namespace dashcam
