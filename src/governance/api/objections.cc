#include "governance/api/objections.h"

#include "base/errors.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/objections.h"

namespace icn::governance::api {
namespace {

ObjectionView view_of_objection(const Objection& objection, std::uint64_t eligible) {
  ObjectionView out;
  out.objection_id = objection.id;
  out.voter = objection.voter;
  out.harm = objection.harm;
  out.at = objection.at;
  out.status = objection.withdrawn_at   ? ObjectionStatus::kWithdrawn
               : objection.is_set_aside ? ObjectionStatus::kSetAside
                                        : ObjectionStatus::kStanding;
  out.not_paramount = objection.not_paramount;
  out.needed = set_aside_needed(eligible);
  return out;
}

Result<Proposal> consent_proposal(const Api& api, const std::string& id) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(proposal, load_proposal(*store, id));
  if (proposal.method == VotingMethod::kConsent) return proposal;
  return Error(kWrongState, "the proposal is decided by " + std::string(codec::enum_name(proposal.method)) +
                                ": objections belong to consent");
}

Result<BallotInput> raised(const Api& api, const PostObjection::Input& input) {
  ICN_TRY(consent_proposal(api, input.id));
  BallotInput out;
  out.id = input.id;
  out.voter_did = input.voter_did;
  out.revision = input.revision;
  out.position = tally::Position::kObjection;
  out.reason = input.harm ? input.reason + "\n" + *input.harm : input.reason;
  return out;
}

Result<BallotInput> withdrawn(const Api& api, const http::Call& call, const WithdrawObjection::Input& input) {
  ICN_TRY_ASSIGN(proposal, consent_proposal(api, input.id));
  ICN_TRY_ASSIGN(voter, acting_did(call, input.voter_did, "voter_did"));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(objection, load_objection(*store, vote_key(proposal), input.oid));
  if (objection.voter != voter) return Error(kNotAuthorised, "the objection is of " + objection.voter.text());
  if (objection.withdrawn_at) return Error(kObjectionWithdrawn);
  BallotInput out;
  out.id = input.id;
  out.voter_did = voter;
  out.revision = input.revision;
  out.position = input.position;
  if (input.position == tally::Position::kObjection)
    return Error(errors::kMalformed, "position: must be another than objection");
  return out;
}

// Reads the plain fields, or submits the signed ballot: none then.
template <typename Input>
std::optional<Input> plain_input(const Api& api, http::ExchangePtr& exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) {
    exchange->reply(source.error());
    return {};
  }
  if (ledger::is_signed_transaction(source->body())) {
    submit_signed_ballot(api, std::move(exchange), source->take_body());
    return {};
  }
  auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (input.ok()) return std::move(*input);
  exchange->reply(input.error());
  return {};
}

void submit(const Api& api, http::ExchangePtr exchange, const Result<BallotInput>& ballot) {
  if (!ballot.ok()) return exchange->reply(ballot.error());
  submit_plain_ballot(api, std::move(exchange), *ballot);
}

}  // namespace

Result<ListObjections::Output> ListObjections::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(proposal, load_proposal(*snapshot, input.id));
  const std::string vote_id = vote_key(proposal.id, input.round.value_or(proposal.round));
  const std::string list = "governance/objections|" + vote_id;
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(vote_id));
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(rows, kObjections.scan(*snapshot, range));
  Output page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(objection, rows.next());
    if (!objection) return page;
    if (page.items.size() == input.limit) break;
    last = to_bytes(rows.key());
    page.items.push_back(view_of_objection(*objection, proposal.eligible_count));
  }
  page.next_cursor = api.cursors.seal(list, last);
  return page;
}

void PostObjection::handle(const Api& api, http::ExchangePtr exchange) {
  const auto input = plain_input<Input>(api, exchange);
  if (input) submit(api, std::move(exchange), raised(api, *input));
}

void WithdrawObjection::handle(const Api& api, http::ExchangePtr exchange) {
  const auto input = plain_input<Input>(api, exchange);
  if (!input) return;
  const auto ballot = withdrawn(api, http::Call(*exchange), *input);
  submit(api, std::move(exchange), ballot);
}

Result<ledger::PlainWrite> PostJudgement::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(voter, acting_did(call, input.voter_did, "voter_did"));
  ICN_TRY_ASSIGN(proposal, consent_proposal(api, input.id));
  const JudgeObjection::Body body{proposal.id, input.revision.value_or(proposal.revision), input.oid,
                                  input.is_paramount};
  return ledger::PlainWrite{voter, codec::to_json(body)};
}

Result<void> PostJudgement::matches(const http::Request& request, const codec::Json& body) {
  ICN_TRY(path_matches(request, body, "proposal_id"));
  const std::string* oid = http::find_parameter(request.path_parameters, "oid");
  const codec::Json* fields = body.find("body");
  const codec::Json* named = fields == nullptr ? nullptr : fields->find("objection_id");
  if (oid != nullptr && named != nullptr && named->string() != nullptr && *named->string() == *oid) return {};
  return Error(errors::kMalformed, "body.objection_id: must be that of the path");
}

void PostJudgement::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostJudgement>(api.writer, api, std::move(exchange));
}

}  // namespace icn::governance::api
