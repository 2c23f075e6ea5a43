#include "base/log.h"

#include <spdlog/sinks/null_sink.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <iterator>
#include <string>

namespace icn {
namespace {

// One JSON object a line: {"time":"...","level":"...","message":"..."}.
class JsonFormatter final : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& out) override {
    const auto since_epoch = message.time.time_since_epoch();
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
    const auto level = spdlog::level::to_string_view(message.level);
    fmt::format_to(std::back_inserter(out), R"({{"time_ms":{},"level":"{}","message":")", ms,
                   std::string_view(level.data(), level.size()));
    for (const char c : message.payload) append_escaped(c, out);
    fmt::format_to(std::back_inserter(out), "\"}}\n");
  }

  std::unique_ptr<spdlog::formatter> clone() const override { return std::make_unique<JsonFormatter>(); }

 private:
  static void append_escaped(char c, spdlog::memory_buf_t& out) {
    if (c == '"' || c == '\\') {
      out.push_back('\\');
      out.push_back(c);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out.push_back(c);
    }
  }
};

}  // namespace

std::shared_ptr<Log> make_log(LogFormat format, std::string_view level) {
  auto log = std::make_shared<Log>("icn", std::make_shared<spdlog::sinks::stderr_color_sink_mt>());
  log->set_level(spdlog::level::from_str(std::string(level)));
  log->flush_on(spdlog::level::warn);
  if (format == LogFormat::kText) {
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %^%l%$ %v", spdlog::pattern_time_type::utc);
  } else {
    log->set_formatter(std::make_unique<JsonFormatter>());
  }
  return log;
}

std::shared_ptr<Log> make_silent_log() {
  return std::make_shared<Log>("icn", std::make_shared<spdlog::sinks::null_sink_mt>());
}

}  // namespace icn
