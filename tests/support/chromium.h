#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "stores/testing/store_places.h"

namespace dashcam {

// A real, headless Chromium with one page, driven through its debugging pipe (the DevTools
// protocol). A step that it does not answer fails the test.
class Chromium {
  public:
    // Null where Chromium is not installed: skip with skip_message().
    static std::unique_ptr<Chromium> start();
    static std::string skip_message();
    ~Chromium();
    Chromium(const Chromium&) = delete;
    Chromium& operator=(const Chromium&) = delete;

    // Goes to a page and waits until it has loaded. What was gathered before is forgotten.
    void open(const std::string& url);
    // The value of a JavaScript expression in the page; null and a failed test if it throws.
    nlohmann::json evaluate(const std::string& expression);
    // A key as a person would press it: "ArrowRight", "Escape", "/" or "a".
    void press(const std::string& key);
    void print_to_pdf();  // for what the page does when printed

    // Errors and warnings of the console, exceptions, violations of the page's policy.
    const std::vector<std::string>& problems() const { return problems_; }
    // Addresses that the page asked for, but for itself and data: addresses.
    const std::vector<std::string>& requests() const { return requests_; }

  private:
    Chromium() = default;
    nlohmann::json call(const std::string& method, const nlohmann::json& parameters);
    nlohmann::json receive();
    void note(const nlohmann::json& event);

    TemporaryFolder folder_;  // its profile
    pid_t pid_ = -1;
    int to_ = -1;
    int from_ = -1;
    int last_id_ = 0;
    bool loaded_ = false;
    std::string session_;
    std::string url_;
    std::string unread_;
    std::vector<std::string> problems_;
    std::vector<std::string> requests_;
};

}  // namespace dashcam
