#pragma once

#include "governance/vote.h"
#include "ledger/context.h"
#include "ledger/due.h"

// Conviction: once a day the members who support a proposal then are added to what is left of the days
// before. Own ballots count; delegations do not grow. It passes on the day its conviction and the quorum
// suffice. Thread: the ledger's writer. Source: domain.md 4.
namespace icn::governance {

inline constexpr std::string_view kAccrualDue =
    "governance.accrual";  // before "governance.proposal" at its end
inline constexpr std::uint64_t kAccrualSecs = 86'400;

// The next one after now, if voting lasts until then.
Result<void> schedule_accrual(const ledger::BlockContext& block, ledger::View& view,
                              const Proposal& proposal);

// The run() of the due row; its id is the vote.
Result<void> run_accrual_due(const ledger::BlockContext& block, const std::string& vote_id,
                             ledger::View& view, std::vector<ledger::Event>& events);

// What accrued so far becomes part of the terms of the count.
void take_accruals(const BallotBox& box, Contest& contest);

}  // namespace icn::governance
