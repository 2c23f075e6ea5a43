#include "governance/api/disputes.h"

#include "governance/api/proposal_view.h"
#include "governance/disputes.h"
#include "governance/text.h"

namespace icn::governance::api {
namespace {

constexpr std::size_t kSearchedMax = 5'000;  // rows looked at for one page

DisputeView view_of_dispute(const Api& api, const Dispute& dispute, std::uint64_t standstill_secs) {
  DisputeView out;
  out.dispute_id = dispute.id;
  out.scope = dispute.scope;
  out.type = dispute.type;
  out.level = dispute.level;
  out.opener_did = dispute.opener;
  out.against_did = dispute.against;
  if (!dispute.subject.empty()) out.subject = dispute.subject;
  if (!dispute.statement.empty()) out.statement_cid = dispute.statement;
  if (out.statement_cid) out.statement = find_action_text(api.blocks, dispute.statement);
  out.value = dispute.value;
  out.stake = dispute.stake;
  out.state = dispute.state;
  out.opened_at = dispute.opened_at;
  if (dispute.due_secs != 0) out.next_deadline = dispute.due_secs + standstill_secs;
  out.upheld_votes = dispute.upheld_votes;
  out.rejected_votes = dispute.rejected_votes;
  for (const DisputeEvidence& each : dispute.evidence)
    out.evidence.push_back({each.did, each.cid, {}, each.at});
  out.resolved_by = dispute.resolved_by;
  out.appeal_of = dispute.appeal_of;
  out.is_about_recovery = dispute.is_about_recovery;
  return out;
}

}  // namespace

Result<ledger::PlainWrite> PostDispute::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(acting, acting_did(call, input.did, "did"));
  dag::Texts texts = texts_of(api, call, acting);
  ICN_TRY_ASSIGN(cid, texts.add(input.statement));
  const OpenDispute::Body body{input.scope,   input.type, input.level, input.against,
                               input.subject, cid,        input.value, input.appeal_of};
  return texts.write(codec::to_json(body));
}
void PostDispute::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostDispute>(api.writer, api, std::move(exchange));
}

Result<ListDisputes::Output> ListDisputes::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(standstill_secs, standstill_of(*snapshot));
  const std::string list = "disputes|" + (input.did ? input.did->text() : "");
  ledger::ScanRange range{kByDisputeTime, {}, {}, false};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(rows, kDisputes.scan(*snapshot, range));
  Output page;
  Bytes last;
  for (std::size_t searched = 0;; ++searched) {
    ICN_TRY_ASSIGN(dispute, rows.next());
    if (!dispute) return page;
    if (page.items.size() == input.limit || searched == kSearchedMax) break;
    last = to_bytes(rows.index_value());
    if (!input.did || dispute->opener == *input.did || dispute->against == *input.did)
      page.items.push_back(view_of_dispute(api, *dispute, standstill_secs));
  }
  page.next_cursor = api.cursors.seal(list, last);
  return page;
}

Result<GetDispute::Output> GetDispute::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(standstill_secs, standstill_of(*snapshot));
  ICN_TRY_ASSIGN(dispute, load_dispute(*snapshot, input.id));
  DisputeView out = view_of_dispute(api, dispute, standstill_secs);
  for (EvidenceView& each : out.evidence) each.text = find_action_text(api.blocks, each.cid);
  return out;
}

Result<ledger::PlainWrite> PostEvidence::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(acting, acting_did(call, input.did, "did"));
  dag::Texts texts = texts_of(api, call, acting);
  ICN_TRY_ASSIGN(cid, texts.add(input.evidence));
  return texts.write(codec::to_json(AddEvidence::Body{input.id, cid}));
}
void PostEvidence::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostEvidence>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> PostResolution::plain(const Api&, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(acting, acting_did(call, input.did, "did"));
  return ledger::PlainWrite{acting, codec::to_json(ResolveDispute::Body{input.id, input.outcome})};
}
void PostResolution::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostResolution>(api.writer, api, std::move(exchange));
}

}  // namespace icn::governance::api
