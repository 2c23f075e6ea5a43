#include "mesh/market/holdings.h"

#include "mesh/tx/start.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kTickMs = 1'000;
constexpr std::size_t kAnswerLogBytesMax = std::size_t{256} << 10;

}  // namespace

void Holdings::add(const JobId& id, const Job& job) {
  const auto known = held_.find(id);
  if (known != held_.end() && known->second.attempt == job.attempt) return;
  held_[id] = {job.attempt, job.submission.coordinator, around_.clock.now_ms(), job.started_at != 0};
  tick();
}

std::optional<MeshAnswer> Holdings::give(const Did& asker, const BlockRequest& request) const {
  const auto found = held_.find(request.job_id);
  if (found == held_.end() || found->second.coordinator != asker) return std::nullopt;
  auto state = around_.saved_state(request.job_id, request.cid);
  if (!state.ok()) return std::nullopt;
  MeshAnswer answer;
  answer.block = std::move(*state);
  return answer;
}

std::optional<std::vector<AttemptNews>> Holdings::tell(const Did& asker,
                                                       const std::vector<NewsRequest>& wanted) {
  std::vector<AttemptNews> out;
  std::size_t log_bytes = 0;
  for (const NewsRequest& each : wanted) {
    const auto found = held_.find(each.name.job_id);
    if (found == held_.end() || found->second.attempt != each.name.attempt) {
      out.emplace_back();
      continue;
    }
    if (found->second.coordinator != asker) return std::nullopt;
    found->second.asked_ms = around_.clock.now_ms();
    AttemptNews news = around_.news(each);
    news.is_held = true;
    log_bytes += news.log.size();
    if (log_bytes > kAnswerLogBytesMax) news.log.clear();  // the next answer has it
    out.push_back(std::move(news));
  }
  return out;
}

void Holdings::tick() {
  if (is_ticking_ || held_.empty()) return;
  is_ticking_ = true;
  around_.later(kTickMs, [this] {
    is_ticking_ = false;
    say_started();
    tick();
  });
}

void Holdings::say_started() {
  const std::uint64_t now = around_.clock.now_ms();
  StartJobs::Body body;
  for (auto& [id, held] : held_) {
    if (held.is_said || now < held.asked_ms + kUnaskedMs) continue;
    if (body.attempts.size() == kStartsPerTransaction) break;
    const AttemptName name{id, held.attempt};
    if (!around_.news({name, 0}).is_started) continue;
    held.is_said = true;
    body.attempts.push_back(name);
  }
  if (body.attempts.empty()) return;
  const std::vector<AttemptName> said = body.attempts;
  around_.submit("mesh.start", codec::to_json(body), [this, said](const Result<codec::Json>& answer) {
    if (answer.ok()) return;
    for (const AttemptName& name : said) {
      const auto found = held_.find(name.job_id);
      if (found != held_.end() && found->second.attempt == name.attempt) found->second.is_said = false;
    }
  });
}

}  // namespace icn::mesh
