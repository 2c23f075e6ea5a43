#include "governance/audit.h"

#include <algorithm>

#include "crypto/key_text.h"
#include "governance/accrual.h"
#include "governance/eligible.h"
#include "governance/errors.h"
#include "governance/links.h"
#include "governance/objections.h"
#include "governance/tally/receipt.h"
#include "governance/tally/recount.h"
#include "ledger/api/outcome_json.h"
#include "ledger/block.h"
#include "ledger/errors.h"
#include "ledger/parameters.h"
#include "ledger/state.h"

namespace icn::governance {
namespace {

constexpr std::string_view kBallotPrefix = "vo_";
constexpr std::size_t kBallotIdBytes = 16;

crypto::Hash hash_of(const codec::HexBytes& bytes) {
  crypto::Hash out{};
  std::copy_n(bytes.bytes.begin(), std::min(out.size(), bytes.bytes.size()), out.begin());
  return out;
}

Result<crypto::Hash> leaf_of(const LoggedBallot& logged) {
  ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(logged.key.bytes));
  return tally::ballot_leaf(hash_of(logged.transaction), key, logged.accepted_at);
}

// Transactions of the log, which stand in blocks of rising heights: the newest block is kept.
class Blocks {
 public:
  explicit Blocks(const ledger::Reader& state) : state_(state) {}

  Result<codec::Json> transaction(const codec::HexBytes& hash) {
    ICN_TRY_ASSIGN(place, ledger::kTransactionPlaces.get(state_, hash.bytes));
    if (!place) return Error(kBroken, "a ballot has no place in the ledger");
    if (!body_ || height_ != place->height) {
      ICN_TRY_ASSIGN(body, ledger::kBodies.get(state_, place->height));
      if (!body || body->transactions.empty())
        return Error(ledger::kBlockPruned, "block " + std::to_string(place->height) +
                                               " with ballots of this vote is no longer kept here");
      body_ = std::move(*body);
      height_ = place->height;
    }
    if (place->index >= body_->transactions.size()) return Error(kBroken, "a block lacks a transaction");
    return ledger::api::transaction_json(body_->transactions[place->index]);
  }

 private:
  const ledger::Reader& state_;
  std::optional<ledger::BlockBody> body_;
  std::uint64_t height_ = 0;
};

template <typename LogTable>
Result<std::vector<tally::SignedEntry>> entries_of(const ledger::Reader& state, const LogTable& table,
                                                   const std::string& vote_id, Blocks& blocks,
                                                   std::vector<crypto::Hash>& leaves) {
  ICN_TRY_ASSIGN(rows, table.scan(state, ledger::prefix_range(ledger::key_of(vote_id))));
  std::vector<tally::SignedEntry> out;
  while (true) {
    ICN_TRY_ASSIGN(logged, rows.next());
    if (!logged) return out;
    ICN_TRY_ASSIGN(leaf, leaf_of(*logged));
    ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(logged->key.bytes));
    ICN_TRY_ASSIGN(transaction, blocks.transaction(logged->transaction));
    leaves.push_back(leaf);
    tally::SignedEntry entry;
    entry.sequence = out.size() + 1;
    entry.accepted_at = logged->accepted_at;
    entry.transaction = std::move(transaction);
    entry.public_key = crypto::multikey_text(key);
    out.push_back(std::move(entry));
  }
}

Result<void> add_eligible(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                          tally::AuditBundle& bundle) {
  ICN_TRY_ASSIGN(rows, kVoters.scan(state, ledger::prefix_range(ledger::key_of(proposal.scope))));
  std::vector<crypto::Hash> leaves;
  while (true) {
    ICN_TRY_ASSIGN(spans, rows.next());
    if (!spans) break;
    if (!is_voter_at(*spans, vote.version)) continue;
    ByteView key = rows.key();
    std::string scope;
    Did did;
    if (!storage::take_key_part(key, scope) || !storage::take_key_part(key, did))
      return Error(kBroken, "a voter has no key");
    tally::EligibleMember member;
    if (proposal.method == VotingMethod::kWeighted) member.weight = weight_at(*spans, vote.version);
    leaves.push_back(tally::eligible_leaf(did, member.weight));
    member.did = std::move(did);
    member.is_suspended = !is_voter_at(*spans, vote.closed_version);
    bundle.eligible.push_back(std::move(member));
  }
  bundle.statement.eligible = tally::root_of(leaves);
  return {};
}

