#pragma once

#include <string>

namespace dashcam {

// A container's creation time as ISO 8601 in UTC ("2024-05-01T12:00:00Z", with a fraction if it has
// one), or "" if `text` is no date or lies before the year 2000, as it does when the recorder's
// clock was never set. Without a time zone it is taken as UTC, on every machine.
std::string recording_time(const std::string& text);

}  // namespace dashcam
