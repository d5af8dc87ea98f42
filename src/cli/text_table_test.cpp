#include "cli/text_table.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "cli/row_output.h"

namespace dashcam {
namespace {

const std::vector<TextLine> kLines{
    {"NAME", "N", "NOTE"}, {"a", "1", ""}, {"b\u00e9ta", "22", "long note"}, {"c", "3", "x"}};

TEST(TextTable, ColumnsAreAsWideAsTheirWidestCell) {
    EXPECT_EQ(text_table(kLines, 1),
              " NAME  N   NOTE\n"
              " a     1\n"
              " b\u00e9ta  22  long note\n"
              " c     3   x\n");
    EXPECT_EQ(text_table({}), "");
}

TEST(TextTable, LineByLineIsTheSame) {
    for (const std::size_t measured : {4u, 5u, 100u}) {
        TextTable table(1, measured);
        std::string text;
        for (const TextLine& line : kLines) text += table.add(line);
        EXPECT_EQ(text, "") << "all may still change the widths";
        EXPECT_EQ(table.rest(), text_table(kLines, 1)) << measured;
    }
}

TEST(TextTable, WhatComesLaterIsWrittenAtOnceAndNotCut) {
    TextTable table(0, 2);
    EXPECT_EQ(table.add(kLines[0]), "");
    EXPECT_EQ(table.add(kLines[1]), "");
    EXPECT_EQ(table.add({"longer", "22", "note"}),
              "NAME  N  NOTE\n"
              "a     1\n"
              "longer  22  note\n");
    EXPECT_EQ(table.add(kLines[3]), "c     3  x\n");
    EXPECT_EQ(table.rest(), "");
}

TEST(RowWriter, KeepsNoMoreThanTheMeasuredRowsOfATable) {
    RowWriter writer(RowFormat::kTable, {"TEXT", "N"});
    std::string text = writer.head();
    for (std::size_t i = 0; i < TextTable::kMeasured + 100; ++i) {
        const std::string written = writer.row({"row", std::int64_t{7}});
        EXPECT_EQ(written.empty(), i + 1 < TextTable::kMeasured) << i;
        text += written;
    }
    EXPECT_EQ(writer.tail(), "");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), TextTable::kMeasured + 101);
}

}  // namespace
}  // namespace dashcam
