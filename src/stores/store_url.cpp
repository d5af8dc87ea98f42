#include "stores/store_url.h"

#include <algorithm>
#include <string_view>

#include "stores/store.h"

namespace dashcam {
namespace {

constexpr std::string_view kHidden = "***";

// Hides the value of a parameter of the query part, such as ?password=...
void hide_parameter(std::string& url, std::string_view name) {
    const std::string key = std::string(name) + "=";
    for (std::size_t at = url.find('?'); at != std::string::npos; at = url.find('&', at + 1)) {
        if (url.compare(at + 1, key.size(), key) != 0) continue;
        const std::size_t begin = at + 1 + key.size();
        const std::size_t end = std::min(url.find('&', begin), url.size());
        url.replace(begin, end - begin, kHidden);
    }
}

}  // namespace

std::string redacted(const std::string& url) {
    const std::size_t scheme = url.find("://");
    if (scheme == std::string::npos) return url;
    const std::size_t begin = scheme + 3;
    std::string safe = url;
    // The last '@', so that a password with an '@' or a '/' in it, which is a mistake, is hidden as
    // well.
    const std::size_t at = url.rfind('@');
    const std::size_t colon = url.find(':', begin);
    if (at != std::string::npos && colon < at) safe.replace(colon + 1, at - colon - 1, kHidden);
    hide_parameter(safe, "password");
    hide_parameter(safe, "sslpassword");
    return safe;
}

Result<StoreUrl> parse_store_url(const std::string& url) {
    const std::string_view text = url;
    if (text == "memory:") return StoreUrl{StoreKind::kMemory, ""};
    if (text.starts_with("postgresql://") || text.starts_with("postgres://")) {
        return StoreUrl{StoreKind::kPostgres, url};
    }
    constexpr std::string_view kSqlite = "sqlite:";
    const bool named = text.starts_with(kSqlite);
    const std::string path(named ? text.substr(kSqlite.size()) : text);
    if (path.empty()) return Error{"the database's URL is empty: give a path, or postgresql://..."};
    if (path.find('\0') != std::string::npos) return Error{"the database's path contains a NUL"};
    if (!named && text.find("://") != std::string_view::npos) {
        return Error{redacted(url) +
                     " is no database that this program knows: give a path, sqlite:PATH, or "
                     "postgresql://user:password@host:port/database"};
    }
    return StoreUrl{StoreKind::kSqlite, path};
}

}  // namespace dashcam
