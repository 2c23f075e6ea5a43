#include "economics/vouching.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/accounts.h"
#include "economics/errors.h"
#include "reputation/score/record.h"

namespace icn::economics {
namespace {

constexpr std::uint64_t kAskAgainSecs = kSecsPerDay;

std::string reference_of(const Did& person) { return "vouch " + person.text(); }

Result<void> plan(const BlockContext& block, View& view, const Did& person, Vouch& vouch,
                  std::uint64_t due_secs) {
  vouch.due_secs = due_secs;
  ICN_TRY(ledger::schedule(view, block, due_secs, kVouchDue, person.text()));
  return kVouches.put(view, person, vouch);
}

}  // namespace

Result<Vouch> vouch(const BlockContext& block, View& view, Books& books, const Did& voucher,
                    const Did& person) {
  const ledger::Parameters& parameters = *block.parameters;
  ICN_TRY_ASSIGN(account, books.open(person));
  ICN_TRY_ASSIGN(is_vouched_for, kVouches.contains(view, person));
  if (account->stage != Stage::kUnverified || is_vouched_for)
    return Error(kAlreadyVerified, person.text() + " is verified already");
  Vouch made{voucher, {parameters.economics_vouch_deposit}, block.time, 0, 0};
  ICN_TRY(books.lock(voucher, made.deposit, reference_of(person)));
  ICN_TRY(books.set_stage(person, Stage::kVerified));
  ICN_TRY(plan(block, view, person, made,
               block.running_secs() + static_cast<std::uint64_t>(parameters.economics_vouch_secs)));
  return made;
}

Result<void> doom_vouch(const BlockContext& block, View& view, const Did& person, std::uint64_t number) {
  ICN_TRY_ASSIGN(known, kVouches.get(view, person));
  if (!known || known->sybil_event != 0) return {};
  ICN_TRY(ledger::unschedule(view, known->due_secs, kVouchDue, person.text()));
  known->sybil_event = number;
  return plan(block, view, person, *known,
              block.running_secs() + static_cast<std::uint64_t>(block.parameters->economics_penalty_secs));
}

Result<void> run_vouch_due(const BlockContext& block, const std::string& id, View& view,
                           std::vector<Event>& events) {
  const Did person(id);
  ICN_TRY_ASSIGN(known, kVouches.get(view, person));
  if (!known) return Error(errors::kInternal, "no vouch for " + id);
  bool is_burned = false;
  if (known->sybil_event != 0) {
    ICN_TRY_ASSIGN(event, reputation::load_event(view, person, known->sybil_event));
    if (event.state == reputation::EventState::kContested)
      return plan(block, view, person, *known, block.running_secs() + kAskAgainSecs);
    is_burned = event.state == reputation::EventState::kCounts;
  }
  const std::string reference = reference_of(person);
  ICN_TRY(is_burned ? slash(block, view, &events, known->voucher, known->deposit, reference)
                    : release(block, view, &events, known->voucher, known->deposit, reference));
  return kVouches.erase(view, person);
}

}  // namespace icn::economics
