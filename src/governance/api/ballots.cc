#include "governance/api/ballots.h"

#include "base/errors.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "http/batch.h"

namespace icn::governance::api {
namespace {

constexpr std::string_view kVote = "governance.vote";
constexpr std::string_view kCommit = "governance.commit";

Result<std::optional<std::string>> choice_of(const BallotInput& input) {
  if (input.choice && input.vote_option && *input.choice != *input.vote_option)
    return Error(errors::kMalformed, "choice: given twice, and not the same");
  return input.choice ? input.choice : input.vote_option;
}

// What a ballot and a reveal have in common.
template <typename Body>
Result<void> fill(const BallotInput& input, const Proposal& proposal, Body& body) {
  ICN_TRY_ASSIGN(choice, choice_of(input));
  body.proposal_id = proposal.id;
  body.revision = input.revision.value_or(proposal.revision);
  body.choice = choice;
  body.position = input.position;
  body.ranking = input.ranking;
  body.approvals = input.approvals;
  body.scores = input.scores;
  body.credits = input.credits;
  return {};
}

Result<Proposal> proposal_of(const Api& api, const std::string& id) {
  ICN_TRY_ASSIGN(store, api.ledger.store());
  return load_proposal(*store, id);
}

struct Plain {
  ledger::PlainWrite write;
  std::string_view type;
};

Result<Plain> plain_ballot(const Api& api, const http::Call& call, const BallotInput& input) {
  ICN_TRY_ASSIGN(voter, acting_did(call, input.voter_did, "voter_did"));
  ICN_TRY_ASSIGN(proposal, proposal_of(api, input.id));
  if (input.commitment) {
    const CommitVote::Body body{proposal.id, input.revision.value_or(proposal.revision), *input.commitment};
    return Plain{{voter, codec::to_json(body)}, kCommit};
  }
  CastVote::Body body;
  ICN_TRY(fill(input, proposal, body));
  dag::Texts texts = texts_of(api, call, voter);
  if (input.reason && proposal.method == VotingMethod::kConsent) {
    body.reason = input.reason;
  } else if (input.reason) {
    ICN_TRY_ASSIGN(cid, texts.add(*input.reason));
    body.reason_cid = cid;
  }
  return Plain{texts.write(codec::to_json(body)), kVote};
}

Result<std::string> answer_text(const Api& api, const ledger::CheckedTransaction& transaction,
                                const ledger::Commitment& commitment) {
  ICN_TRY_ASSIGN(json, codec::parse_json(commitment.outcome.output));
  BallotAnswer answer;
  ICN_TRY_ASSIGN(taken, codec::from_json<BallotTaken>(json));
  static_cast<BallotTaken&>(answer) = std::move(taken);
  tally::BallotReceipt& receipt = answer.receipt;
  receipt.vote_id = answer.vote_id;
  receipt.proposal_id = answer.proposal_id;
  receipt.leaf_hash = answer.leaf_hash;
  receipt.sequence = answer.sequence;
  receipt.accepted_at = answer.accepted_at;
  receipt.node_did = api.node_did;
  tally::sign_receipt(receipt, api.node_key);
  answer.transaction_id = transaction.id();
  answer.height = commitment.height;
  return codec::to_json_text(answer);
}

ledger::WriteOptions options_of(const Api& api, std::string_view type) {
  return {type, 200,
          [&api](const http::ExchangePtr& exchange, const ledger::CheckedTransaction& transaction,
                 const Result<ledger::Commitment>& result) {
            if (!result.ok() || !result->outcome.ok)
              return exchange->reply(
                  ledger::Writer::answer_outcome(transaction, result, exchange->request(), 200));
            auto text = answer_text(api, transaction, *result);
            if (!text.ok()) return exchange->reply(text.error());
            exchange->reply(http::Response::json(std::move(text).value()));
          }};
}

}  // namespace

void submit_plain_ballot(const Api& api, http::ExchangePtr exchange, const BallotInput& input) {
  const auto plain = plain_ballot(api, http::Call(*exchange), input);
  if (!plain.ok()) return exchange->reply(plain.error());
  api.writer.submit_plain(std::move(exchange), plain->write, options_of(api, plain->type));
}

void submit_signed_ballot(const Api& api, http::ExchangePtr exchange, codec::Json body) {
  auto matched = path_matches(exchange->request(), body, "proposal_id");
  if (!matched.ok()) return exchange->reply(matched.error());
  const codec::Json* type = body.find("type");
  const bool is_commit = type->string() != nullptr && *type->string() == kCommit;
  api.writer.submit_signed(std::move(exchange), std::move(body),
                           options_of(api, is_commit ? kCommit : kVote));
}

void PostVote::handle(const Api& api, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body()))
    return submit_signed_ballot(api, std::move(exchange), source->take_body());
  auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  submit_plain_ballot(api, std::move(exchange), *input);
}

Result<ledger::PlainWrite> PostReveal::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(voter, acting_did(call, input.voter_did, "voter_did"));
  ICN_TRY_ASSIGN(proposal, proposal_of(api, input.id));
  if (!input.salt) return Error(errors::kMalformed, "salt: is required");
  RevealVote::Body body;
  ICN_TRY(fill(input, proposal, body));
  body.reason = input.reason;
  body.salt = *input.salt;
  return ledger::PlainWrite{voter, codec::to_json(body)};
}

void PostReveal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostReveal>(api.writer, api, std::move(exchange));
}

void PostVotes::handle(const Api&, http::ExchangePtr exchange) {
  auto source = http::InputSource::of(exchange->request());
  auto input =
      source.ok() ? http::read_input<Input>(*source, codec::UnknownMembers::kIgnore) : source.error();
  if (!input.ok()) return exchange->reply(input.error());
  http::RunBatch::Input batch;
  for (std::size_t i = 0; i < input->votes.size(); ++i) {
    codec::Json& vote = input->votes[i];
    const codec::Json* holder = ledger::is_signed_transaction(vote) ? vote.find("body") : &vote;
    const codec::Json* id = holder->find("proposal_id");
    if (id == nullptr || id->string() == nullptr || id->string()->size() > kProposalIdBytesMax ||
        id->string()->find_first_of("/?#%") != std::string::npos)
      return exchange->reply(
          Error(errors::kMalformed,
                "votes: [" + std::to_string(i) + "]: proposal_id: is required, the id of a proposal"));
    http::RunBatch::Item item;
    item.method = "POST";
    item.path = "/governance/proposals/" + *id->string() + "/vote";
    item.body = std::move(vote);
    batch.requests.push_back(std::move(item));
  }
  exchange->request().body = to_bytes(as_bytes(codec::to_json_text(batch)));
  http::RunBatch::handle(std::move(exchange));
}

}  // namespace icn::governance::api
