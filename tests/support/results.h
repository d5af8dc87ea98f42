#pragma once

#include <string>
#include <vector>

#include "stores/rows.h"

namespace dashcam {

// All rows of a database as text (see dump() in stores/store.h). A database that cannot be read
// fails the test.
std::string dump_of(const std::string& url);
// The same of the database in an output folder.
std::string dump_of_run(const std::string& out);
std::vector<VideoRow> videos_of_run(const std::string& out);

// Passes if an SQLite database is intact and every row that refers to another one finds it; else
// says what is wrong.
std::string database_faults(const std::string& path);

// Runs one statement in an SQLite database; a failure fails the test.
void execute(const std::string& path, const std::string& sql);

// Files of the crops folder that no row names, and pictures that rows name but that are not there.
std::vector<std::string> crop_faults(const std::string& out);

}  // namespace dashcam
