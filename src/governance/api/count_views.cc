#include "governance/api/count_views.h"

#include <algorithm>

#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/tally/receipt.h"
#include "governance/tally/recount.h"

namespace icn::governance::api {
namespace {

constexpr std::string_view kList = "governance/votes";

Result<BallotView> view_of_ballot(const Ballot& ballot, Did voter) {
  crypto::Hash hash{};
  std::copy_n(ballot.transaction.bytes.begin(), std::min(hash.size(), ballot.transaction.bytes.size()),
              hash.begin());
  BallotView out;
  out.vote_id = tally::vote_id_of(hash);
  out.voter = std::move(voter);
  out.sequence = ballot.sequence;
  out.cast_at = ballot.cast_at;
  out.transaction_id = TransactionId(hex_encode(ballot.transaction.bytes));
  out.reason_cid = ballot.reason;
  if (!ballot.commitment.bytes.empty()) out.commitment = ballot.commitment;
  if (ballot.content.empty()) return out;
  ICN_TRY_ASSIGN(content, codec::parse_json(ballot.content));
  out.ballot = std::move(content);
  return out;
}

Result<tally::AuditBundle> signed_bundle(const Api& api, const std::string& id) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, id));
  ICN_TRY_ASSIGN(bundle, bundle_of(*snapshot, *api.ledger.published(), proposal));
  bundle.node_did = api.node_did;
  tally::sign_bundle(bundle, api.node_key);
  return std::move(bundle);
}

}  // namespace

Result<GetTally::Output> GetTally::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, input.id));
  const std::uint64_t began_ns = api.clock.monotonic_ns();
  auto standing = standing_of(*snapshot, proposal, {api.clock, *api.counts});
  api.metrics.tally_time().observe_ns(api.clock.monotonic_ns() - began_ns);
  return standing;
}

Result<ListVotes::Output> ListVotes::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, input.id));
  const std::string vote_id = vote_key(proposal.id, input.round.value_or(proposal.round));
  Output page;
  if (input.voter) {
    ICN_TRY_ASSIGN(ballot, kBallots.get(*snapshot, {vote_id, *input.voter}));
    if (!ballot) return page;
    ICN_TRY_ASSIGN(view, view_of_ballot(*ballot, *input.voter));
    page.items.push_back(std::move(view));
    return page;
  }
  const std::string list = std::string(kList) + "|" + vote_id;
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(vote_id));
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(rows, kBallots.scan(*snapshot, range));
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(ballot, rows.next());
    if (!ballot) return page;
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(list, last);
      return page;
    }
    last = to_bytes(rows.key());
    ByteView key = rows.key();
    std::string vote;
    Did voter;
    if (!storage::take_key_part(key, vote) || !storage::take_key_part(key, voter))
      return Error(kBroken, "a ballot has no key");
    ICN_TRY_ASSIGN(view, view_of_ballot(*ballot, std::move(voter)));
    page.items.push_back(std::move(view));
  }
}

Result<GetReceipt::Output> GetReceipt::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, input.id));
  ICN_TRY_ASSIGN(found, find_ballot(*snapshot, proposal, input.vote_id));
  ICN_TRY_ASSIGN(receipt, receipt_of(*snapshot, proposal, found, *api.trees));
  receipt.node_did = api.node_did;
  tally::sign_receipt(receipt, api.node_key);
  return std::move(receipt);
}

http::Response GetAudit::handle(const Api& api, const http::Request& request) {
  const std::string* id = http::find_parameter(request.path_parameters, "id");
  auto bundle = signed_bundle(api, id == nullptr ? "" : *id);
  if (!bundle.ok()) return http::problem(bundle.error(), request);
  return http::Response::json(tally::bundle_text(*bundle));
}

}  // namespace icn::governance::api