Result<void> add_delegations(const ledger::Reader& state, const Proposal& proposal, const Vote& vote,
                             Blocks& blocks, tally::AuditBundle& bundle) {
  std::vector<crypto::Hash> leaves;
  std::vector<Delegation> found;
  for (const std::string& scope : {std::string(), proposal.scope}) {
    ICN_TRY_ASSIGN(rows,
                   kDelegations.scan(state, ledger::prefix_range(ledger::key_of(scope), kByDelegationScope)));
    while (proposal.delegation) {
      ICN_TRY_ASSIGN(delegation, rows.next());
      if (!delegation) break;
      if (!speaks_of(*delegation, proposal, vote)) continue;
      ICN_TRY_ASSIGN(is_eligible, was_voter(state, proposal.scope, delegation->from, vote.version));
      if (!is_eligible) continue;
      found.push_back(std::move(*delegation));
    }
  }
  std::ranges::sort(found, {}, &Delegation::id);
  for (const Delegation& delegation : found) {
    ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(delegation.key.bytes));
    ICN_TRY_ASSIGN(transaction, blocks.transaction(delegation.transaction));
    tally::DelegationEntry entry;
    entry.delegation = record_at(delegation, vote.closed_secs);
    entry.transaction = std::move(transaction);
    entry.public_key = crypto::multikey_text(key);
    leaves.push_back(tally::delegation_leaf(entry.delegation));
    bundle.delegations.push_back(std::move(entry));
  }
  bundle.statement.delegations = tally::root_of(leaves);
  return {};
}

// Which objections were set aside, and what members signed about all of them.
Result<void> add_judgements(const ledger::Reader& state, const std::string& vote_id, Blocks& blocks,
                            tally::AuditBundle& bundle) {
  ICN_TRY_ASSIGN(set_aside, objections_set_aside(state, vote_id));
  for (const Objection& objection : set_aside) {
    ICN_TRY_ASSIGN(ballot, kBallots.get(state, {vote_id, objection.voter}));
    if (ballot) bundle.statement.objections_set_aside.push_back(ballot->sequence);
  }
  ICN_TRY_ASSIGN(rows, kJudgements.scan(state, ledger::prefix_range(ledger::key_of(vote_id))));
  std::vector<crypto::Hash> leaves;
  while (true) {
    ICN_TRY_ASSIGN(judgement, rows.next());
    if (!judgement) break;
    ICN_TRY_ASSIGN(key, crypto::PublicKey::from_bytes(judgement->key.bytes));
    ICN_TRY_ASSIGN(transaction, blocks.transaction(judgement->transaction));
    leaves.push_back(tally::ballot_leaf(hash_of(judgement->transaction), key, judgement->at));
    bundle.judgements.push_back(
        {leaves.size(), judgement->at, std::move(transaction), crypto::multikey_text(key)});
  }
  if (!leaves.empty()) bundle.statement.judgements = tally::root_of(leaves);
  return {};
}

void add_parameters(const ledger::Parameters& parameters, tally::AuditBundle& bundle) {
  for (const ledger::ParameterRow& row : ledger::parameter_rows()) {
    if (row.name.starts_with("governance."))
      bundle.parameters.emplace(std::string(row.name), codec::Json(parameters.*(row.member)));
  }
}

}  // namespace

Result<std::vector<crypto::Hash>> leaves_of(const ledger::Reader& state, const std::string& vote_id) {
  ICN_TRY_ASSIGN(rows, kBallotLog.scan(state, ledger::prefix_range(ledger::key_of(vote_id))));
  std::vector<crypto::Hash> out;
  while (true) {
    ICN_TRY_ASSIGN(logged, rows.next());
    if (!logged) return out;
    ICN_TRY_ASSIGN(leaf, leaf_of(*logged));
    out.push_back(leaf);
  }
}

namespace {

// The log is in order of heights: the first ballot of `height`, then on to the one looked for.
Result<std::optional<FoundBallot>> find_at(const ledger::Reader& state, const std::string& vote_id,
                                           std::uint64_t height, ByteView transaction) {
  ICN_TRY_ASSIGN(box, kBoxes.get(state, vote_id));
  std::uint64_t low = 1;
  std::uint64_t high = box ? box->ballots + 1 : 1;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    ICN_TRY_ASSIGN(logged, kBallotLog.get(state, {vote_id, middle}));
    if (!logged) return Error(kBroken, "the log of ballots has a gap");
    if (logged->height < height)
      low = middle + 1;
    else
      high = middle;
  }
  for (std::uint64_t sequence = low; box && sequence <= box->ballots; ++sequence) {
    ICN_TRY_ASSIGN(logged, kBallotLog.get(state, {vote_id, sequence}));
    if (!logged || logged->height != height) break;
    if (std::ranges::equal(logged->transaction.bytes, transaction))
      return std::optional<FoundBallot>(FoundBallot{vote_id, sequence, std::move(*logged)});
  }
  return std::optional<FoundBallot>();
}

}  // namespace

