// Fills a database with invented vehicles and times what people ask of it.
//
//   database_benchmark URL|private VEHICLES [FILE|"" [QUESTION...]]
//
// "private" starts a PostgreSQL server of its own. FILE is an SQLite database that this program has
// filled: a PostgreSQL database gets its rows by COPY, in a tenth of the time. With questions
// ("*CD --tier partial"), only those are asked. Prints a table, and one line of JSON at the end.
// Plates follow a few countries' formats, with skewed first letters, so that parts of them are as
// unevenly spread as on roads; 8 of 100 have unknown characters, 15 an alternative, 20 none.
#include <libpq-fe.h>
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "search/encounters.h"
#include "search/plate_search.h"
#include "stores/store.h"
#include "stores/testing/private_postgres.h"
#include "stores/testing/sample_rows.h"

namespace dashcam {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kVehiclesPerClip = 60;
// From so many on the indexes are made after the rows.
constexpr std::uint32_t kMany = 500'000;
constexpr int kRepeats = 9;
constexpr std::size_t kShown = 50;

double ms_since(Clock::time_point start) {
    return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

// Small numbers come much more often.
std::size_t skewed(Random& random, std::size_t below) {
    const double u = std::uniform_real_distribution<double>(0, 1)(random);
    return std::min(below - 1, static_cast<std::size_t>(u * u * static_cast<double>(below)));
}

std::string invented_plate(Random& random) {
    static const std::vector<std::string> formats{"LLDDLLL", "LLDDDLL", "LDDDLLL",
                                                  "DLLLDDD", "LLDDDDD", "LLDDDDLL"};
    std::string text;
    for (const char c : formats[skewed(random, formats.size())]) {
        text += c == 'L' ? static_cast<char>('A' + skewed(random, 26))
                         : static_cast<char>('0' + random() % 10);
    }
    return text;
}

VehicleRow invented_vehicle(Random& random, const std::string& video, std::uint32_t track) {
    VehicleRow row;
    row.video = video;
    row.track = track;
    row.vehicle_class = random() % 20 == 0 ? "bus" : "car";
    row.class_confidence = 0.9;
    row.first_us = static_cast<std::int64_t>(track) * 1'000'000;
    row.last_us = row.first_us + 3'000'000;
    row.hits = 40;
    row.settings = "benchmark";
    row.tier = "none";
    const auto dice = random() % 100;
    if (dice < 20) return row;
    row.plate = invented_plate(random);
    row.tier = dice < 60 ? "confirmed" : "probable";
    row.confidence = 1 - 0.4 * static_cast<double>(skewed(random, 100'000)) / 100'000;
    row.region = "XX";
    const bool partial = dice >= 92;
    if (partial) {
        // A third of them has two that are not known, or three.
        for (auto unknown = 1 + random() % 6 / 4 + random() % 8 / 7; unknown > 0; --unknown) {
            row.plate[random() % row.plate.size()] = '?';
        }
        row.tier = "partial";
    }
    for (const char c : row.plate) {
        row.characters.push_back({0.99, {{c == '?' ? '8' : c, 0.6}, {'B', 0.3}}});
    }
    if (random() % 100 < 15) row.alternatives = {{invented_plate(random), 0.05}};
    return row;
}

// Runs a statement outside the store; rows as texts.
std::vector<std::vector<std::string>> raw(const std::string& url, const std::string& sql) {
    std::vector<std::vector<std::string>> rows;
    if (url.starts_with("postgres")) {
        PGconn* connection = PQconnectdb(url.c_str());
        PGresult* result = PQexec(connection, sql.c_str());
        for (int row = 0; row < PQntuples(result); ++row) {
            auto& cells = rows.emplace_back();
            for (int i = 0; i < PQnfields(result); ++i) {
                cells.emplace_back(PQgetvalue(result, row, i));
            }
        }
        PQclear(result);
        PQfinish(connection);
        return rows;
    }
    sqlite3* connection = nullptr;
    sqlite3_open(url.substr(url.find(':') + 1).c_str(), &connection);
    sqlite3_exec(
        connection, sql.c_str(),
        [](void* to, int columns, char** values, char**) {
            auto& cells = static_cast<std::vector<std::vector<std::string>>*>(to)->emplace_back();
            for (int i = 0; i < columns; ++i) {
                cells.emplace_back(values[i] == nullptr ? "" : values[i]);
            }
            return 0;
        },
        &rows, nullptr);
    sqlite3_close(connection);
    return rows;
}

// Indexes of plate_texts: dropped for filling a database quickly, then made again.
std::vector<std::vector<std::string>> take_indexes(const std::string& url) {
    const auto indexes =
        url.starts_with("postgres")
            ? raw(url,
                  "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'plate_texts' AND "
                  "indexname LIKE 'plate_texts_%' AND indexname <> 'plate_texts_pkey'")
            : raw(url,
                  "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = "
                  "'plate_texts' AND sql IS NOT NULL");
    for (const auto& index : indexes) raw(url, "DROP INDEX " + index[0]);
    return indexes;
}

// Rows as write_vehicle() writes them, in large transactions: a million one by one, each with a
// sync, would take an hour.
Result<void> fill(Store& store, std::uint32_t vehicles) {
    Random random(1);
    for (std::uint32_t done = 0; done < vehicles;) {
        VideoRow video;
        video.id = sample_id(done);
        video.path = "/card/clip" + std::to_string(done) + ".mp4";
        video.duration_us = 60'000'000;
        video.recorded_at = "2024-05-06T12:00:00Z";
        video.status = VideoStatus::kFinished;
        video.settings = "benchmark";
        std::vector<VehicleWithReadings> rows;
        for (std::uint32_t i = 1; i <= kVehiclesPerClip && done < vehicles; ++i, ++done) {
            rows.push_back({invented_vehicle(random, video.id, i), {}});
        }
        TRY(store.finish_video(video, std::nullopt, rows));
    }
    return {};
}

void add_field(std::string& line, sqlite3_stmt* row, int i) {
    if (i > 0) line += '\t';
    if (sqlite3_column_type(row, i) == SQLITE_FLOAT) {
        char text[32];
        std::snprintf(text, sizeof text, "%.17g", sqlite3_column_double(row, i));
        line += text;
        return;
    }
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(row, i));
    for (int j = 0; j < sqlite3_column_bytes(row, i); ++j) {
        switch (text[j]) {
            case '\\':
                line += "\\\\";
                break;
            case '\n':
                line += "\\n";
                break;
            case '\t':
                line += "\\t";
                break;
            case '\r':
                line += "\\r";
                break;
            default:
                line += text[j];
        }
    }
}

// All rows of one table; both have the same columns, none of which may be NULL.
Result<void> copy_table(sqlite3* from, PGconn* to, const std::string& table) {
    sqlite3_stmt* row = nullptr;
    if (sqlite3_prepare_v2(from, ("SELECT * FROM " + table).c_str(), -1, &row, nullptr) !=
        SQLITE_OK) {
        return Error{sqlite3_errmsg(from)};
    }
    std::string columns;
    for (int i = 0; i < sqlite3_column_count(row); ++i) {
        columns += (i > 0 ? ", " : "") + std::string(sqlite3_column_name(row, i));
    }
    PQclear(PQexec(to, ("COPY " + table + " (" + columns + ") FROM STDIN").c_str()));
    while (sqlite3_step(row) == SQLITE_ROW) {
        std::string line;
        for (int i = 0; i < sqlite3_column_count(row); ++i) add_field(line, row, i);
        line += '\n';
        if (PQputCopyData(to, line.data(), static_cast<int>(line.size())) != 1) break;
    }
    sqlite3_finalize(row);
    PQputCopyEnd(to, nullptr);
    PGresult* result = PQgetResult(to);
    const bool done = PQresultStatus(result) == PGRES_COMMAND_OK;
    PQclear(result);
    if (!done) return Error{"COPY " + table + ": " + PQerrorMessage(to)};
    PQclear(PQgetResult(to));
    return {};
}

// Instead of fill(): what an SQLite file has.
Result<void> copy(const std::string& file, const std::string& url) {
    sqlite3* from = nullptr;
    sqlite3_open_v2(file.c_str(), &from, SQLITE_OPEN_READONLY, nullptr);
    PGconn* to = PQconnectdb(url.c_str());
    Result<void> done;
    for (const char* table : {"videos", "vehicles", "plate_texts"}) {
        if (done.ok()) done = copy_table(from, to, table);
    }
    PQfinish(to);
    sqlite3_close(from);
    return done;
}

struct Figure {
    std::string name;
    double first_ms = 0;  // with a new connection, as a command has it
    double best_ms = 0;
    double median_ms = 0;
    double worst_ms = 0;
    // Processor time, median and first: what is left of a busy machine's waiting. Of this process
    // and the server's for its connections, if it runs on this machine.
    double cpu_ms = 0;
    double first_cpu_ms = 0;
    std::size_t rows = 0;
};

// Time that processes ran, in ms.
class ProcessorTime {
  public:
    explicit ProcessorTime(const std::string& url) {
        if (!url.starts_with("postgres")) return;
        for (const auto& row :
             raw(url,
                 "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                 "pg_backend_pid()")) {
            backends_.push_back(row[0]);
        }
    }
    double ms() const {
        double all = static_cast<double>(std::clock()) * 1000 / CLOCKS_PER_SEC;
        for (const std::string& backend : backends_) {
            double ns = 0;
            std::ifstream("/proc/" + backend + "/schedstat") >> ns;
            all += ns / 1e6;
        }
        return all;
    }

  private:
    std::vector<std::string> backends_;
};

Result<Figure> timed(const std::string& url, const std::string& name, int repeats,
                     const std::function<Result<std::size_t>()>& work) {
    Figure figure{name};
    std::vector<double> times;
    std::vector<double> cpu;
    const ProcessorTime processor(url);
    for (int i = 0; i < repeats; ++i) {
        const auto start = Clock::now();
        const double cpu_start = processor.ms();
        TRY_ASSIGN(figure.rows, work());
        times.push_back(ms_since(start));
        cpu.push_back(processor.ms() - cpu_start);
    }
    figure.first_ms = times.front();
    figure.first_cpu_ms = cpu.front();
    std::sort(cpu.begin(), cpu.end());
    figure.cpu_ms = cpu[cpu.size() / 2];
    std::sort(times.begin(), times.end());
    figure.best_ms = times.front();
    figure.median_ms = times[times.size() / 2];
    figure.worst_ms = times.back();
    std::printf("%-32s %9.2f %9.2f %9.2f %9.2f %9.2f %9.2f %9zu\n", name.c_str(), figure.first_ms,
                figure.best_ms, figure.median_ms, figure.worst_ms, figure.first_cpu_ms,
                figure.cpu_ms, figure.rows);
    std::fflush(stdout);
    return figure;
}

struct Question {
    const char* pattern;
    Fuzzy fuzzy = Fuzzy::kNo;
    const char* vehicle_class = nullptr;
    const char* tier = nullptr;
};

std::string name_of(const Question& question) {
    std::string name = question.pattern;
    if (question.fuzzy == Fuzzy::kYes) name += " --fuzzy";
    if (question.vehicle_class != nullptr)
        name += std::string(" --class ") + question.vehicle_class;
    if (question.tier != nullptr) name += std::string(" --tier ") + question.tier;
    return name;
}

Result<Figure> ask(const std::string& url, const Question& question) {
    TRY_ASSIGN(const auto store, open_store(url, Access::kReadOnly));
    TRY_ASSIGN(const PlatePattern pattern, PlatePattern::parse(question.pattern));
    SearchQuery query{pattern, question.fuzzy, {}, {}, kShown};
    if (question.vehicle_class != nullptr) query.vehicle.vehicle_class = question.vehicle_class;
    if (question.tier != nullptr) query.vehicle.tier = question.tier;
    return timed(url, name_of(question), kRepeats, [&]() -> Result<std::size_t> {
        TRY_ASSIGN(const SearchResult found, search_plates(*store, query));
        return found.hits.size();
    });
}

// As autovacuum does some time after many rows were written.
Result<void> settle(const std::string& url) {
    if (!url.starts_with("postgres")) return {};
    PGconn* connection = PQconnectdb(url.c_str());
    PQclear(PQexec(connection, "VACUUM ANALYZE"));
    PQfinish(connection);
    return {};
}

long resident_kb() {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return std::atol(line.c_str() + 6);
    }
    return 0;
}

Result<void> benchmark(const std::string& url, std::uint32_t vehicles, const std::string& file,
                       const std::set<std::string>& only) {
    {
        TRY_ASSIGN(const auto store, open_store(url, Access::kReadWrite));
        TRY_ASSIGN(const auto videos, store->find_video(sample_id(0)));
        if (!videos) {
            const auto start = Clock::now();
            const auto indexes =
                vehicles >= kMany ? take_indexes(url) : decltype(take_indexes(url))();
            TRY(file.empty() ? fill(*store, vehicles) : copy(file, url));
            for (const auto& index : indexes) raw(url, index[1]);
            std::printf("%u vehicles written in %.1f s%s\n", vehicles, ms_since(start) / 1000,
                        indexes.empty() ? "" : ", indexes made afterwards");
        }
        TRY(settle(url));
    }
    TRY_ASSIGN(const auto store, open_store(url, Access::kReadOnly));
    std::printf("%-32s %9s %9s %9s %9s %9s %9s %9s\n", "question", "first ms", "best", "median",
                "worst", "first cpu", "cpu", "rows");
    std::vector<Figure> figures;
    for (const Question& question : std::vector<Question>{{"AB12CDE"},
                                                          {"KV67WRT"},
                                                          {"AB12*"},
                                                          {"A*"},
                                                          {"*2CD"},
                                                          {"*CD"},
                                                          {"*D"},
                                                          {"*B12*"},
                                                          {"*B1*"},
                                                          {"A?12C?E"},
                                                          {"?B?2?D?"},
                                                          {"Z??9*7"},
                                                          {"*"},
                                                          {"*Q"},
                                                          {"??1?9*"},
                                                          {"*A*9*"},
                                                          {"?????????"},
                                                          {"ZZZ*"},
                                                          {"*", Fuzzy::kNo, "bus"},
                                                          {"*", Fuzzy::kNo, nullptr, "partial"},
                                                          {"AB*", Fuzzy::kNo, "bus"},
                                                          {"*B1*", Fuzzy::kNo, "bus"},
                                                          {"*CD", Fuzzy::kNo, nullptr, "partial"},
                                                          {"AB*", Fuzzy::kNo, "bus", "partial"},
                                                          {"A*", Fuzzy::kNo, "bus", "partial"},
                                                          {"*", Fuzzy::kNo, "bus", "partial"},
                                                          {"*Z*", Fuzzy::kNo, "bus", "partial"},
                                                          {"AB12CDE", Fuzzy::kYes},
                                                          {"K8O12DB", Fuzzy::kYes},
                                                          {"ZZ99ZZZ", Fuzzy::kYes},
                                                          {"AB12C*", Fuzzy::kYes}}) {
        if (!only.empty() && !only.contains(name_of(question))) continue;
        TRY_ASSIGN(const Figure figure, ask(url, question));
        figures.push_back(figure);
    }
    if (!only.empty()) return {};
    TRY_ASSIGN(const Figure met, timed(url, "encounters", 2, [&]() -> Result<std::size_t> {
                   EncounterQuery query;
                   query.limit = kShown;
                   TRY_ASSIGN(const auto found, find_encounters(*store, query));
                   return found.size();
               }));
    figures.push_back(met);
    TRY_ASSIGN(const Figure listed, timed(url, "list all", 1, [&]() -> Result<std::size_t> {
                   std::size_t rows = 0;
                   TRY(store->for_each_vehicle({}, [&](const VideoRow&, const VehicleRow&) {
                       ++rows;
                       return Result<void>();
                   }));
                   return rows;
               }));
    figures.push_back(listed);
    nlohmann::json json{
        {"database", redacted(url)}, {"vehicles", vehicles}, {"peak_resident_kb", resident_kb()}};
    for (const Figure& figure : figures) {
        json["questions"].push_back({{"name", figure.name},
                                     {"first_ms", figure.first_ms},
                                     {"best_ms", figure.best_ms},
                                     {"median_ms", figure.median_ms},
                                     {"worst_ms", figure.worst_ms},
                                     {"first_cpu_ms", figure.first_cpu_ms},
                                     {"cpu_ms", figure.cpu_ms},
                                     {"rows", figure.rows}});
    }
    std::printf("%s\n", json.dump().c_str());
    return {};
}

Result<void> run(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "";
    const auto vehicles = static_cast<std::uint32_t>(argc > 2 ? std::atoi(argv[2]) : 0);
    const std::string file = argc > 3 ? argv[3] : "";
    if (url.empty() || vehicles == 0) {
        return Error{"usage: database_benchmark URL|private VEHICLES [FILE [QUESTION...]]"};
    }
    const std::set<std::string> only(argv + std::min(argc, 4), argv + argc);
    if (url != "private") return benchmark(url, vehicles, file, only);
    TRY_ASSIGN(const auto server, PrivatePostgres::create());
    return benchmark(server->url(), vehicles, file, only);
}

}  // namespace
}  // namespace dashcam

int main(int argc, char** argv) {
    const auto done = dashcam::run(argc, argv);
    if (!done.ok()) std::fprintf(stderr, "database_benchmark: %s\n", done.error().message.c_str());
    return done.ok() ? 0 : 1;
}
