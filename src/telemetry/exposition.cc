#include "telemetry/exposition.h"

#include <charconv>
#include <cmath>

#include "base/assert.h"

namespace icn::telemetry {
namespace {

constexpr double kWholeMax = 9'007'199'254'740'992;  // 2^53

void append_number(std::string& out, double value) {
  char text[32];
  const bool is_whole = std::abs(value) < kWholeMax && std::trunc(value) == value;
  const auto end = is_whole ? std::to_chars(text, text + sizeof text, static_cast<std::int64_t>(value))
                            : std::to_chars(text, text + sizeof text, value, std::chars_format::general);
  out.append(text, end.ptr);
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n')
      out += "\\n";
    else
      out += c;
  }
}

// method="GET",route="/a"
std::string labels_of(const MetricInfo& info, const Sample& sample) {
  ICN_ASSERT(sample.label_values.size() == info.labels.size());
  std::string out;
  for (std::size_t i = 0; i < info.labels.size(); ++i) {
    if (i > 0) out += ',';
    out.append(info.labels[i]).append("=\"");
    append_escaped(out, sample.label_values[i]);
    out += '"';
  }
  return out;
}

void append_line(std::string& out, std::string_view name, std::string_view labels, double value) {
  out += name;
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out += ' ';
  append_number(out, value);
  out += '\n';
}

// le="0.00005"} of each bucket.
const std::vector<std::string>& bucket_labels() {
  static const std::vector<std::string> labels = [] {
    std::vector<std::string> out;
    for (const double bound : kBucketBounds) {
      append_number(out.emplace_back("le=\""), bound);
      out.back() += "\"} ";
    }
    out.emplace_back("le=\"+Inf\"} ");
    return out;
  }();
  return labels;
}

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const HistogramValue& histogram) {
  const std::string bucket = name + "_bucket{" + labels + (labels.empty() ? "" : ",");
  std::uint64_t count = 0;
  for (std::size_t i = 0; i < histogram.counts.size(); ++i) {
    count += histogram.counts[i];
    out.append(bucket).append(bucket_labels()[i]);
    append_number(out, static_cast<double>(count));
    out += '\n';
  }
  append_line(out, name + "_sum", labels, histogram.sum_seconds);
  append_line(out, name + "_count", labels, static_cast<double>(count));
}

std::string_view type_name(MetricKind kind) {
  if (kind == MetricKind::kCounter) return "counter";
  return kind == MetricKind::kGauge ? "gauge" : "histogram";
}

}  // namespace

std::string exposition(const SamplesByMetric& samples) {
  std::string out;
  out.reserve(64 * 1024);
  for (const auto& [metric, of_metric] : samples) {
    const MetricInfo& info = metric_table()[static_cast<std::size_t>(metric)];
    const std::string name(info.name);
    out.append("# HELP ").append(name).append(" ").append(info.help).append("\n");
    out.append("# TYPE ").append(name).append(" ").append(type_name(info.kind)).append("\n");
    for (const Sample& sample : of_metric) {
      const std::string labels = labels_of(info, sample);
      if (info.kind == MetricKind::kHistogram)
        append_histogram(out, name, labels, sample.histogram);
      else
        append_line(out, name, labels, sample.value);
    }
  }
  return out;
}

}  // namespace icn::telemetry
