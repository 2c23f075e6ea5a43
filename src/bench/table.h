#pragma once

#include <set>
#include <string>
#include <vector>

namespace icn::bench {

// Four digits that count; whole from 1,000 on.
std::string number_text(double value);

// Lines of cells in columns as wide as their widest cell; those of `numbers` stand at the right. `notes`, one
// a line, go indented below their lines where they are not empty. All lines have the same number of cells.
std::string draw_table(const std::vector<std::vector<std::string>>& lines,
                       const std::vector<std::string>& notes, const std::set<std::size_t>& numbers);

}  // namespace icn::bench
