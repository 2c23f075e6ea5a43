#include "mesh/market/assignments.h"

#include <algorithm>

#include "mesh/errors.h"
#include "mesh/spec.h"

namespace icn::mesh {

Assignments::Assignments(MarketSurroundings& around, Withdrawals& withdrawals,
                         std::function<bool(const JobId&)> is_reported,
                         std::function<void(const JobId&)> on_begin)
    : around_(around),
      withdrawals_(withdrawals),
      is_reported_(std::move(is_reported)),
      on_begin_(std::move(on_begin)) {}

void Assignments::add(const JobId& id, const Job& job) {
  const auto known = entries_.find(id);
  if (known != entries_.end() && known->second.attempt == job.attempt) return;
  forget(id);
  Entry entry;
  entry.attempt = job.attempt;
  entry.executor = job.executor;
  entry.est_secs = job.est_secs;
  entry.limit_ms = std::uint64_t{job.execution_secs} * 1'000;
  entry.added_ms = entry.heard_ms = around_.clock.now_ms();
  entry.is_protected = job.started_at != 0;
  entries_.emplace(id, std::move(entry));
  tick();
}

void Assignments::forget(const JobId& id) {
  entries_.erase(id);
  std::shared_ptr<RunningJob> over;
  {
    const std::lock_guard lock(mutex_);
    if (auto found = seen_.extract(id)) over = std::move(found.mapped().run);
  }
  if (over) over->finish();
}

void Assignments::forget_before(const JobId& id, std::uint32_t attempt) {
  const auto found = entries_.find(id);
  if (found != entries_.end() && found->second.attempt < attempt) forget(id);
}

std::shared_ptr<RunningJob> Assignments::run(const JobId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(id);
  return found == seen_.end() ? nullptr : found->second.run;
}

std::optional<Progress> Assignments::progress(const JobId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(id);
  return found == seen_.end() ? std::nullopt : found->second.progress;
}

bool Assignments::is_followed() const {
  const std::lock_guard lock(mutex_);
  return std::ranges::any_of(seen_, [](const auto& each) { return each.second.run->is_watched(); });
}

void Assignments::tick() {
  if (is_ticking_ || entries_.empty()) return;
  is_ticking_ = true;
  around_.later(is_followed() ? kFollowedAskMs : kAskMs, [this] {
    is_ticking_ = false;
    ask_all();
    tick();
  });
}

void Assignments::ask_all() {
  const std::uint64_t now = around_.clock.now_ms();
  std::map<Did, std::vector<NewsRequest>> wanted;
  std::vector<JobId> lost;
  for (auto& [id, entry] : entries_) {
    if (entry.is_given_up || now < entry.added_ms + kFirstAskMs) continue;
    if (is_reported_(id)) {
      entry.heard_ms = now;
      continue;
    }
    if (is_lost(entry)) {
      lost.push_back(id);
      continue;
    }
    auto& list = wanted[entry.executor];
    if (list.size() == NewsRequest::kMax) continue;
    std::uint64_t log_bytes = 0;
    if (const auto seen = run(id)) seen->log(0, log_bytes);
    list.push_back({{id, entry.attempt}, log_bytes});
  }
  for (const JobId& id : lost) give_up(id, entries_.at(id));
  for (auto& [executor, list] : wanted) {
    const auto open = asked_ms_.find(executor);
    if (open == asked_ms_.end() || now > open->second + kAnswerMs) ask_some(executor, std::move(list));
  }
}

void Assignments::ask_some(const Did& executor, std::vector<NewsRequest> wanted) {
  asked_ms_[executor] = around_.clock.now_ms();
  MeshRequest request;
  request.news = wanted;
  ask(around_, executor, request,
      [this, executor, wanted = std::move(wanted)](const Result<MeshAnswer>& answer) {
        asked_ms_.erase(executor);
        if (!answer.ok() || !answer->news || answer->news->size() != wanted.size()) return;
        for (std::size_t i = 0; i < wanted.size(); ++i) hear(executor, wanted[i], (*answer->news)[i]);
      });
}

void Assignments::hear(const Did& executor, const NewsRequest& asked, const AttemptNews& news) {
  const JobId& id = asked.name.job_id;
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.attempt != asked.name.attempt) return;
  Entry& entry = found->second;
  if (entry.executor != executor) return;
  entry.is_unknown = !news.is_held;
  if (!news.is_held) return;
  entry.heard_ms = around_.clock.now_ms();
  if (!news.is_started || news.log.size() > AttemptNews::kLogBytesMax) return;
  const bool is_first = !std::exchange(entry.is_started, true);
  std::shared_ptr<RunningJob> seen;
  {
    const std::lock_guard lock(mutex_);
    auto& place = seen_[id].run;
    if (!place) place = std::make_shared<RunningJob>(id, entry.attempt, entry.heard_ms, entry.limit_ms);
    seen = place;
  }
  if (news.progress && news.progress->job_id == id && news.progress->attempt == entry.attempt &&
      news.progress->executor == executor &&
      around_
          .check_signature(executor, news.progress->key, progress_signing_bytes(*news.progress),
                           news.progress->signature)
          .ok()) {
    {
      const std::lock_guard lock(mutex_);
      if (const auto at = seen_.find(id); at != seen_.end()) at->second.progress = news.progress;
    }
    if (news.progress->checkpoint) fetch_state(id, entry, *news.progress->checkpoint);
  }
  seen->on_news(news.log_from, as_text(news.log), news.progress ? news.progress->seq : 0);
  if (is_first) on_begin_(id);
}

