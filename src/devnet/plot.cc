#include "devnet/plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

#include "devnet/rows.h"

namespace icn::devnet {
namespace {

constexpr double kWidth = 860;
constexpr double kHeight = 220;
constexpr double kLeft = 56;
constexpr double kRight = 12;
constexpr double kTop = 28;
constexpr double kBottom = 24;
constexpr int kTicks = 5;

std::string place(double value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string label(double x, double y, const std::string& anchor, const std::string& text) {
  return "<text x=\"" + place(x) + "\" y=\"" + place(y) + "\" text-anchor=\"" + anchor + "\">" +
         html_text(text) + "</text>\n";
}

// Where values lie on the page.
struct Frame {
  double seconds = 1;
  double highest = 1;
  double x(double at) const { return kLeft + at / seconds * (kWidth - kLeft - kRight); }
  double y(double value) const { return kHeight - kBottom - value / highest * (kHeight - kTop - kBottom); }
};

Frame frame_of(const Plot& plot) {
  Frame out;
  double highest = 0;
  for (const Series& series : plot.series) {
    for (const auto& [at, value] : series.points) {
      out.seconds = std::max(out.seconds, at);
      highest = std::max(highest, value);
    }
  }
  const double step = tick_step(highest, kTicks);
  out.highest = std::max(step, std::ceil(highest / step) * step);
  return out;
}

std::string axes(const Plot& plot, const Frame& frame) {
  std::string out;
  const double step = tick_step(frame.highest, kTicks);
  for (double value = 0; value <= frame.highest * 1.0001; value += step) {
    const std::string y = place(frame.y(value));
    out += "<line class=\"grid\" x1=\"" + place(kLeft) + "\" x2=\"" + place(kWidth - kRight) + "\" y1=\"" +
           y + "\" y2=\"" + y + "\"/>\n";
    out += label(kLeft - 6, frame.y(value) + 4, "end", number_text(value));
  }
  const double seconds_step = tick_step(frame.seconds, 10);
  for (double at = 0; at <= frame.seconds; at += seconds_step) {
    out += label(frame.x(at), kHeight - 6, "middle", number_text(at) + " s");
  }
  for (const Mark& mark : plot.marks) {
    const std::string x = place(frame.x(mark.at));
    out += "<line class=\"mark\" x1=\"" + x + "\" x2=\"" + x + "\" y1=\"" + place(kTop) + "\" y2=\"" +
           place(kHeight - kBottom) + "\"><title>" + html_text(mark.text) + "</title></line>\n";
  }
  return out;
}

std::string drawn(const Series& series, const Frame& frame) {
  std::string out;
  if (series.is_cloud) {
    for (const auto& [at, value] : series.points) {
      out += "<circle r=\"1.6\" cx=\"" + place(frame.x(at)) + "\" cy=\"" + place(frame.y(value)) +
             "\" fill=\"" + series.colour + "\"/>\n";
    }
    return out;
  }
  out = "<polyline fill=\"none\" stroke-width=\"1.6\" stroke=\"" + series.colour + "\" points=\"";
  for (const auto& [at, value] : series.points) out += place(frame.x(at)) + "," + place(frame.y(value)) + " ";
  return out + "\"/>\n";
}

}  // namespace

double tick_step(double highest, int count) {
  if (highest <= 0) return 1;
  const double power = std::pow(10, std::floor(std::log10(highest / count)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (highest / (factor * power) <= count) return factor * power;
  }
  return 10 * power;
}

std::string html_text(const std::string& text) {
  std::string out;
  for (const char each : text) {
    switch (each) {
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '&':
        out += "&amp;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += each;
    }
  }
  return out;
}

std::string svg(const Plot& plot) {
  const Frame frame = frame_of(plot);
  std::string out = "<svg viewBox=\"0 0 " + place(kWidth) + " " + place(kHeight) +
                    "\" role=\"img\" aria-label=\"" + html_text(plot.title) + "\">\n";
  out += "<g class=\"title\">" + label(kLeft, 16, "start", plot.title + " (" + plot.unit + ")") + "</g>";
  double at = kWidth - kRight;
  for (auto series = plot.series.rbegin(); series != plot.series.rend(); ++series) {
    out += "<g fill=\"" + series->colour + "\">" + label(at, 16, "end", series->name) + "</g>\n";
    at -= 14 + 7 * static_cast<double>(series->name.size());
  }
  out += axes(plot, frame);
  for (const Series& series : plot.series) out += drawn(series, frame);
  return out + "</svg>\n";
}

}  // namespace icn::devnet
