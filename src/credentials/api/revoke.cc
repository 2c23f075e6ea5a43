#include "credentials/api/revoke.h"

#include "credentials/lookup.h"

namespace icn::credentials::api {
namespace {

struct Plan {
  Did sender;
  Did holder;
  ChangeCredentialStatus::Body body;
};

Result<Plan> plan_of(const Api& api, const http::Call& call, const RevokeCredential::Input& input) {
  if (input.suspend && input.lift) return Error(errors::kMalformed, "suspend and lift: exclude each other");
  if (input.cid.empty()) return Error(errors::kMalformed, "cid: is empty: it names the credential");
  ICN_TRY_ASSIGN(state, api.ledger.snapshot());
  const ledger::Custody& custody = api.writer.custody();
  ICN_TRY_ASSIGN(record, load_credential(*state, input.cid, input.issuer, [&](const CredentialRecord& each) {
                   return input.by ? may_revoke(each, *input.by)
                                   : custody.may_act_as(call.caller(), each.issuer);
                 }));
  Plan plan;
  plan.holder = record.holder;
  plan.sender = input.by.value_or(record.issuer);
  if (!input.by && !custody.may_act_as(call.caller(), record.issuer)) {
    for (const Did& each : record.revocable_by) {
      if (custody.may_act_as(call.caller(), each)) plan.sender = each;
    }
  }
  // Before anything is kept in its name.
  ICN_TRY(custody.key_for(call.caller(), plan.sender));
  plan.body.cid = input.cid;
  plan.body.issuer = input.issuer;
  plan.body.change = input.lift      ? StatusChange::kLift
                     : input.suspend ? StatusChange::kSuspend
                                     : StatusChange::kRevoke;
  return plan;
}

}  // namespace

void RevokeCredential::handle(const Api& api, http::ExchangePtr exchange) {
  const ledger::WriteOptions options{transaction, 200, {}};
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body()))
    return api.writer.submit_signed(std::move(exchange), source->take_body(), options);
  const auto input = http::read_input<Input>(*source, codec::UnknownMembers::kIgnore);
  if (!input.ok()) return exchange->reply(input.error());
  auto plan = plan_of(api, http::Call(*exchange), *input);
  if (!plan.ok()) return exchange->reply(plan.error());
  KeptBlock block{dag::salted_text(api.random, input->reason), codec::kDagCbor, plan->sender, plan->holder,
                  false};
  keep_block(api, exchange, std::move(block),
             [&api, exchange, options, plan = *plan](const codec::Cid& reason) {
               ChangeCredentialStatus::Body body = plan.body;
               body.reason = reason;
               api.writer.submit_plain(exchange, {plan.sender, codec::to_json(body)}, options);
             });
}

}  // namespace icn::credentials::api
