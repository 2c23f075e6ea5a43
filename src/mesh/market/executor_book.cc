#include "mesh/market/executor_book.h"

#include <iterator>

#include "mesh/names.h"
#include "mesh/selection.h"

namespace icn::mesh {

namespace {

constexpr std::size_t kNamesMax = 32;

// What others say is kept: no more of it than a bid may say.
bool is_bounded(const std::vector<std::string>& names) {
  return names.size() <= kNamesMax && are_bounded(names);
}

}  // namespace

void ExecutorBook::heard(const Did& executor, const network::ExecutorOffer& offer) {
  const std::lock_guard lock(mutex_);
  forget_old();
  const bool is_sound =
      is_bounded(offer.kinds) && is_bounded(offer.capabilities) && is_bounded(offer.trust_scopes);
  if (offer.workers == 0 || !is_sound) {
    entries_.erase(executor);
    return;
  }
  if (entries_.size() >= kEntriesMax && !entries_.contains(executor)) return;
  entries_[executor] = {offer, clock_.now_ms()};
}

void ExecutorBook::forget_old() const {
  const std::uint64_t now = clock_.now_ms();
  std::erase_if(entries_, [&](const auto& each) { return each.second.heard_ms + kForgottenAfterMs < now; });
}

std::map<Did, ExecutorBook::Entry> ExecutorBook::entries() const {
  const std::lock_guard lock(mutex_);
  forget_old();
  return entries_;
}

std::size_t ExecutorBook::size() const {
  const std::lock_guard lock(mutex_);
  forget_old();
  return entries_.size();
}

std::vector<Did> ExecutorBook::first(const JobId& job, std::size_t count,
                                     const std::optional<Did>& self) const {
  std::map<crypto::Hash, const Did*> order;
  const auto add = [&](const Did& executor) {
    order.emplace(tie_hash(job, executor), &executor);
    if (order.size() > count) order.erase(std::prev(order.end()));
  };
  if (self) add(*self);
  const std::lock_guard lock(mutex_);
  forget_old();
  for (const auto& [executor, entry] : entries_) add(executor);
  std::vector<Did> out;
  for (const auto& [hash, executor] : order) out.push_back(*executor);
  return out;
}

}  // namespace icn::mesh
