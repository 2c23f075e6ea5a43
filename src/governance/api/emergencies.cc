#include "governance/api/emergencies.h"

#include "base/errors.h"
#include "governance/api/proposal_view.h"
#include "governance/emergencies.h"
#include "governance/members.h"
#include "governance/text.h"

namespace icn::governance::api {
namespace {

constexpr std::string_view kList = "governance/emergency";

EmergencyView view_of_emergency(const Api& api, const Emergency& emergency, std::uint64_t standstill_secs) {
  const auto at = [&](std::uint64_t secs) {
    return secs == 0 ? std::optional<TimestampSecs>() : std::optional(secs + standstill_secs);
  };
  EmergencyView out;
  out.emergency_id = emergency.id;
  out.scope = emergency.scope;
  out.kind = emergency.kind;
  out.state = emergency.state;
  out.evidence_cid = emergency.evidence;
  out.evidence = find_action_text(api.blocks, emergency.evidence);
  out.signatures = emergency.signatures;
  out.declared_at = emergency.declared_at;
  out.started_at = at(emergency.started_secs);
  out.ends_at = at(emergency.ends_secs);
  out.stake = emergency.stake;
  out.overrides = emergency.overrides;
  out.review = emergency.review;
  if (!emergency.review_proposal.empty()) out.review_proposal = emergency.review_proposal;
  return out;
}

}  // namespace

Result<ledger::PlainWrite> PostEmergency::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(acting, acting_did(call, input.did, "did"));
  dag::Texts texts = texts_of(api, call, acting);
  ICN_TRY_ASSIGN(cid, texts.add(input.evidence));
  return texts.write(codec::to_json(DeclareEmergency::Body{input.scope, input.kind, cid}));
}

void PostEmergency::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostEmergency>(api.writer, api, std::move(exchange));
}

Result<ListEmergencies::Output> ListEmergencies::handle(const Api& api, const http::Call&,
                                                        const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(standstill_secs, standstill_of(*snapshot));
  ledger::ScanRange range{0, {}, {}, false};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  ICN_TRY_ASSIGN(rows, kEmergencies.scan(*snapshot, range));
  Output page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(emergency, rows.next());
    if (!emergency) return page;
    if (page.items.size() == input.limit) break;
    last = to_bytes(rows.index_value());
    page.items.push_back(view_of_emergency(api, *emergency, standstill_secs));
  }
  page.next_cursor = api.cursors.seal(kList, last);
  return page;
}

Result<GetEmergencySigns::Output> GetEmergencySigns::handle(const Api& api, const http::Call&, const Input&) {
  if (api.signs == nullptr) return Error(errors::kUnavailable, "this node follows another, which looks");
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  Output out;
  ICN_TRY_ASSIGN(signs, api.signs->signs());
  out.signs = std::move(signs);
  ICN_TRY_ASSIGN(scope, network_scope(*snapshot));
  ICN_TRY_ASSIGN(committee, acting_holders_of(*snapshot, scope, std::string(kCommittee)));
  out.committee = std::move(committee);
  ICN_TRY_ASSIGN(clock, emergency_clock(*snapshot, scope));
  out.active = std::move(clock.active);
  out.scope = std::move(scope);
  return out;
}

Result<GetEmergency::Output> GetEmergency::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(standstill_secs, standstill_of(*snapshot));
  ICN_TRY_ASSIGN(emergency, load_emergency(*snapshot, input.id));
  return view_of_emergency(api, emergency, standstill_secs);
}

}  // namespace icn::governance::api
