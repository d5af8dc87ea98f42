#include <fmt/format.h>

#include <memory>

#include "cli/commands.h"
#include "cli/database_options.h"
#include "cli/result_filters.h"
#include "cli/result_rows.h"

namespace dashcam {
namespace {

struct ExportArguments {
    DatabaseOptions database;
    ResultFilters filters;
    std::string format = "csv";
    std::string file;
};

Result<void> export_rows(const ExportArguments& arguments, Store& store,
                         const FilteredResults& filtered) {
    TRY_ASSIGN(const auto file, RowFile::open(arguments.file));
    const RowFormat format = arguments.format == "csv"    ? RowFormat::kCsv
                             : arguments.format == "json" ? RowFormat::kJson
                                                          : RowFormat::kNdjson;
    RowWriter writer(format, export_columns());
    TRY(file->write(writer.head()));
    std::size_t rows = 0;
    TRY(write_filtered(*file, store, filtered, [&](const VideoRow& video, const VehicleRow& row) {
        ++rows;
        return writer.row(export_row(video, row));
    }));
    TRY(file->write(writer.tail()));
    TRY(file->finish());
    if (!arguments.file.empty()) fmt::print(stderr, "{} rows\n", rows);
    return {};
}

}  // namespace

void add_export_command(CLI::App& app, CommandAction& action) {
    const auto arguments = std::make_shared<ExportArguments>();
    CLI::App* command =
        app.add_subcommand("export", "Write the vehicles as CSV or JSON, one row each");
    command->add_option("--format", arguments->format, "csv, json or ndjson [csv]")
        ->check(CLI::IsMember({"csv", "json", "ndjson"}));
    command->add_option("--file", arguments->file,
                        "file to write; it appears when it is whole [standard output]");
    add_result_filters(*command, arguments->filters);
    add_database_options(*command, arguments->database);
    command->footer(
        "Corrected plates are shown as corrected. The columns are described in\n"
        "docs/user_guide/export.md. --out is the output folder of the run, --file what is "
        "written.\n"
        "Examples:\n"
        "  dashcam export --file vehicles.csv\n"
        "  dashcam export --format ndjson --tier confirmed | head");
    command->callback([&action, arguments] {
        action = [arguments] {
            return with_filtered_results(arguments->database, arguments->filters,
                                         [&](Store& store, FilteredResults& filtered) {
                                             return export_rows(*arguments, store, filtered);
                                         });
        };
    });
}

}  // namespace dashcam
