#include "network/content_keeper.h"

#include <algorithm>

#include "dag/pins.h"

namespace icn::network {
namespace {

constexpr std::uint64_t kHourMs = 3'600'000;
constexpr std::uint32_t kDoublingsMax = 20;

// However often it is asked for: too large, or of a form that no block of this node has.
bool is_never_to_be_held(const Error& error) {
  return error.category() == Category::kTooLarge || error.category() == Category::kMalformed ||
         error.category() == Category::kRule;
}

}  // namespace

ContentKeeper::ContentKeeper(Network& network, BlockExchange& exchange, dag::BlockStore& blocks,
                             const Clock& clock, std::shared_ptr<Log> log, ContentKeeperOptions options)
    : network_(network),
      exchange_(exchange),
      blocks_(blocks),
      clock_(clock),
      log_(std::move(log)),
      options_(std::move(options)),
      hour_began_ms_(now_ms()) {}

bool ContentKeeper::want(const Cid& named) {
  const Cid cid = named.to_v1();
  if (cid.inline_data()) return true;
  const auto is_pinned = dag::kPins.contains(blocks_.store(), {dag::block_key(cid), options_.owner});
  if (is_pinned.ok() && *is_pinned) return true;
  const std::lock_guard lock(mutex_);
  if (waiting_.size() >= options_.waiting_max) return waiting_.contains(cid);
  waiting_.try_emplace(cid);
  return true;
}

std::size_t ContentKeeper::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void ContentKeeper::tick() {
  for (const Cid& cid : take_due()) proceed(cid);
}

std::vector<Cid> ContentKeeper::take_due() {
  const std::size_t peers = network_.peer_count();
  const std::uint64_t now = now_ms();
  const std::lock_guard lock(mutex_);
  if (peers > peers_) {
    for (auto& [cid, each] : waiting_) each.due_ms = now;
  }
  peers_ = peers;
  if (now >= hour_began_ms_ + kHourMs) {
    hour_began_ms_ = now;
    hour_bytes_ = 0;
  }
  if (busy_ >= options_.parallel) return {};
  const bool is_spent = hour_bytes_ >= options_.hour_bytes_max;

  std::vector<std::pair<std::uint32_t, Cid>> due;
  for (const auto& [cid, each] : waiting_) {
    if (!each.is_busy && each.due_ms <= now && (each.has_come || !is_spent))
      due.emplace_back(each.failures, cid);
  }
  const std::size_t count = std::min(due.size(), options_.parallel - busy_);
  std::partial_sort(due.begin(), due.begin() + static_cast<std::ptrdiff_t>(count), due.end());
  std::vector<Cid> out;
  for (std::size_t i = 0; i < count; ++i) {
    waiting_[due[i].second].is_busy = true;
    out.push_back(due[i].second);
  }
  busy_ += count;
  return out;
}

// The block itself first: it says whether there is more, and that it came costs no more than its own bytes.
void ContentKeeper::proceed(const Cid& cid) {
  const auto meta = blocks_.meta(cid);
  if (!meta.ok()) return failed(cid, meta.error());
  if (!*meta) return fetch(cid, false);
  if ((*meta)->visibility != dag::Visibility::kPublic) return forget(cid);
  const auto held = blocks_.get(cid);
  if (!held.ok()) return failed(cid, held.error());
  const auto block = dag::trusted_block(cid, to_bytes(as_bytes((*held)->bytes)));
  if (!block.ok() || block->links.empty()) return pin(cid, false);
  fetch(cid, true);
}

void ContentKeeper::fetch(const Cid& cid, bool is_recursive) {
  FetchOptions options;
  options.is_recursive = is_recursive;
  options.timeout_ms = options_.timeout_ms;
  options.blocks_max = options_.blocks_max;
  options.bytes_max = options_.bytes_max;
  exchange_.fetch(cid, options, inline_executor_, [this, cid, is_recursive](const Result<Fetched>& result) {
    fetched(cid, is_recursive, result);
  });
}

void ContentKeeper::fetched(const Cid& cid, bool is_recursive, const Result<Fetched>& result) {
  const bool is_refused = !result.ok() && is_never_to_be_held(result.error());
  {
    const std::lock_guard lock(mutex_);
    if (result.ok())
      hour_bytes_ += result->bytes;
    else if (is_recursive || is_refused)
      hour_bytes_ += options_.bytes_max;  // how much came before it failed is not told
    if (result.ok() && !is_recursive) {   // the next tick looks at what it links to
      Waiting& each = waiting_[cid];
      each.is_busy = false;
      each.has_come = true;
      each.due_ms = 0;
      --busy_;
      return;
    }
  }
  if (result.ok()) return pin(cid, true);
  if (!is_refused) return failed(cid, result.error());
  log_->warn("content {} that the ledger names is not kept whole: {}", cid.to_string(),
             result.error().detail());
  if (is_recursive) return pin(cid, false);
  forget(cid);
}

void ContentKeeper::pin(const Cid& cid, bool is_recursive) {
  const dag::Pin pin{cid, options_.owner, is_recursive, {}, options_.reason, clock_.now_secs()};
  blocks_.writer().submit(
      inline_executor_, 1'000, [pin](dag::Batch& batch) { return dag::put_pin(batch, pin); },
      [this, cid](const Result<void>& written) {
        if (!written.ok()) return failed(cid, written.error());
        forget(cid);
      });
}

void ContentKeeper::forget(const Cid& cid) {
  const std::lock_guard lock(mutex_);
  waiting_.erase(cid);
  --busy_;
}

void ContentKeeper::failed(const Cid& cid, const Error& error) {
  log_->debug("content {} that the ledger names: {}", cid.to_string(), error.detail());
  const std::lock_guard lock(mutex_);
  Waiting& each = waiting_[cid];
  each.is_busy = false;
  each.has_come = false;
  each.due_ms = now_ms() + std::min(options_.pause_ms_max,
                                    options_.pause_ms_min << std::min(each.failures, kDoublingsMax));
  ++each.failures;
  --busy_;
}

}  // namespace icn::network
