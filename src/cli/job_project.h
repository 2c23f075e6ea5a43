#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace icn::cli {

extern const std::string_view kJobHeader;  // sdk/c/icn.h

// The files of a new job in C called `name`: file name and content. Its Makefile tries it with `program`, the
// path of an icn, unless ICN names another.
std::vector<std::pair<std::string, std::string>> job_project(const std::string& name,
                                                             const std::string& program);

// Writes them into the new folder `path`, whose last part names the job; answers their names.
//   conflict    the folder exists
//   malformed   a name is letters, digits, '-' and '_'
Result<std::vector<std::string>> write_job_project(const std::string& path, const std::string& program);

}  // namespace icn::cli
