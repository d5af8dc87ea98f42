#include "report/report_page.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "base/check.h"
#include "report/page_parts.h"
#include "report/page_pictures.h"
#include "report/report_data.h"
#include "report/vehicle_record.h"
#include "report/verification.h"
#include "report/web_text.h"
#include "video/printable_path.h"

namespace dashcam {
namespace {

namespace fs = std::filesystem;

// Twice the width of a card, for dense screens and the larger view.
constexpr int kWidestPicture = 560;
// In the first bytes of every report.
constexpr std::string_view kMark = "<meta name=\"generator\" content=\"dashcam report\">";
constexpr std::size_t kMarkWithin = 4096;

// A file that appears under its name when it is whole.
class PageFile {
  public:
    explicit PageFile(std::string path)
        : path_(std::move(path)), temporary_(path_ + ".part-" + std::to_string(getpid())) {
        file_ = std::fopen(temporary_.c_str(), "wbxe");
        if (file_ == nullptr) cause_ = errno;
    }
    ~PageFile() {
        if (file_ != nullptr) std::fclose(file_);
        if (!done_) unlink(temporary_.c_str());
    }
    PageFile(const PageFile&) = delete;
    PageFile& operator=(const PageFile&) = delete;

    void write(std::string_view text) {
        if (cause_ != 0 || text.empty()) return;
        if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) cause_ = errno;
        bytes_ += text.size();
    }
    std::uint64_t bytes() const { return bytes_; }
    Result<void> finish() {
        if (file_ != nullptr) {
            std::FILE* const file = file_;
            file_ = nullptr;
            if (std::fclose(file) != 0 && cause_ == 0) cause_ = errno;
        }
        if (cause_ == 0 && std::rename(temporary_.c_str(), path_.c_str()) != 0) cause_ = errno;
        if (cause_ != 0) {
            return Error{"cannot write the report " + printable_path(path_) + ": " +
                         std::strerror(cause_) + "; name another file with -o"};
        }
        done_ = true;
        return {};
    }
    bool failed() const { return cause_ != 0; }

  private:
    std::string path_;
    std::string temporary_;
    std::FILE* file_ = nullptr;
    std::uint64_t bytes_ = 0;
    int cause_ = 0;
    bool done_ = false;
};

Result<void> check_target(const ReportOptions& options) {
    std::error_code failed;
    const fs::file_status status = fs::status(options.file, failed);
    if (!fs::exists(status) || options.overwrite == Overwrite::kAnything) return {};
    if (fs::is_directory(status)) {
        return Error{printable_path(options.file) +
                     " is a folder; name a file in it with -o, as in -o report.html"};
    }
    std::string begin(kMarkWithin, '\0');
    std::ifstream file(options.file, std::ios::binary);
    file.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    if (begin.find(kMark) != std::string::npos) return {};
    return Error{printable_path(options.file) +
                 " exists and is no report of this program; name another file, or overwrite it "
                 "with --force"};
}

// Only the page's own script and style run, and nothing is fetched but its pictures.
std::string policy(const ReportOptions& options) {
    const PageParts& parts = page_parts();
    return "default-src 'none'; script-src 'sha256-" + base64(bytes_of_hex(parts.script_sha256)) +
           "'; style-src 'sha256-" + base64(bytes_of_hex(parts.style_sha256)) +
           "'; img-src data:" + (options.pictures == PicturesInPage::kNone ? "" : " file: 'self'") +
           "; base-uri 'none'; form-action 'none'";
}

std::string relative_address(const ReportOptions& options, const std::string& picture) {
    std::error_code failed;
    const fs::path folder = fs::absolute(options.file, failed).lexically_normal().parent_path();
    const fs::path target =
        (fs::absolute(options.pictures_folder, failed) / picture).lexically_normal();
    return percent_encoded(target.lexically_relative(folder).string());
}

class Pictures {
  public:
    Pictures(const ReportOptions& options, ReportOutcome& outcome)
        : options_(options), outcome_(outcome) {}

    // What the page calls it; the picture itself goes to elements().
    std::string place(const std::string& picture) {
        if (picture.empty() || options_.pictures == PicturesInPage::kNone) return "";
        if (!is_picture_path(picture)) {
            ++outcome_.missing;
            return "";
        }
        const Result<std::string> file =
            picture_file_bytes(options_.pictures_folder + "/" + picture);
        const Result<std::string> jpeg =
            file.ok() ? fitted_jpeg(*file, kWidestPicture) : Result<std::string>(file.error());
        if (!jpeg.ok()) {
            ++outcome_.missing;
            return "";
        }
        const std::uint64_t room = options_.budget_bytes - std::min(options_.budget_bytes, used_);
        if (options_.pictures == PicturesInPage::kLink || jpeg->size() > room) {
            ++outcome_.linked;
            return relative_address(options_, picture);
        }
        used_ += jpeg->size();
        const std::string name = "p" + std::to_string(outcome_.embedded++);
        elements_ +=
            "<script type=\"text/plain\" id=\"" + name + "\">" + base64(*jpeg) + "</script>\n";
        return "#" + name;
    }
    const std::string& elements() const { return elements_; }

  private:
    const ReportOptions& options_;
    ReportOutcome& outcome_;
    std::uint64_t used_ = 0;
    std::string elements_;
};

}  // namespace

Result<ReportOutcome> write_report(Store& store, const ReportOptions& options) {
    TRY(check_target(options));
    TRY_ASSIGN(const ReportRows rows, load_report_rows(store));
    PageFile page(options.file);
    if (page.failed()) TRY(page.finish());
    ReportOutcome outcome;
    outcome.clips = rows.videos.size();
    outcome.vehicles = rows.vehicles.size();
    Pictures pictures(options, outcome);
    std::vector<PagePictures> places(rows.vehicles.size());
    // Plates first: they are small, and what one looks at to believe a text.
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i].plate = pictures.place(rows.vehicles[i].plate_shot);
    for (std::size_t i = 0; i < places.size(); ++i)
        places[i].vehicle = pictures.place(rows.vehicles[i].best_shot);

    const PageParts& parts = page_parts();
    for (std::string_view rest = parts.html; !rest.empty();) {
        const std::size_t at = std::min(rest.find("{{"), rest.size());
        page.write(rest.substr(0, at));
        rest.remove_prefix(at);
        if (rest.empty()) break;
        const std::size_t end = rest.find("}}");
        CHECK(end != std::string_view::npos);
        const std::string_view name = rest.substr(2, end - 2);
        rest.remove_prefix(end + 2);
        if (name == "policy") {
            page.write(policy(options));
        } else if (name == "style") {
            page.write(parts.style);
        } else if (name == "script") {
            page.write(parts.script);
        } else if (name == "data") {
            page.write(script_json(report_data(rows, places, options.database, options.generated)));
        } else {
            CHECK(name == "pictures");
            page.write(pictures.elements());
        }
    }
    outcome.bytes = page.bytes();
    TRY(page.finish());
    return outcome;
}

}  // namespace dashcam
