// The service's half of the market: what market/surroundings.h asks for.
#include <algorithm>
#include <thread>

#include "dag/errors.h"
#include "economics/accounts.h"
#include "mesh/conduct.h"
#include "mesh/price.h"
#include "mesh/redundancy.h"
#include "mesh/service_content.h"
#include "mesh/signers.h"
#include "network/errors.h"

namespace icn::mesh {
namespace {

constexpr std::uint64_t kFetchPublicMs = 10'000;  // of each block of a job before it is announced

}  // namespace

bool Service::Content::is_elsewhere(const Job& job) const {
  return service_.market_ != nullptr && job.submission.coordinator != service_.parts_.node.did;
}

Result<Bytes> Service::Content::load(const JobId& id, const Job& job, const codec::Cid& cid,
                                     const std::function<bool()>& is_cancelled) const {
  auto held = load_block_as(service_.parts_.blocks, job.submitter, cid);
  const bool is_missing = !held.ok() && held.error().category() == Category::kNotFound;
  if (!is_missing || !is_elsewhere(job)) return held;
  ICN_TRY_ASSIGN(block, service_.market_->fetch_block(id, job.submission.coordinator, cid, is_cancelled));
  return Bytes(*block);
}

Result<bool> Service::Content::may_read(const JobId& id, const Job& job, const codec::Cid& cid,
                                        const std::function<bool()>& is_cancelled) const {
  ICN_TRY_ASSIGN(is_held, may_read_block(service_.parts_.blocks, job.submitter, cid));
  if (is_held || !is_elsewhere(job)) return is_held;
  // That its coordinator gives it for this job is what allows its use; it stays in the market's cache.
  const auto given = service_.market_->fetch_block(id, job.submission.coordinator, cid, is_cancelled);
  if (given.ok()) return true;
  if (given.error().category() == Category::kNotFound) return false;
  return given.error();
}

void Service::set_bid_window(const SubmissionName& name, std::optional<std::uint64_t> window_ms) {
  if (!market_) return;
  if (!window_ms && !has_bid_windows_.load()) return;
  has_bid_windows_ = true;
  loop_.post([this, name, window_ms] { market_->set_bid_window(name, window_ms); });
}

Result<std::optional<Job>> Service::find_job(const JobId& id) const {
  ICN_TRY_ASSIGN(store, parts_.ledger.store());
  return kJobs.get(*store, id);
}

void Service::submit_own(std::string_view type, codec::Json body, ledger::Done done) {
  const auto published = parts_.ledger.published();
  const auto transaction = ledger::make_signed(
      {parts_.node.did, parts_.node.key_id, *parts_.node.key}, published->network.network, type,
      std::move(body), std::max(parts_.clock.now_secs(), published->head.header.time) + 60, parts_.random);
  auto checked =
      ledger::CheckedTransaction::from_json(parts_.ledger.rules().types, codec::to_json(transaction));
  if (!checked.ok()) return done(checked.error());
  parts_.gateway.submit_own(loop_, std::move(checked).value(), parts_.node.key->public_key(),
                            std::move(done));
}

// A receipt of another executor is settled like one of this node.
void Service::hand_on(AttemptPtr attempt) {
  {
    const std::lock_guard lock(mutex_);
    finished_.insert_or_assign(attempt->id, attempt);
  }
  ++unsettled_;
  on_finished(std::move(attempt));
}

AttemptNews Service::news_of(const NewsRequest& asked) const {
  AttemptNews news;
  const JobId& id = asked.name.job_id;
  const auto run = local_run(id);
  if (!run || run->attempt() != asked.name.attempt) return news;
  news.is_started = true;
  news.progress = signed_progress(id);
  std::uint64_t total = 0;
  const std::string text = run->log(asked.log_from, total);
  news.log_from = total - text.size();
  news.log = to_bytes(as_bytes(std::string_view(text).substr(0, AttemptNews::kLogBytesMax)));
  return news;
}

network::ExecutorOffer Service::offer() const {
  return offer_at(plain_price(reputation_points(parts_.ledger, parts_.node.did)));
}

network::ExecutorOffer Service::offer_at(Millimana price) const {
  const ServiceStats now = stats();
  return {now.workers,           now.running,       now.queued,
          now.queue_max,         kinds_run(),       price,
          options_.cpu_cores,    options_.gpus,     options_.capabilities,
          options_.trust_scopes, options_.memory_mb};
}

// What the ledger knows of this node is read only for jobs that ask for it: this is asked for each job.
std::string Service::refusal(const Job& job) const {
  const Did& self = parts_.node.did;
  const auto store = parts_.ledger.store();
  const auto frozen = store.ok() ? kFrozen.contains(**store, self) : Result<bool>(store.error());
  const bool is_asked = job.submission.min_executor_reputation > 0 ||
                        !job.submission.allowed_federations.empty() || !frozen.ok() || *frozen;
  return refusal_of_offer(job, self, offer_at({}), is_asked ? bidder(job, self) : Bidder(),
                          parts_.ledger.published()->parameters);
}

Bidder Service::bidder(const Job& job, const Did& executor) const {
  const auto published = parts_.ledger.published();
  const auto store = parts_.ledger.store();
  if (!store.ok()) return {};
  const TimestampSecs now = published->head.header.time;
  const auto clock = economics::account_at(**store, executor, now);
  if (!clock.ok()) return {};
  const BidderQuestion question{published->network.network, now, clock->running_secs,
                                parts_.find_affiliation};
  auto found = load_bidder(**store, question, job, executor);
  return found.ok() ? std::move(found).value() : Bidder();
}

bool Service::can_lock(const Did& did, Millimana amount) const {
  const auto store = parts_.ledger.store();
  if (!store.ok()) return false;
  const auto found = economics::account_at(**store, did, parts_.ledger.published()->head.header.time);
  if (!found.ok() || !found->exists) return false;
  const auto frozen = is_frozen(**store, did, found->running_secs);
  return frozen.ok() && !*frozen && economics::available_at(found->account, found->running_secs) >= amount;
}

MarketSurroundings Service::market_surroundings() {
  MarketSurroundings around{*parts_.gossip, *parts_.transport, loop_, parts_.clock, parts_.node, parts_.log};
  around.traces = parts_.traces;
  around.metrics = parts_.metrics;
  around.later = [this](std::uint64_t delay_ms, std::function<void()> task) {
    deadlines_.after(std::chrono::milliseconds(delay_ms), loop_, life_, std::move(task));
  };
  around.find_job = [this](const JobId& id) { return find_job(id); };
  around.parameters = [this] { return parts_.ledger.published()->parameters; };
  around.network = [this] { return parts_.ledger.published()->network.network; };
  around.check_signature = [this](const Did& signer, const KeyId& key, std::string_view message,
                                  const codec::HexBytes& signature) -> Result<void> {
    ICN_TRY_ASSIGN(store, parts_.ledger.store());
    return check_signer(*store, signer, key, message, signature);
  };
  around.bidder = [this](const Job& job, const Did& executor) { return bidder(job, executor); };
  around.can_lock = [this](const Did& did, Millimana amount) { return can_lock(did, amount); };
  around.submit = [this](std::string_view type, codec::Json body,
                         std::function<void(Result<codec::Json>)> done) {
    submit_own(type, std::move(body), [done = std::move(done)](const Result<ledger::Commitment>& result) {
      if (!result.ok()) return done(result.error());
      if (!result->outcome.ok) return done(result->outcome.error());
      done(codec::parse_json(result->outcome.output, {.bytes_max = 1 << 24}));
    });
  };
  around.refusal = [this](const Job& job) { return refusal(job); };
  around.load = [this] {
    const ServiceStats now = stats();
    return ExecutorLoad{now.workers,     now.running,      now.queued,  now.queue_max,
                        now.mean_run_ms, now.mean_turn_ms, now.busy_ms, now.owed_ms};
  };
  around.offer = [this] { return offer(); };
  around.news = [this](const NewsRequest& asked) { return news_of(asked); };
  around.saved_state = [this](const JobId& id, const codec::Cid& cid) -> Result<Bytes> {
    ICN_TRY_ASSIGN(note, notes_.find(id));
    ICN_TRY_ASSIGN(job, find_job(id));
    if (!note || !job || note->checkpoint != cid) return Error(dag::kBlockNotFound, cid.to_string());
    return load_block_as(parts_.blocks, job->submitter, cid);
  };
  around.keep_state = [this](const JobId& id, Bytes state) {
    const auto job = find_job(id);
    if (job.ok() && *job) notes_.keep_fetched(id, (*job)->submitter, std::move(state));
  };
  around.on_begin = [this](const JobId& id) { wake_watchers(id); };
  around.strike = [this](const network::PeerId& peer) {
    if (parts_.standing != nullptr) parts_.standing->strike(peer);
  };
  around.load_block = [this](const Did& reader, const codec::Cid& cid) {
    return load_block_as(parts_.blocks, reader, cid);
  };
  around.holds = [this](const Did& reader, const codec::Cid& cid) {
    const auto is_held = may_read_block(parts_.blocks, reader, cid);
    return is_held.ok() && *is_held;
  };
  around.fetch_public = [this](const codec::Cid& cid, std::function<void(Result<void>)> done) {
    if (parts_.exchange == nullptr) return done(Error(network::kOff));
    network::FetchOptions options;
    options.timeout_ms = kFetchPublicMs;
    parts_.exchange->fetch(cid, options, loop_,
                           [done = std::move(done)](const Result<network::Fetched>& fetched) {
                             done(fetched.ok() ? Result<void>() : Result<void>(fetched.error()));
                           });
  };
  around.run_here = [this](const JobId& id, const Job& job) { enqueue(id, job); };
  around.settle = [this](AttemptPtr attempt) { hand_on(std::move(attempt)); };
  return around;
}

}  // namespace icn::mesh
