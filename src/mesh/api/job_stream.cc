#include "mesh/api/job_stream.h"

#include <charconv>

#include "base/errors.h"
#include "codec/utf8.h"
#include "mesh/errors.h"

namespace icn::mesh::api {
namespace {

std::string end_frame(const JobId& id) {
  std::string frame = "event: end\ndata: {\"job_id\":";
  codec::append_json_string(frame, id.text());
  return frame + "}\n\n";
}

// A piece of log may end inside a character: such bytes are shown as '?'.
std::string shown(const std::string& text) {
  if (codec::is_utf8(text)) return text;
  std::string out;
  for (const char each : text) out += static_cast<unsigned char>(each) < 0x80 ? each : '?';
  return out;
}

class JobStream final : public http::LiveBody {
 public:
  JobStream(const Service& service, std::shared_ptr<RunningJob> running, std::uint64_t from)
      : service_(service), running_(std::move(running)), from_(from) {}
  ~JobStream() override {
    if (watcher_ != 0) running_->unwatch(watcher_);
  }

  void attach(std::function<void()> wake) override { watcher_ = running_->watch(std::move(wake)); }

  State pull(std::string& out, std::size_t) override {
    const bool is_over = running_->is_over();  // asked first: nothing said before it is left out
    std::uint64_t total = 0;
    const std::string text = running_->log(from_, total);
    if (!text.empty()) {
      out += "id: " + std::to_string(total) +
             "\nevent: log\ndata: {\"from\":" + std::to_string(total - text.size()) + ",\"text\":";
      codec::append_json_string(out, shown(text));
      out += "}\n\n";
      from_ = total;
    }
    const auto progress = service_.signed_progress(running_->id());
    if (progress && progress->seq != seq_) {
      seq_ = progress->seq;
      out += "event: progress\ndata: " + codec::to_json_text(*progress) + "\n\n";
    }
    if (!is_over) return State::kOpen;
    out += end_frame(running_->id());
    return State::kEnded;
  }

  std::string heartbeat() const override { return ":\n\n"; }

 private:
  const Service& service_;
  std::shared_ptr<RunningJob> running_;
  std::uint64_t from_;
  std::uint64_t seq_ = 0;
  std::uint64_t watcher_ = 0;
};

Result<std::uint64_t> from_of(const http::Request& request) {
  const auto header = request.headers.find("last-event-id");
  const std::string text = header ? std::string(*header) : request.query_parameter("from").value_or("0");
  std::uint64_t from = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), from);
  if (code == std::errc() && end == text.data() + text.size()) return from;
  return Error(errors::kMalformed, "from and Last-Event-ID take a byte of the log");
}

Result<http::Response> stream_of(const Api& api, const http::Request& request) {
  const std::string* text = http::find_parameter(request.path_parameters, "id");
  const JobId id(text == nullptr ? "" : *text);
  ICN_TRY_ASSIGN(job, find_job(api, id));
  ICN_TRY(may_read_data(api, request.caller, job));
  ICN_TRY_ASSIGN(from, from_of(request));
  if (auto running = api.service.running(id)) {
    return http::Response::live(StreamJob::output_content_type,
                                std::make_shared<JobStream>(api.service, std::move(running), from));
  }
  if (!is_final(job.status)) return Error(kNotReady, "the job has not started here");
  http::Response ended = http::Response::text(end_frame(id));
  ended.content_type = StreamJob::output_content_type;
  return ended;
}

}  // namespace

http::Response StreamJob::handle(const Api& api, const http::Request& request) {
  const auto made = stream_of(api, request);
  return made.ok() ? *made : http::problem(made.error(), request);
}

}  // namespace icn::mesh::api