Result<FoundBallot> find_ballot(const ledger::Reader& state, const Proposal& proposal,
                                const std::string& ballot_id) {
  const Error absent(kBallotNotFound, "the proposal has no ballot \"" + ballot_id.substr(0, 64) + "\"");
  if (!ballot_id.starts_with(kBallotPrefix)) return absent;
  const auto start = hex_decode(std::string_view(ballot_id).substr(kBallotPrefix.size()));
  if (!start.ok() || start->size() != kBallotIdBytes) return absent;
  Bytes prefix = ledger::key_of(*start);
  prefix.resize(prefix.size() - 2);  // without the end of the text: all hashes that begin so
  ICN_TRY_ASSIGN(places, ledger::kTransactionPlaces.scan(state, ledger::prefix_range(prefix)));
  while (true) {
    ICN_TRY_ASSIGN(place, places.next());
    if (!place) return absent;
    ByteView key = places.key();
    Bytes hash;
    if (!storage::take_key_part(key, hash)) return Error(kBroken, "a transaction has no key");
    for (std::uint32_t round = proposal.round; round > 0; --round) {
      ICN_TRY_ASSIGN(found, find_at(state, vote_key(proposal.id, round), place->height, hash));
      if (found) return std::move(*found);
    }
  }
}

Result<tally::BallotReceipt> receipt_of(const ledger::Reader& state, const Proposal& proposal,
                                        const FoundBallot& found, BallotTrees& trees) {
  ICN_TRY_ASSIGN(leaf, leaf_of(found.logged));
  tally::BallotReceipt out;
  out.vote_id = tally::vote_id_of(hash_of(found.logged.transaction));
  out.proposal_id = proposal.id;
  out.leaf_hash.bytes = to_bytes(leaf);
  out.sequence = found.sequence;
  out.accepted_at = found.logged.accepted_at;
  ICN_TRY_ASSIGN(vote, kVotes.get(state, found.vote_id));
  if (!vote || vote->closed_secs == 0) return out;
  ICN_TRY_ASSIGN(tree, trees.get(state, found.vote_id));
  if (found.sequence > tree->count()) return Error(kBroken, "the log of ballots is too short");
  tally::InclusionPath path;
  path.count = tree->count();
  for (const crypto::Hash& hash : tree->path(found.sequence - 1)) path.path.push_back({to_bytes(hash)});
  path.root.bytes = to_bytes(tree->root());
  out.inclusion = std::move(path);
  return out;
}

Result<tally::AuditBundle> bundle_of(const ledger::Reader& state, const ledger::Published& published,
                                     const Proposal& proposal) {
  const std::string vote_id = vote_key(proposal);
  ICN_TRY_ASSIGN(vote, kVotes.get(state, vote_id));
  ICN_TRY_ASSIGN(count, kCounts.get(state, vote_id));
  if (!vote || !count || count->phase != CountPhase::kDone || !proposal.result) return Error(kNotClosed);
  ICN_TRY_ASSIGN(contest, contest_of(proposal, *vote));
  ICN_TRY_ASSIGN(outcome_json, codec::parse_json(count->outcome));
  ICN_TRY_ASSIGN(outcome, codec::from_json<tally::OutcomeView>(outcome_json));
  tally::AuditBundle out;
  tally::AuditStatement& statement = out.statement;
  statement.network = published.network.network;
  statement.revision = proposal.revision;
  statement.round = proposal.round;
  statement.scope = proposal.scope;
  statement.category = codec::enum_name(proposal.category);
  statement.privacy = codec::enum_name(proposal.privacy);
  ICN_TRY_ASSIGN(box, kBoxes.get(state, vote_id));
  if (box) take_accruals(*box, contest);
  if (box) statement.accruals = box->accruals;
  statement.election = contest.election;
  statement.quorum = contest.quorum;
  statement.delegation = proposal.delegation;
  statement.hops_max = vote->hops_max;
  statement.carried_max = vote->carried_max;
  statement.delegations_at = vote->closed_secs;
  Blocks blocks(state);
  ICN_TRY(add_eligible(state, proposal, *vote, out));
  std::vector<crypto::Hash> leaves;
  ICN_TRY_ASSIGN(ballots, entries_of(state, kBallotLog, vote_id, blocks, leaves));
  out.ballots = std::move(ballots);
  statement.ballots = tally::root_of(leaves);
  ICN_TRY(add_judgements(state, vote_id, blocks, out));
  for (const crypto::Hash& leaf : leaves) out.leaves.push_back({to_bytes(leaf)});
  std::vector<crypto::Hash> reveal_leaves;
  ICN_TRY_ASSIGN(reveals, entries_of(state, kRevealLog, vote_id, blocks, reveal_leaves));
  out.reveals = std::move(reveals);
  statement.reveals = tally::root_of(reveal_leaves);
  ICN_TRY(add_delegations(state, proposal, *vote, blocks, out));
  statement.outcome = std::move(outcome);
  statement.quorum_needed = tally::quorum_needed(contest.quorum, proposal.eligible_count);
  statement.quorum_met = proposal.result->quorum_met;
  statement.passed = proposal.result->passed;
  add_parameters(published.parameters, out);
  out.checkpoint = codec::Json::object({{"height", published.head.header.height},
                                        {"header_hash", hex_encode(published.head.hash)},
                                        {"eligible_root", hex_encode(proposal.eligible_root.bytes)}});
  return out;
}

}  // namespace icn::governance
