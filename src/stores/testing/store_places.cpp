#include "stores/testing/store_places.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>

namespace dashcam {
namespace {

[[noreturn]] void die(const std::string& message) {
    std::fprintf(stderr, "%s\n", message.c_str());
    std::abort();
}

class MemoryPlace final : public StorePlace {
  public:
    std::string url() const override { return "memory:"; }
};

class SqlitePlace final : public StorePlace {
  public:
    std::string url() const override { return "sqlite:" + folder_.path() + "/results.db"; }

  private:
    TemporaryFolder folder_;
};

class PostgresPlace final : public StorePlace {
  public:
    explicit PostgresPlace(PrivatePostgres& server) : server_(server) {
        static int count = 0;
        name_ = "place" + std::to_string(++count);
        if (const auto made = server_.create_database(name_); !made) die(made.error().message);
    }
    ~PostgresPlace() override {
        (void)server_.execute("postgres", "DROP DATABASE " + name_ + " WITH (FORCE)");
    }
    std::string url() const override { return server_.url(name_); }

  private:
    PrivatePostgres& server_;
    std::string name_;
};

std::unique_ptr<PrivatePostgres>& shared_server() {
    static std::unique_ptr<PrivatePostgres> server;
    return server;
}

}  // namespace

std::unique_ptr<StorePlace> make_place(const std::string& kind) {
    if (kind == "memory") return std::make_unique<MemoryPlace>();
    if (kind == "sqlite") return std::make_unique<SqlitePlace>();
    PrivatePostgres* server = shared_postgres();
    if (server == nullptr) return nullptr;
    return std::make_unique<PostgresPlace>(*server);
}

PrivatePostgres* shared_postgres() {
    if (!PrivatePostgres::available()) return nullptr;
    std::unique_ptr<PrivatePostgres>& server = shared_server();
    if (!server) {
        auto created = PrivatePostgres::create();
        if (!created) die(created.error().message);
        server = std::move(created).value();
    }
    return server.get();
}

void stop_shared_postgres() { shared_server().reset(); }

TemporaryFolder::TemporaryFolder() {
    const char* temporary = std::getenv("TMPDIR");
    path_ = std::string(temporary ? temporary : "/tmp") + "/dashcam-store-XXXXXX";
    if (mkdtemp(path_.data()) == nullptr) die("cannot make " + path_);
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

}  // namespace dashcam
