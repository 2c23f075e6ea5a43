#include "governance/tx/cast_vote.h"

#include "governance/ballot_taking.h"
#include "governance/errors.h"
#include "governance/objections.h"
#include "governance/tally/receipt.h"

namespace icn::governance {

Result<void> CastVote::check(const ledger::Transaction&, const Body&) { return {}; }

// All rules are asked in apply, which reads each row once.
Result<void> CastVote::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<CastVote::Output> CastVote::apply(const ledger::ApplyContext& context, const Body& body,
                                         ledger::View& view) {
  ICN_TRY_ASSIGN(open, open_vote_for(context, view, body.proposal_id, body.revision));
  if (open.proposal.privacy != Privacy::kPublic)
    return Error(kSealedVote, "ballots of this vote are sealed: send a commitment, and reveal it afterwards");
  ICN_TRY(check_reason(open.proposal, body.reason));
  const tally::BallotContent& content = body;
  ICN_TRY_ASSIGN(packed, open.contest.method->pack(open.contest.election, content));
  Ballot ballot;
  ballot.packed.bytes = to_bytes(as_bytes(packed));
  ballot.content = content_text(content);
  ballot.reason = body.reason_cid;
  if (open.proposal.method == VotingMethod::kConsent)
    ICN_TRY(note_position(context.block, view, open.proposal, context.sender(), content,
                          tally::vote_id_of(context.transaction.hash()), context.events));
  return take_ballot(context, view, open, std::move(ballot));
}

Result<void> CommitVote::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> CommitVote::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) {
  return {};
}

Result<CommitVote::Output> CommitVote::apply(const ledger::ApplyContext& context, const Body& body,
                                             ledger::View& view) {
  ICN_TRY_ASSIGN(open, open_vote_for(context, view, body.proposal_id, body.revision));
  if (open.proposal.privacy == Privacy::kPublic)
    return Error(kNotSealed, "ballots of this vote are public: send the choice itself");
  Ballot ballot;
  ballot.commitment = body.commitment;
  return take_ballot(context, view, open, std::move(ballot));
}

}  // namespace icn::governance
