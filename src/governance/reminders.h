#pragma once

#include <array>

#include "governance/proposal.h"
#include "ledger/context.h"
#include "ledger/due.h"

// Events before a vote ends, for whoever listens. Thread: the ledger's writer. Source: domain.md 4
// "Reminders 24 h, 3 h, 1 h before the end".
namespace icn::governance {

inline constexpr std::string_view kReminderDue = "governance.reminder";
// Event type: {proposal_id, scope, voting_ends, secs_left}.
inline constexpr std::string_view kReminderEvent = "VotingEndsSoon";
inline constexpr std::array<std::uint64_t, 3> kReminderSecs{86'400, 10'800, 3'600};

// The next one after now; none when all lie behind.
Result<void> schedule_reminder(const ledger::BlockContext& block, ledger::View& view,
                               const Proposal& proposal);

// The run() of the due row; its id is the proposal.
Result<void> run_reminder_due(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                              std::vector<ledger::Event>& events);

}  // namespace icn::governance
