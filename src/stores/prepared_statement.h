#pragma once

#include <functional>
#include <string>
#include <vector>

#include "stores/record.h"
#include "stores/soci_headers.h"

namespace dashcam {

// A statement with bound parameters, prepared once and run often. The session has to outlive it.
// Throws soci::soci_error; after that it must not be used again.
class PreparedStatement {
  public:
    // Parameters are named :p0, :p1, ... and have the kinds of `inputs`, result columns those of
    // `outputs`.
    PreparedStatement(soci::session& session, const std::string& sql,
                      const std::vector<Cell::Kind>& inputs,
                      const std::vector<Cell::Kind>& outputs);
    PreparedStatement(const PreparedStatement&) = delete;
    PreparedStatement& operator=(const PreparedStatement&) = delete;

    // Calls `visit` with each row of the result, which is valid for that call. If it throws, the
    // rest is lost. Precondition: as many parameters as inputs, of the same kinds.
    void run(const Record& parameters, const std::function<void(const Record&)>& visit);

  private:
    // SOCI is bound to their addresses.
    Record inputs_;
    Record outputs_;
    soci::statement statement_;
};

}  // namespace dashcam
