#pragma once

#include <algorithm>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "pipeline/control_region/control_region.h"

// For tests: a region as it was, and its truth as text.
namespace dashcam::test {

// All bytes of the region. To put them back undoes everything, the lock included.
class Image {
  public:
    explicit Image(const ControlRegion& control)
        : base_(reinterpret_cast<std::byte*>(&control.header())),
          bytes_(base_, base_ + control.header().total_bytes) {}
    void restore() const { std::memcpy(base_, bytes_.data(), bytes_.size()); }
    bool is_unchanged() const { return std::memcmp(base_, bytes_.data(), bytes_.size()) == 0; }

    // What the region began with.
    template <typename Header>
    const Header& as_it_was() const {
        return *reinterpret_cast<const Header*>(bytes_.data());
    }

  private:
    std::byte* base_;
    std::vector<std::byte> bytes_;
};

// The truth as text: what lives, whoever's slot it is in. Leases must have been given back.
inline std::string describe(const ControlRegion& control) {
    std::vector<std::string> lines;
    for (const TaskSlot& task : control.tasks()) {
        const TaskWord word = task.word.load();
        if (word.state == TaskState::kFree) continue;
        std::ostringstream line;
        line << to_string(task.category) << " state " << static_cast<int>(word.state)
             << " attempts " << word.attempts << " access " << static_cast<int>(task.access)
             << " key " << control.states()[task.state_slot].key << " sequence " << task.sequence
             << " value " << task.payload.as<std::uint64_t>() << " frames";
        for (const FrameRef& frame : task.dependencies)
            line << " " << frame.slot << ":" << frame.generation;
        lines.push_back(line.str());
    }
    for (std::uint32_t i = 0; i < control.states().size(); ++i) {
        const StateWord word = control.states()[i].word.load();
        if (word.life == StateLife::kFree) continue;
        std::uint64_t value = 0;
        std::memcpy(&value, control.state_buffer(i, word.buffer).data(), sizeof value);
        lines.push_back("state of key " + std::to_string(control.states()[i].key) + " version " +
                        std::to_string(word.version) +
                        (word.version > 0 ? " holds " + std::to_string(value) : ""));
    }
    for (const FrameSlot& frame : control.frames()) {
        const FrameWord word = frame.word.load();
        if (word.life != FrameLife::kFree)
            lines.push_back("frame of generation " + std::to_string(word.generation));
    }
    std::sort(lines.begin(), lines.end());
    std::string text;
    for (const std::string& line : lines) text += line + "\n";
    return text;
}

}  // namespace dashcam::test
