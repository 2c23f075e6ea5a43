#include "mesh/api/job_stream.h"

#include <charconv>

#include "base/errors.h"
#include "mesh/api/job_data.h"
#include "mesh/lifecycle.h"

namespace icn::mesh::api {
namespace {

constexpr std::size_t kChunkBytesMax = 32 << 10;

enum class Form { kEvents, kText };

// Follows a job from wherever it is to its end: waits for its run, tells what the run says, waits for the
// next attempt if there is one. What the run has not told is told from the log that its receipt names.
class JobFollower final : public http::LiveBody {
 public:
  JobFollower(const Api& api, JobId id, std::uint64_t from, Form form)
      : api_(api), id_(std::move(id)), told_(from), form_(form) {}
  ~JobFollower() override { leave(); }

  void attach(std::function<void()> wake) override {
    wake_ = std::move(wake);
    watch_ = api_.service.watch(id_, wake_);
  }

  State pull(std::string& out, std::size_t) override {
    if (!running_) join();
    if (running_) {
      const bool is_over = running_->is_over();  // asked first: nothing said before it is left out
      tell_run(out);
      if (!is_over) return State::kOpen;
      leave();
    }
    const auto job = find_job(api_, id_);
    if (!job.ok() || !is_final(job->status)) return State::kOpen;
    tell_end(out, *job);
    return State::kEnded;
  }

  std::string heartbeat() const override { return form_ == Form::kEvents ? ":\n\n" : ""; }

 private:
  void join() {
    auto found = api_.service.running(id_);
    if (!found || found->is_over()) return;
    if (found->attempt() > attempt_ && attempt_ != 0) told_ = 0;  // an attempt has a log of its own
    attempt_ = found->attempt();
    running_ = std::move(found);
    if (wake_) watcher_ = running_->watch(wake_);
  }

  void leave() {
    if (running_ && watcher_ != 0) running_->unwatch(watcher_);
    watcher_ = 0;
    running_.reset();
  }

  void tell_run(std::string& out) {
    std::uint64_t total = 0;
    const std::string text = running_->log(told_, total);
    if (!text.empty()) {
      told_ = total - text.size();  // the oldest may be gone
      tell_log(out, text);
    }
    const auto progress = api_.service.signed_progress(id_);
    if (form_ == Form::kText || !progress || progress->seq == progress_seq_) return;
    progress_seq_ = progress->seq;
    tell(out, "progress", "progress", as_bytes(codec::to_json_text(*progress)), "application/json");
  }

  void tell_log(std::string& out, std::string_view text) {
    if (form_ == Form::kText) {
      told_ += text.size();
      out += text;
      return;
    }
    while (!text.empty()) {
      const std::string_view piece = text.substr(0, kChunkBytesMax);
      text.remove_prefix(piece.size());
      told_ += piece.size();
      tell(out, "log", "log", as_bytes(piece), "text/plain");
    }
  }

  void tell_end(std::string& out, const Job& job) {
    const auto log = stored_log(api_, id_, job);
    if (log.ok() && log->size() > told_) tell_log(out, as_text(*log).substr(told_));
    if (form_ == Form::kText) return;
    tell(out, "end", codec::enum_name(job.status), {}, "text/plain");
  }

  void tell(std::string& out, std::string_view event, std::string_view stage, ByteView data,
            std::string_view content_type) {
    StreamChunk chunk;
    chunk.job_id = id_;
    chunk.sequence = told_;
    chunk.stage = stage;
    chunk.data = to_bytes(data);
    chunk.content_type = content_type;
    chunk.is_final = event == "end";
    chunk.at = api_.clock.now_secs();
    out += "id: " + std::to_string(told_) + "\nevent: " + std::string(event) +
           "\ndata: " + codec::to_json_text(chunk) + "\n\n";
  }

  const Api& api_;
  const JobId id_;
  std::uint64_t told_;  // bytes of the log
  const Form form_;
  std::function<void()> wake_;
  Service::Watch watch_;
  std::shared_ptr<RunningJob> running_;
  std::uint32_t attempt_ = 0;
  std::uint64_t watcher_ = 0;
  std::uint64_t progress_seq_ = 0;
};

Result<std::uint64_t> from_of(const http::Request& request) {
  const auto header = request.headers.find("last-event-id");
  const std::string text = header ? std::string(*header) : request.query_parameter("from").value_or("0");
  std::uint64_t from = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), from);
  if (code == std::errc() && end == text.data() + text.size()) return from;
  return Error(errors::kMalformed, "from and Last-Event-ID take a sequence of the stream");
}

Result<http::Response> stream_of(const Api& api, const http::Request& request) {
  const std::string* text = http::find_parameter(request.path_parameters, "id");
  const JobId id(text == nullptr ? "" : *text);
  ICN_TRY_ASSIGN(job, find_job(api, id));
  ICN_TRY(may_read_data(api, request.caller, job));
  ICN_TRY_ASSIGN(from, from_of(request));
  return http::Response::live(StreamJob::output_content_type,
                              std::make_shared<JobFollower>(api, id, from, Form::kEvents));
}

}  // namespace

http::Response StreamJob::handle(const Api& api, const http::Request& request) {
  const auto made = stream_of(api, request);
  return made.ok() ? *made : http::problem(made.error(), request);
}

http::Response follow_log(const Api& api, const JobId& id, std::uint64_t from) {
  return http::Response::live("text/plain; charset=utf-8",
                              std::make_shared<JobFollower>(api, id, from, Form::kText));
}

}  // namespace icn::mesh::api
