#include "governance/reminders.h"

#include <algorithm>

#include "governance/lifecycle.h"

namespace icn::governance {

Result<void> schedule_reminder(const ledger::BlockContext& block, ledger::View& view,
                               const Proposal& proposal) {
  for (const std::uint64_t before_secs : kReminderSecs) {
    if (proposal.voting_ends_secs <= block.running_secs() + before_secs) continue;
    return ledger::schedule(view, block, proposal.voting_ends_secs - before_secs, kReminderDue, proposal.id);
  }
  return {};
}

// A vote that was extended, or began another round, is reminded of again: what was due before it says
// nothing.
Result<void> run_reminder_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                              std::vector<ledger::Event>& events) {
  ICN_TRY_ASSIGN(proposal, load_proposal(view, id));
  if (proposal.state != ProposalState::kVoting || proposal.voting_ends_secs <= block.running_secs())
    return {};
  const std::uint64_t left_secs = proposal.voting_ends_secs - block.running_secs();
  const bool is_time = std::ranges::any_of(kReminderSecs, [&](std::uint64_t before_secs) {
    return left_secs <= before_secs && before_secs - left_secs < kReminderSecs.back();
  });
  if (is_time) {
    events.push_back(
        {std::string(kReminderEvent), codec::write_json(codec::Json::object(
                                          {{"proposal_id", proposal.id},
                                           {"scope", proposal.scope},
                                           {"voting_ends", proposal.voting_ends_secs + block.standstill_secs},
                                           {"secs_left", left_secs}}))});
  }
  return schedule_reminder(block, view, proposal);
}

}  // namespace icn::governance
