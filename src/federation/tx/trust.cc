#include "federation/tx/trust.h"

#include "federation/errors.h"
#include "identity/did.h"
#include "identity/errors.h"
#include "identity/tables.h"
#include "identity/tx/change.h"

namespace icn::federation {

Result<void> SetTrust::check(const ledger::Transaction& transaction, const Body& body) {
  if (auto did = identity::parse_did(transaction.sender.text()); !did.ok())
    return did.error().within("sender");
  if (auto did = identity::parse_did(body.to.text()); !did.ok()) return did.error().within("to");
  if (body.to == transaction.sender) return Error(kTrustInSelf, "to: is the sender itself");
  return {};
}

Result<void> SetTrust::precheck(const ledger::ApplyContext& context, const Body& body,
                                const ledger::View& view) {
  if (identity::is_did_icn(body.to.text())) {
    ICN_TRY_ASSIGN(is_known, identity::kDocuments.contains(view, body.to));
    if (!is_known) return Error(identity::kDidNotFound, "to: " + body.to.text() + " is not on this ledger");
  }
  ICN_TRY_ASSIGN(is_there, kTrustEdges.contains(view, {context.sender(), body.context, body.to}));
  if (is_there) return identity::check_operation_limit(context, view);
  if (body.level == TrustLevel::kNone) {
    return Error(kTrustNotFound, context.sender().text() + " has said nothing of " + body.to.text() +
                                     " in context " + std::string(codec::enum_name(body.context)));
  }
  ICN_TRY_ASSIGN(count, kTrustCounts.get(view, context.sender()));
  if (!count || count->edges < kTrustEdgesMax) return identity::check_operation_limit(context, view);
  return Error(kTooManyTrustEdges, "one DID may trust in " + std::to_string(kTrustEdgesMax) +
                                       " ways; take some back with level \"none\"");
}

Result<SetTrust::Output> SetTrust::apply(const ledger::ApplyContext& context, const Body& body,
                                         ledger::View& view) {
  const Did& from = context.sender();
  const Millimana fee{body.level == TrustLevel::kNone ? 0 : context.parameters().cooperative_trust_fee};
  if (fee.value > 0)
    ICN_TRY(context.economy.burn_fee(context.block, view, from, fee, "cooperative.trust", body.to.text()));
  ICN_TRY(identity::count_operation(context, view));
  const TrustKey key{from, body.context, body.to};
  ICN_TRY_ASSIGN(known, kTrustEdges.get(view, key));
  ICN_TRY_ASSIGN(counted, kTrustCounts.get(view, from));
  TrustCount count = counted.value_or(TrustCount{});
  const TimestampSecs now = context.block.time;
  const TrustEdge edge{
      from, body.to, body.level, body.context, body.metadata_cid, known ? known->created_at : now, now};
  if (body.level == TrustLevel::kNone) {
    ICN_TRY(kTrustEdges.erase(view, key));
    --count.edges;
  } else {
    ICN_TRY(kTrustEdges.put(view, key, edge));
    if (!known) ++count.edges;
  }
  ICN_TRY(count.edges == 0 ? kTrustCounts.erase(view, from) : kTrustCounts.put(view, from, count));
  return Output{edge};
}

}  // namespace icn::federation
