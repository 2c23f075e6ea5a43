#include "cli/job_watch.h"

#include <ostream>

#include "base/bytes.h"
#include "cli/remote.h"
#include "cli/table.h"

namespace icn::cli {
namespace {

using codec::Json;

std::string text_of(const Json& json, std::string_view name) {
  const Json* member = json.find(name);
  return member != nullptr && member->string() != nullptr ? *member->string() : std::string();
}

// Cuts what comes into server-sent events and hands on their data.
class EventReader {
 public:
  explicit EventReader(std::function<void(std::string_view)> on_data) : on_data_(std::move(on_data)) {}

  void take(std::string_view bytes) {
    waiting_ += bytes;
    for (std::size_t end; (end = waiting_.find('\n')) != std::string::npos; waiting_.erase(0, end + 1)) {
      const std::string_view line = std::string_view(waiting_).substr(0, end);
      constexpr std::string_view kData = "data: ";
      if (line.starts_with(kData)) on_data_(line.substr(kData.size()));
    }
  }

 private:
  std::function<void(std::string_view)> on_data_;
  std::string waiting_;
};

class Watcher {
 public:
  explicit Watcher(Session& session) : session_(session) {}

  void take(std::string_view data) {
    const auto chunk = codec::parse_json(data);
    if (!chunk.ok()) return;
    const Json* is_final = chunk->find("is_final");
    if (is_final != nullptr && is_final->boolean() != nullptr && *is_final->boolean()) {
      end_ = text_of(*chunk, "stage");
    }
    if (session_.json) {
      session_.out << data << std::endl;
      return;
    }
    const auto content = base64_decode(text_of(*chunk, "data"));
    if (!content.ok()) return;
    if (text_of(*chunk, "stage") == "log") {
      session_.out << as_text(*content) << std::flush;
    } else if (text_of(*chunk, "content_type") == "application/json") {
      say_progress(as_text(*content));
    }
  }

  // Empty: the stream broke off.
  const std::string& end() const { return end_; }

 private:
  void say_progress(std::string_view content) {
    const auto progress = codec::parse_json(content);
    if (!progress.ok()) return;
    const Json* percent = find_path(*progress, "percent");
    session_.err << "-- " << (percent == nullptr ? "" : cell_text(percent, Kind::kNumber, false)) << " % "
                 << harmless(text_of(*progress, "message")) << std::endl;
  }

  Session& session_;
  std::string end_;
};

}  // namespace

void watch_job(Session& session, const std::string& job_id) {
  Watcher watcher(session);
  EventReader reader([&](std::string_view data) { watcher.take(data); });
  http::ClientRequest request;
  request.target = "/mesh/jobs/" + segment(job_id) + "/stream";
  request.body_sink = [&](std::string_view bytes) {
    reader.take(bytes);
    return watcher.end().empty();
  };
  if (!send(session, std::move(request))) return;
  if (watcher.end().empty())
    return session.fail(kUnreachable, "the node ended the stream before the job did");
  if (!session.json) session.err << "-- job " << job_id << " " << watcher.end() << std::endl;
  if (watcher.end() != "completed") session.exit_code = kNotMet;
}

}  // namespace icn::cli
