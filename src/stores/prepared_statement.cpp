#include "stores/prepared_statement.h"

#include "base/check.h"

namespace dashcam {
namespace {

Record cells_of(const std::vector<Cell::Kind>& kinds) {
    Record record(kinds.size());
    for (std::size_t i = 0; i < kinds.size(); ++i) record[i].kind = kinds[i];
    return record;
}

}  // namespace

PreparedStatement::PreparedStatement(soci::session& session, const std::string& sql,
                                     const std::vector<Cell::Kind>& inputs,
                                     const std::vector<Cell::Kind>& outputs)
    : inputs_(cells_of(inputs)), outputs_(cells_of(outputs)), statement_(session) {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        Cell& cell = inputs_[i];
        const std::string name = "p" + std::to_string(i);
        switch (cell.kind) {
            case Cell::Kind::kInteger:
                statement_.exchange(soci::use(cell.integer, name));
                break;
            case Cell::Kind::kReal:
                statement_.exchange(soci::use(cell.real, name));
                break;
            case Cell::Kind::kText:
                statement_.exchange(soci::use(cell.text, name));
                break;
        }
    }
    for (Cell& cell : outputs_) {
        switch (cell.kind) {
            case Cell::Kind::kInteger:
                statement_.exchange(soci::into(cell.integer));
                break;
            case Cell::Kind::kReal:
                statement_.exchange(soci::into(cell.real));
                break;
            case Cell::Kind::kText:
                statement_.exchange(soci::into(cell.text));
                break;
        }
    }
    statement_.alloc();
    statement_.prepare(sql);
    statement_.define_and_bind();
}

void PreparedStatement::run(const Record& parameters,
                            const std::function<void(const Record&)>& visit) {
    CHECK(parameters.size() == inputs_.size());
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        CHECK(parameters[i].kind == inputs_[i].kind);
        inputs_[i].integer = parameters[i].integer;
        inputs_[i].real = parameters[i].real;
        inputs_[i].text = parameters[i].text;
    }
    if (outputs_.empty()) {
        statement_.execute(true);
        return;
    }
    // Read to the end: an open result would keep a transaction of SQLite open.
    for (bool more = statement_.execute(true); more; more = statement_.fetch()) visit(outputs_);
}

}  // namespace dashcam
