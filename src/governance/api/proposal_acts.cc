#include "governance/api/proposal_acts.h"

#include "governance/api/proposal_form.h"
#include "governance/errors.h"
#include "governance/lifecycle.h"
#include "governance/text.h"

namespace icn::governance::api {
namespace {

template <typename Body>
Result<ledger::PlainWrite> write_of(const http::Call& call, const std::optional<Did>& did, const Body& body) {
  ICN_TRY_ASSIGN(acting, acting_did(call, did, "did"));
  return ledger::PlainWrite{acting, codec::to_json(body)};
}

bool changes_text(const AmendProposal::Input& input) {
  return input.title || input.description || input.rationale || input.impact;
}

// The former words where no new ones are given.
PostProposal::Input amended_words(const AmendProposal::Input& input, const ProposalText& before) {
  PostProposal::Input words;
  words.title = input.title.value_or(before.title);
  words.description = input.description.value_or(before.description);
  words.rationale = input.rationale.value_or(before.rationale);
  words.impact = input.impact.value_or(before.impact);
  words.options = before.options;
  return words;
}

}  // namespace

Result<ledger::PlainWrite> SponsorProposal::plain(const Api&, const http::Call& call, const Input& input) {
  return write_of(call, input.did, Sponsor::Body{input.id});
}
void SponsorProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<SponsorProposal>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> AmendProposal::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(acting, acting_did(call, input.did, "did"));
  ICN_TRY(api.writer.custody().key_for(call.caller(), acting));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  ICN_TRY_ASSIGN(proposal, load_proposal(*store, input.id));
  Amend::Body body{input.id, {}, {}};
  dag::Texts texts = texts_of(api, call, acting);
  PostProposal::Input words =
      amended_words(input, find_text(api.blocks, proposal.content).value_or(ProposalText{}));
  if (input.actions) {
    words.actions = *input.actions;
    ICN_TRY_ASSIGN(actions, read_actions(texts, words));
    body.actions = std::move(actions);
  } else {
    for (const Action& action : proposal.actions) words.actions.push_back(codec::to_json(action));
  }
  if (changes_text(input)) {
    ICN_TRY_ASSIGN(text, text_block(api, words));
    ICN_TRY_ASSIGN(content, texts.add(std::move(text)));
    body.content = content;
  }
  return texts.write(codec::to_json(body));
}
void AmendProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<AmendProposal>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> CancelProposal::plain(const Api&, const http::Call& call, const Input& input) {
  return write_of(call, input.did, Cancel::Body{input.id});
}
void CancelProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<CancelProposal>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> VetoProposal::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(acting, acting_did(call, input.did, "did"));
  dag::Texts texts = texts_of(api, call, acting);
  ICN_TRY_ASSIGN(cid, texts.add(input.reason));
  return texts.write(codec::to_json(Veto::Body{input.id, cid}));
}
void VetoProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<VetoProposal>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> OpenProposal::plain(const Api&, const http::Call& call, const Input& input) {
  return write_of(call, input.did, Advance::Body{input.id, Step::kOpen});
}
void OpenProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<OpenProposal>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> CloseProposal::plain(const Api&, const http::Call& call, const Input& input) {
  return write_of(call, input.did, Advance::Body{input.id, Step::kClose});
}
void CloseProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<CloseProposal>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> ExecuteProposal::plain(const Api&, const http::Call& call, const Input& input) {
  return write_of(call, input.did, Advance::Body{input.id, Step::kExecute});
}
void ExecuteProposal::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<ExecuteProposal>(api.writer, api, std::move(exchange));
}

}  // namespace icn::governance::api
