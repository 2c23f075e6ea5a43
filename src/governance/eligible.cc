#include "governance/eligible.h"

#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/merkle_peaks.h"
#include "governance/tables.h"
#include "governance/tally/recount.h"

namespace icn::governance {
namespace {

// Takes the next `rows_max` members into the root.
Result<void> root_some(const ledger::View& view, const Proposal& proposal, Vote& vote,
                       std::uint64_t rows_max) {
  const std::string& scope = proposal.scope;
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(scope));
  if (!vote.eligible_cursor.empty()) {
    range.from = ledger::key_of(scope, vote.eligible_cursor);
    range.from.push_back(0);  // the next key after it
  }
  ICN_TRY_ASSIGN(rows, kVoters.scan(view, range));
  for (std::uint64_t i = 0; i < rows_max; ++i) {
    ICN_TRY_ASSIGN(spans, rows.next());
    if (!spans) return {};
    ByteView key = rows.key();
    std::string key_scope;
    if (!storage::take_key_part(key, key_scope) || !storage::take_key_part(key, vote.eligible_cursor))
      return Error(kBroken, "a voter has no key");
    if (!is_voter_at(*spans, vote.version)) continue;
    const std::uint64_t weight =
        proposal.method == VotingMethod::kWeighted ? weight_at(*spans, vote.version) : 1;
    add_to_peaks(vote.eligible_peaks, vote.eligible_rooted,
                 tally::eligible_leaf(Did(vote.eligible_cursor), weight));
    ++vote.eligible_rooted;
  }
  return {};
}

void set_root(Proposal& proposal, Vote& vote) {
  proposal.eligible_root.bytes = to_bytes(root_of_peaks(vote.eligible_peaks));
  vote.eligible_peaks = {};
  vote.eligible_cursor.clear();
}

Result<void> go_on(const ledger::BlockContext& block, ledger::View& view, const std::string& vote_id) {
  return ledger::schedule(view, block, block.running_secs(), kEligibleDue, vote_id);
}

}  // namespace

Result<void> note_voter(ledger::View& view, const std::string& scope, const Did& did,
                        const VoterState& before, const VoterState& after) {
  if (before == after) return {};
  ICN_TRY_ASSIGN(stored, kVoterVersions.get(view, scope));
  VoterVersion next = stored.value_or(VoterVersion{});
  ++next.version;
  next.above_one += after.may_vote ? after.weight - 1 : 0;
  next.above_one -= before.may_vote ? before.weight - 1 : 0;
  ICN_TRY(kVoterVersions.put(view, scope, next));
  ICN_TRY_ASSIGN(found, kVoters.get(view, {scope, did}));
  VoterSpans spans = found.value_or(VoterSpans{});
  if (before.may_vote != after.may_vote) spans.changes.push_back(next.version);
  if (before.weight != after.weight)
    spans.weights.insert(spans.weights.end(), {next.version, std::uint64_t{after.weight}});
  return kVoters.put(view, {scope, did}, spans);
}

Result<std::uint64_t> voter_version(const ledger::Reader& state, const std::string& scope) {
  ICN_TRY_ASSIGN(stored, kVoterVersions.get(state, scope));
  return stored ? stored->version : 0;
}

Result<bool> was_voter(const ledger::Reader& state, const std::string& scope, const Did& did,
                       std::uint64_t version) {
  ICN_TRY_ASSIGN(spans, kVoters.get(state, {scope, did}));
  return spans && is_voter_at(*spans, version);
}

Result<tally::Share> share_of(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                              const Did& voter) {
  if (proposal.method != VotingMethod::kWeighted) return tally::Share{};
  ICN_TRY_ASSIGN(spans, kVoters.get(state, {proposal.scope, voter}));
  return tally::Share{1, spans ? weight_at(*spans, vote.version) : 1};
}

Result<std::uint64_t> total_weight(const ledger::Reader& state, const std::string& scope,
                                   std::uint64_t voters) {
  ICN_TRY_ASSIGN(stored, kVoterVersions.get(state, scope));
  return voters + (stored ? stored->above_one : 0);
}

Result<void> fix_eligible(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                          Vote& vote, std::uint64_t eligible_count) {
  proposal.eligible_count = eligible_count;
  proposal.eligible_root = {};
  ICN_TRY(root_some(view, proposal, vote,
                    static_cast<std::uint64_t>(block.parameters->governance_count_step)));
  if (!is_rooted(proposal, vote)) return go_on(block, view, vote_key(proposal));
  set_root(proposal, vote);
  return {};
}

Result<void> run_eligible_due(const ledger::BlockContext& block, const std::string& vote_id,
                              ledger::View& view, std::vector<ledger::Event>&) {
  ICN_TRY_ASSIGN(vote, kVotes.get(view, vote_id));
  if (!vote) return Error(kBroken, "there is no vote " + vote_id);
  ICN_TRY_ASSIGN(proposal, load_proposal(view, vote->proposal_id));
  // Taken back meanwhile, or amended: another round is asked now.
  if (is_final(proposal.state) || vote_key(proposal) != vote_id) return {};
  const std::uint64_t before = vote->eligible_rooted;
  const std::string cursor = vote->eligible_cursor;
  ICN_TRY(root_some(view, proposal, *vote,
                    static_cast<std::uint64_t>(block.parameters->governance_count_step)));
  if (is_rooted(proposal, *vote)) {
    const Proposal old = proposal;
    set_root(proposal, *vote);
    ICN_TRY(save(block, view, old, proposal));
  } else if (before == vote->eligible_rooted && cursor == vote->eligible_cursor) {
    return Error(kBroken, "fewer voters than the scope counts: " + proposal.scope);
  } else {
    ICN_TRY(go_on(block, view, vote_id));
  }
  return kVotes.put(view, vote_id, *vote);
}

}  // namespace icn::governance
