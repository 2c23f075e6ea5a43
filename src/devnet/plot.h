#pragma once

#include <string>
#include <utility>
#include <vector>

namespace icn::devnet {

// One line or cloud of a plot.
struct Series {
  std::string name;
  std::string colour;  // of CSS
  std::vector<std::pair<double, double>> points;
  bool is_cloud = false;  // dots that are not joined
};

// A time at which something was done to the network, as a vertical line.
struct Mark {
  double at = 0;
  std::string text;
};

struct Plot {
  std::string title;
  std::string unit;  // of the vertical axis, which starts at 0; the horizontal one is seconds
  std::vector<Series> series;
  std::vector<Mark> marks;
};

// An <svg> element with axes, round ticks and a legend.
std::string svg(const Plot& plot);

// At most `count` round steps that reach `highest`: the distance between two (1, 2 or 5 times a power of 10).
double tick_step(double highest, int count);

std::string html_text(const std::string& text);

}  // namespace icn::devnet
