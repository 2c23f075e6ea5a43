#include "reputation/tx/endorse.h"

#include "economics/account_did.h"
#include "economics/accounts.h"
#include "economics/inputs.h"
#include "reputation/errors.h"
#include "reputation/note.h"

namespace icn::reputation {

Result<void> Endorse::check(const ledger::Transaction& transaction, const Body& body) {
  if (auto did = economics::check_account_did(body.to); !did.ok()) return did.error().within("to");
  if (body.to == transaction.sender) return Error(kSelfEndorsement);
  return {};
}

Result<void> Endorse::precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }

Result<Endorse::Output> Endorse::apply(const ledger::ApplyContext& context, const Body& body,
                                       ledger::View& view) {
  const Did& from = context.sender();
  ICN_TRY_ASSIGN(is_verified, economics::may_pay(view, from));
  if (!is_verified) return Error(kNotVerified, from.text() + " is unverified");
  ICN_TRY_ASSIGN(is_own, is_ones_own(view, from, body.to));
  if (is_own) return Error(kSelfEndorsement, body.to.text() + " and the sender are of one controller");
  economics::Books books(context.block, view, nullptr);
  ICN_TRY(economics::check_recipient(books, view, body.to));
  ICN_TRY_ASSIGN(is_known, kEndorsements.contains(view, {body.to, from, body.context}));
  if (is_known) return Error(kAlreadyEndorsed);
  ICN_TRY_ASSIGN(rows, kEndorsements.scan(view, ledger::prefix_range(ledger::key_of(body.to, from))));
  ICN_TRY_ASSIGN(earlier, rows.next());
  if (!earlier) ICN_TRY(note_endorser(view, body.to));
  ICN_TRY(kEndorsements.put(view, {body.to, from, body.context}, {context.block.time, body.reason_cid}));
  ICN_TRY(note_endorsing(context.block, view, from));
  ICN_TRY(economics::mark_inputs_changed(view, from));
  ICN_TRY_ASSIGN(before, load_standing(view, body.to));
  ICN_TRY(note(context.block, view, context.events,
               {body.to, EventKind::kPeerEndorsement, from, "endorsement " + body.context}));
  ICN_TRY_ASSIGN(after, load_standing(view, body.to));
  Output output;
  output.to = body.to;
  output.context = body.context;
  output.score = score_at(after, context.block.time);
  if (after.events == before.events) return output;
  output.event_id = after.events;
  ICN_TRY_ASSIGN(event, load_event(view, body.to, after.events));
  output.delta = event.delta;
  return output;
}

}  // namespace icn::reputation
