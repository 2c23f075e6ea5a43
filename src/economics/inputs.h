#pragma once

#include <string>

#include "economics/capacity.h"
#include "economics/conduct.h"
#include "economics/shares.h"
#include "ledger/context.h"
#include "ledger/view.h"
#include "reputation/score/arithmetic.h"

// Where the factors of an account come from: memberships, capacity, reputation, participation, votes,
// conduct. They are read once a day, at an account's first write, and again at the next write after one of
// them changed; in between the account's own record has them. Source: domain.md 5.
namespace icn::economics {

struct Inputs {
  Memberships memberships;
  reputation::Standing standing;
  reputation::Points score;            // now
  std::uint64_t activity = 0;          // of 30 days
  reputation::Turnout turnout;         // of 90 days
  bool is_newcomer = false;            // its participation counts as 1
  std::optional<Capacity> capacity;    // declared
  CapacitySums capacity_sums;          // of the network; with a declaration alone
  OrganisationShare share;             // of the organisation it counts with
  std::vector<SybilReason> suspicion;  // whether or not it has an effect
  std::uint32_t sybil_score = 0;
};
// `now` in block time, `running_secs` the running time then. Thread: any.
Result<Inputs> read_inputs(const ledger::Reader& state, const ledger::Parameters& parameters, const Did& did,
                           const Account& account, TimestampSecs now, std::uint64_t running_secs);

// Stage, organisation and all factors but kappa, which follows from the first two in refresh().
// A stage rises from Unverified with a membership; Contributor: 10 accepted receipts; Trusted: reputation 75
// and 2 people's endorsements.
void apply_inputs(const Inputs& inputs, const ledger::Parameters& parameters, TimestampSecs now,
                  Account& account);

// The account reads its inputs anew at its next write. Nothing is settled; without an account nothing
// happens. Not beside Books that hold the same account: Books::inputs_changed().
Result<void> mark_inputs_changed(ledger::View& view, const Did& did);

// `did` became an Active member of `scope`, or is none any more.
Result<void> set_membership(ledger::View& view, const Did& did, const std::string& scope, Organisation kind,
                            bool is_member);
// Whether both are members of one body.
Result<bool> share_membership(const ledger::Reader& state, const Did& one, const Did& other);

}  // namespace icn::economics
