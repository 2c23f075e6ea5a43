#include "bench/table.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace icn::bench {

std::string number_text(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), value >= 1000 || value <= -1000 ? "%.0f" : "%.4g", value);
  return text.data();
}

std::string draw_table(const std::vector<std::vector<std::string>>& lines,
                       const std::vector<std::string>& notes, const std::set<std::size_t>& numbers) {
  std::vector<std::size_t> widths(lines.empty() ? 0 : lines.front().size());
  for (const auto& cells : lines) {
    for (std::size_t i = 0; i < cells.size(); ++i) widths[i] = std::max(widths[i], cells[i].size());
  }
  std::string out;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    std::string line;
    for (std::size_t i = 0; i < lines[at].size(); ++i) {
      const std::string pad(widths[i] - lines[at][i].size(), ' ');
      line += (numbers.contains(i) ? pad + lines[at][i] : lines[at][i] + pad) + "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
    if (!notes[at].empty()) out += "    " + notes[at] + "\n";
  }
  return out;
}

}  // namespace icn::bench
