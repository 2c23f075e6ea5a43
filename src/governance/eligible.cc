#include "governance/eligible.h"

#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/merkle_peaks.h"
#include "governance/tables.h"
#include "governance/tally/recount.h"

namespace icn::governance {
namespace {

// Takes the next `rows_max` members into the root.
Result<void> root_some(const ledger::View& view, const std::string& scope, Vote& vote,
                       std::uint64_t rows_max) {
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
    const Did did(vote.eligible_cursor);
    add_to_peaks(vote.eligible_peaks, vote.eligible_rooted,
                 tally::eligible_leaf(did, share_of(vote, did).weight));
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

Result<void> note_voter(ledger::View& view, const std::string& scope, const Did& did) {
  ICN_TRY_ASSIGN(stored, kVoterVersions.get(view, scope));
  const VoterVersion next{(stored ? stored->version : 0) + 1};
  ICN_TRY(kVoterVersions.put(view, scope, next));
  ICN_TRY_ASSIGN(found, kVoters.get(view, {scope, did}));
  VoterSpans spans = found.value_or(VoterSpans{});
  spans.changes.push_back(next.version);
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

Result<void> fix_weights(const ledger::Reader& state, const std::string& scope, Vote& vote) {
  ICN_TRY_ASSIGN(rows, kMembers.scan(state, ledger::prefix_range(ledger::key_of(scope))));
  while (true) {
    ICN_TRY_ASSIGN(member, rows.next());
    if (!member) return {};
    if (may_vote(*member) && member->weight != 1) vote.weights.emplace(member->did.text(), member->weight);
  }
}

Result<void> fix_eligible(const ledger::BlockContext& block, ledger::View& view, Proposal& proposal,
                          Vote& vote, std::uint64_t eligible_count) {
  proposal.eligible_count = eligible_count;
  proposal.eligible_root = {};
  ICN_TRY(root_some(view, proposal.scope, vote,
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
  ICN_TRY(root_some(view, proposal.scope, *vote,
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
