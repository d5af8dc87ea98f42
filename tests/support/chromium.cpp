#include "support/chromium.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace dashcam {
namespace {

using nlohmann::json;

constexpr char kProgram[] = "/usr/bin/chromium";
// No step takes this long, even on a busy machine.
constexpr int kPatience_ms = 120'000;

}  // namespace

std::string Chromium::skip_message() {
    return std::string("SKIPPED: Chromium is not installed (") + kProgram + ")";
}

std::unique_ptr<Chromium> Chromium::start() {
    if (!std::filesystem::exists(kProgram)) return nullptr;
    std::unique_ptr<Chromium> browser(new Chromium());
    int in[2], out[2];
    EXPECT_EQ(pipe2(in, O_CLOEXEC) + pipe2(out, O_CLOEXEC), 0);
    const std::string profile = "--user-data-dir=" + browser->folder_.path();
    browser->pid_ = fork();
    if (browser->pid_ == 0) {
        setpgid(0, 0);
        // The protocol's descriptors are 3 and 4; the pipes may lie there themselves.
        const int read_end = fcntl(in[0], F_DUPFD, 10);
        const int write_end = fcntl(out[1], F_DUPFD, 10);
        dup2(read_end, 3);
        dup2(write_end, 4);
        const int nowhere = ::open("/dev/null", O_RDWR);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        execl(kProgram, kProgram, "--headless", "--no-sandbox", "--disable-gpu",
              "--disable-dev-shm-usage", "--remote-debugging-pipe", "--no-first-run",
              "--disable-background-networking", "--disable-component-update", profile.c_str(),
              "about:blank", nullptr);
        _exit(127);
    }
    close(in[0]);
    close(out[1]);
    browser->to_ = in[1];
    browser->from_ = out[0];
    const json target = browser->call("Target.createTarget", {{"url", "about:blank"}});
    const json attached = browser->call(
        "Target.attachToTarget", {{"targetId", target.value("targetId", "")}, {"flatten", true}});
    browser->session_ = attached.value("sessionId", "");
    EXPECT_NE(browser->session_, "") << "Chromium did not give a page";
    for (const char* domain : {"Page", "Runtime", "Log", "Network"})
        browser->call(std::string(domain) + ".enable", json::object());
    return browser;
}

Chromium::~Chromium() {
    if (to_ >= 0) close(to_);
    if (from_ >= 0) close(from_);
    if (pid_ > 0) {
        kill(-pid_, SIGKILL);
        waitpid(pid_, nullptr, 0);
    }
}

json Chromium::receive() {
    while (true) {
        const std::size_t end = unread_.find('\0');
        if (end != std::string::npos) {
            const json message = json::parse(unread_.substr(0, end));
            unread_.erase(0, end + 1);
            return message;
        }
        pollfd waiting{from_, POLLIN, 0};
        char buffer[65536];
        const bool ready = poll(&waiting, 1, kPatience_ms) == 1;
        const ssize_t count = ready ? read(from_, buffer, sizeof buffer) : 0;
        if (count <= 0) {
            ADD_FAILURE() << "Chromium does not answer";
            return nullptr;
        }
        unread_.append(buffer, static_cast<std::size_t>(count));
    }
}

void Chromium::note(const json& event) {
    const std::string method = event.value("method", "");
    const json parameters = event.value("params", json::object());
    if (method == "Page.loadEventFired") loaded_ = true;
    if (method == "Runtime.exceptionThrown") problems_.push_back(parameters.dump());
    if (method == "Log.entryAdded") problems_.push_back(parameters["entry"].value("text", "?"));
    if (method == "Runtime.consoleAPICalled" && parameters.value("type", "") != "log")
        problems_.push_back(parameters["args"].dump());
    if (method == "Network.requestWillBeSent") {
        const std::string url = parameters["request"].value("url", "");
        const std::string page = url_.substr(0, url_.find('#'));
        if (!url.starts_with("data:") && url.substr(0, url.find('#')) != page)
            requests_.push_back(url);
    }
}

json Chromium::call(const std::string& method, const json& parameters) {
    const int id = ++last_id_;
    json message = {{"id", id}, {"method", method}, {"params", parameters}};
    if (!session_.empty()) message["sessionId"] = session_;
    const std::string text = message.dump() + '\0';
    for (std::size_t at = 0; at < text.size();) {
        const ssize_t count = write(to_, text.data() + at, text.size() - at);
        if (count <= 0) {
            ADD_FAILURE() << "Chromium is gone";
            return nullptr;
        }
        at += static_cast<std::size_t>(count);
    }
    while (true) {
        const json answer = receive();
        if (answer.is_null()) return answer;
        if (answer.contains("method")) note(answer);
        if (answer.value("id", 0) != id) continue;
        EXPECT_FALSE(answer.contains("error")) << method << ": " << answer.dump();
        return answer.value("result", json::object());
    }
}

void Chromium::open(const std::string& url) {
    problems_.clear();
    requests_.clear();
    loaded_ = false;
    url_ = url;
    call("Page.navigate", {{"url", url}});
    while (!loaded_) {
        const json event = receive();
        if (event.is_null()) return;
        if (event.contains("method")) note(event);
    }
}

json Chromium::evaluate(const std::string& expression) {
    const json result =
        call("Runtime.evaluate",
             {{"expression", expression}, {"returnByValue", true}, {"awaitPromise", true}});
    EXPECT_FALSE(result.contains("exceptionDetails")) << expression << "\n" << result.dump();
    return result.contains("result") ? result["result"].value("value", json()) : json();
}

void Chromium::press(const std::string& key) {
    // What the browser itself handles, such as Escape in a dialog, goes by the key's number.
    const int number = key == "Escape"       ? 27
                       : key == "Enter"      ? 13
                       : key == "ArrowLeft"  ? 37
                       : key == "ArrowRight" ? 39
                                             : 0;
    json down = {{"type", "keyDown"}, {"key", key}, {"windowsVirtualKeyCode", number}};
    if (key.size() == 1) down["text"] = key;
    if (key == "Enter") down["text"] = "\r";
    call("Input.dispatchKeyEvent", down);
    call("Input.dispatchKeyEvent", {{"type", "keyUp"}, {"key", key}});
}

void Chromium::print_to_pdf() { call("Page.printToPDF", json::object()); }

}  // namespace dashcam
