#include "federation/api/changes.h"

#include "base/errors.h"
#include "federation/errors.h"
#include "http/errors.h"
#include "ledger/state.h"

namespace icn::federation::api {
namespace {

constexpr std::string_view kList = "federation/changes";

struct Circumstances {
  std::optional<Federation> federation;
  std::vector<Validator> validators;
  std::uint64_t running_secs = 0;
};

ChangeView view_of(const Change& change, const Circumstances& now) {
  const auto& [federation, validators, running_secs] = now;
  ChangeView out;
  out.change_id = change.id;
  out.kind = change.kind;
  out.status = status_of(change, running_secs);
  out.organization = change.organization;
  if (change.kind == ChangeKind::kAdmitMember) {
    out.name = change.name;
    out.operator_did = change.operator_did;
  }
  out.validator = change.validator;
  if (!change.offence.empty()) out.offence = change.offence;
  if (!change.reason.empty()) out.reason_cid = change.reason;
  out.proposer = change.proposer;
  out.proposed_at = change.proposed_at;
  out.applied_at = change.applied_at;
  out.approved_by = change.approvals;
  out.approvals = count_approvals(change, validators);
  if (federation && is_decided_by_vote(*federation, change))
    out.decided_by = Deciders::kMembers;
  else
    out.approvals_needed = approvals_needed(validators.size());
  return out;
}

Result<Circumstances> circumstances(const ReadApi& api, const ledger::Reader& state) {
  Circumstances out;
  ICN_TRY_ASSIGN(clock, ledger::kClock.get(state, "clock"));
  out.running_secs = api.ledger.published()->head.header.time - (clock ? clock->standstill_secs : 0);
  ICN_TRY_ASSIGN(validators, load_validators(state));
  out.validators = std::move(validators);
  ICN_TRY_ASSIGN(federation, kFederation.get(state, kFederationKey));
  out.federation = std::move(federation);
  return out;
}

}  // namespace

Result<ListChanges::Output> ListChanges::handle(const ReadApi& api, const http::Call&, const Input& input) {
  ledger::ScanRange range{0, {}, {}, true};
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    range.to = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(now, circumstances(api, *snapshot));
  ICN_TRY_ASSIGN(rows, kChanges.scan(*snapshot, range));
  Output page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(change, rows.next());
    if (!change) return page;
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(kList, last);
      return page;
    }
    last = *change_time_index(*change);
    page.items.push_back(view_of(*change, now));
  }
}

Result<GetChange::Output> GetChange::handle(const ReadApi& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  if (input.id.size() > 64) return Error(kChangeNotFound, "there is no such change");
  ICN_TRY_ASSIGN(change, kChanges.get(*snapshot, input.id));
  if (!change) return Error(kChangeNotFound, "there is no change \"" + input.id + "\"");
  ICN_TRY_ASSIGN(now, circumstances(api, *snapshot));
  return view_of(*change, now);
}

Result<ledger::PlainWrite> PostChange::plain(const Api& api, const http::Call&, const Input& input) {
  return ledger::PlainWrite{api.node_did, codec::to_json(input)};
}

void PostChange::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostChange>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> PostApproval::plain(const Api& api, const http::Call&, const Input& input) {
  return ledger::PlainWrite{api.node_did, codec::to_json(ApproveChange::Body{input.id})};
}

Result<void> PostApproval::matches(const http::Request& request, const codec::Json& body) {
  const std::string* id = http::find_parameter(request.path_parameters, "id");
  const codec::Json* fields = body.find("body");
  const codec::Json* change_id = fields == nullptr ? nullptr : fields->find("change_id");
  if (id != nullptr && change_id != nullptr && change_id->string() != nullptr && *change_id->string() == *id)
    return {};
  return Error(errors::kMalformed, "body.change_id: must be the change of the path");
}

void PostApproval::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostApproval>(api.writer, api, std::move(exchange));
}

}  // namespace icn::federation::api