std::uint64_t Assignments::state_every_ms(const JobId& id) const {
  const auto job = around_.find_job(id);
  if (!job.ok() || !*job) return kStateEveryMs;
  const auto block = around_.load_block((*job)->submitter, (*job)->submission.manifest_cid);
  const auto spec = block.ok() ? read_spec(*block) : Result<JobSpec>(block.error());
  if (!spec.ok() || !spec->checkpoint_interval_secs) return kStateEveryMs;
  return std::uint64_t{*spec->checkpoint_interval_secs} * 1'000;
}

// The state is its executor's word alone: it is kept for whoever resumes the job, no attempt begins from it.
void Assignments::fetch_state(const JobId& id, Entry& entry, const codec::Cid& cid) {
  const std::uint64_t now = around_.clock.now_ms();
  if (entry.state_every_ms == 0) entry.state_every_ms = state_every_ms(id);
  if (entry.state == cid || (entry.state_ms != 0 && now < entry.state_ms + entry.state_every_ms)) return;
  entry.state_ms = now;
  MeshRequest request;
  request.block = BlockRequest{id, cid};
  ask(around_, entry.executor, request,
      [this, id, cid, attempt = entry.attempt, executor = entry.executor](Result<MeshAnswer> answer) {
        const auto found = entries_.find(id);
        if (found == entries_.end() || found->second.attempt != attempt) return;
        if (!answer.ok() || !answer->block) {
          found->second.state_ms = 0;  // it has a newer one, which the next answer names
          return;
        }
        auto block = dag::verify_block(cid, std::move(*answer->block));
        if (!block.ok() || cid.codec() != codec::kRaw || block->bytes.size() > kCheckpointBytesMax) {
          if (const auto peer = peer_of(executor); peer.ok()) around_.strike(*peer);
          return;
        }
        found->second.state = cid;
        around_.keep_state(id, std::move(block->bytes));
      });
}

bool Assignments::is_lost(const Entry& entry) const {
  if (entry.is_protected) return false;
  const std::uint64_t now = around_.clock.now_ms();
  const auto patience_ms = static_cast<std::uint64_t>(around_.parameters().mesh_withdraw_secs) * 1'000;
  const std::uint64_t age_ms = now - entry.added_ms;
  if (age_ms < patience_ms) return false;
  if (entry.is_unknown || now >= entry.heard_ms + kSilentMs) return true;
  return !entry.is_started && age_ms > (kBeginSecs + entry.est_secs) * 1'000;
}

void Assignments::give_up(const JobId& id, Entry& entry) {
  entry.is_given_up = true;
  if (around_.log) around_.log->info("job {}: {} is gone; withdrawing", id.text(), entry.executor.text());
  withdrawals_.add({id, entry.attempt, entry.executor},
                   [this, id, attempt = entry.attempt](const std::string& result) {
                     const auto found = entries_.find(id);
                     if (found == entries_.end() || found->second.attempt != attempt) return;
                     found->second.is_given_up = false;
                     if (result == "retry" || result == "settled" || result == kJobEnded.code ||
                         result == kWrongAttempt.code) {
                       return forget(id);
                     }
                     if (result == kAlreadyStarted.code || result == kJobClaimed.code) {
                       found->second.is_protected = true;
                     }
                   });
}

}  // namespace icn::mesh
