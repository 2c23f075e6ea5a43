#include "governance/closing.h"

#include "governance/errors.h"
#include "governance/tables.h"
#include "ledger/merkle.h"

namespace icn::governance {
namespace {

constexpr std::uint64_t kMillion = 1'000'000;
constexpr std::uint64_t kHalfPpm = 500'000;

// Ballots of an earlier round and who might cast them.
Result<void> forget_round(ledger::View& view, const std::string& id) {
  std::vector<Did> voters;
  std::vector<Did> eligible;
  {
    ICN_TRY_ASSIGN(rows, kBallots.scan(view, ledger::prefix_range(ledger::key_of(id))));
    while (true) {
      ICN_TRY_ASSIGN(ballot, rows.next());
      if (!ballot) break;
      voters.push_back(std::move(ballot->voter));
    }
    ICN_TRY_ASSIGN(entries, kEligible.scan(view, ledger::prefix_range(ledger::key_of(id))));
    while (true) {
      ICN_TRY_ASSIGN(entry, entries.next());
      if (!entry) break;
      BallotKey key;
      ByteView in = entries.key();
      if (!storage::take_key_part(in, std::get<0>(key)) || !storage::take_key_part(in, std::get<1>(key)))
        return Error(kBroken, "an eligible member has no key");
      eligible.push_back(std::move(std::get<1>(key)));
    }
  }
  for (const Did& did : voters) ICN_TRY(kBallots.erase(view, {id, did}));
  for (const Did& did : eligible) ICN_TRY(kEligible.erase(view, {id, did}));
  return {};
}

Result<void> add_ballot(const Ballot& ballot, ProposalResult& result) {
  const codec::Json* choice = ballot.choice.find("choice");
  if (choice == nullptr || choice->string() == nullptr) return Error(kBroken, "a ballot chooses nothing");
  const std::string& text = *choice->string();
  result.yes += text == "yes" ? 1 : 0;
  result.no += text == "no" ? 1 : 0;
  result.veto += text == "no_with_veto" ? 1 : 0;
  result.abstain += text == "abstain" ? 1 : 0;
  ++result.participated;
  return {};
}

bool holds_quorum(const Proposal& proposal, const ProposalResult& result) {
  if (result.eligible == 0 || result.participated == 0) return false;
  if (kMillion * result.participated < proposal.quorum.floor_ppm * result.eligible) return false;
  switch (proposal.quorum.kind) {
    case QuorumKind::kPercent:
      return kMillion * result.participated >= proposal.quorum.value * result.eligible;
    case QuorumKind::kFixed:
      return result.participated >= proposal.quorum.value;
    default:
      return true;
  }
}

bool holds_threshold(const Proposal& proposal, const ProposalResult& result) {
  const std::uint64_t against = result.no + result.veto;
  const std::uint64_t decided = result.yes + against;
  if (decided == 0) return false;
  const std::uint64_t threshold = proposal.threshold_ppm + proposal.repeats_threshold_ppm;
  if (threshold == kHalfPpm ? 2 * result.yes <= decided : kMillion * result.yes < threshold * decided)
    return false;
  const MethodParams& params = proposal.method_params;
  if (proposal.method == VotingMethod::kSupermajority)
    return params.denominator * result.yes >= params.numerator * decided;
  if (proposal.method == VotingMethod::kUnanimous) return result.yes > 0 && against <= params.minus;
  return true;
}

}  // namespace

bool is_counted(VotingMethod method, Privacy privacy) {
  using enum VotingMethod;
  return privacy == Privacy::kPublic &&
         (method == kSimpleMajority || method == kSupermajority || method == kUnanimous);
}

Result<void> open_voting(const ledger::BlockContext&, ledger::View& view, Proposal& proposal) {
  ICN_TRY(forget_round(view, proposal.id));
  std::vector<crypto::Hash> leaves;
  std::vector<Did> voters;
  {
    ICN_TRY_ASSIGN(rows, kMembers.scan(view, ledger::prefix_range(ledger::key_of(proposal.scope))));
    while (true) {
      ICN_TRY_ASSIGN(member, rows.next());
      if (!member) break;
      if (may_vote(*member)) voters.push_back(std::move(member->did));
    }
  }
  for (const Did& did : voters) {
    ICN_TRY(kEligible.put(view, {proposal.id, did}, {leaves.size()}));
    leaves.push_back(crypto::sha256(as_bytes(did.text())));
  }
  proposal.eligible_count = leaves.size();
  proposal.eligible_root.bytes = to_bytes(ledger::merkle_root(leaves));
  return {};
}

Result<Closing> close_voting(const ledger::BlockContext&, ledger::View& view, Proposal& proposal,
                             std::vector<ledger::Event>&) {
  ProposalResult result;
  result.eligible = proposal.eligible_count;
  ICN_TRY_ASSIGN(rows, kBallots.scan(view, ledger::prefix_range(ledger::key_of(proposal.id))));
  while (true) {
    ICN_TRY_ASSIGN(ballot, rows.next());
    if (!ballot) break;
    ICN_TRY(add_ballot(*ballot, result));
  }
  const std::uint64_t decided = result.yes + result.no + result.veto;
  result.quorum_met = holds_quorum(proposal, result);
  result.vetoed = 3 * result.veto > decided;
  result.passed = result.quorum_met && !result.vetoed && holds_threshold(proposal, result);
  return Closing{result, false};
}

std::vector<ledger::DueHandler> ballot_due_handlers() { return {}; }
std::vector<ledger::Invariant> ballot_invariants() { return {}; }
std::vector<storage::TableSchema> ballot_tables() {
  return storage::TableSet(kBallots, kDelegations, kEligible).schemas();
}

}  // namespace icn::governance
