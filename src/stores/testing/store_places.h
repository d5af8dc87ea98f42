#pragma once

#include <memory>
#include <string>

#include "stores/store.h"
#include "stores/testing/private_postgres.h"

namespace dashcam {

// A place for one database, empty at first, that goes with the object. For tests that run for every
// kind of store.
class StorePlace {
  public:
    virtual ~StorePlace() = default;
    virtual std::string url() const = 0;
};

// `kind` is "memory", "sqlite" or "postgresql". Null where PostgreSQL is not installed.
std::unique_ptr<StorePlace> make_place(const std::string& kind);

// The server that all tests of this process share, or null where it is not installed.
PrivatePostgres* shared_postgres();
// To be called before main() returns, so that the server's folder is gone.
void stop_shared_postgres();

// A temporary folder that goes with the object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    const std::string& path() const { return path_; }

  private:
    std::string path_;
};

}  // namespace dashcam
