#pragma once

#include "federation/api/context.h"
#include "federation/tx/propose.h"

namespace icn::federation::api {

// A change as it is shown.
enum class Deciders { kOperators, kMembers };
constexpr auto enum_names(Deciders) {
  return std::array{std::pair(Deciders::kOperators, std::string_view("operators")),
                    std::pair(Deciders::kMembers, std::string_view("members"))};
}

struct ChangeView {
  std::string change_id;
  ChangeKind kind = ChangeKind::kAdmitMember;
  ChangeStatus status = ChangeStatus::kOpen;
  Did organization;
  std::optional<std::string> name;
  std::optional<Did> operator_did;
  std::optional<ValidatorKey> validator;
  std::optional<std::string> offence;
  std::optional<codec::Cid> reason_cid;
  Did proposer;
  TimestampSecs proposed_at = 0;
  std::optional<TimestampSecs> applied_at;
  std::vector<Did> approved_by;
  std::uint64_t approvals = 0;
  std::uint64_t approvals_needed = 0;
  Deciders decided_by = Deciders::kOperators;
  static constexpr std::string_view schema_name = "FederationChange";
  static constexpr auto fields() {
    using codec::field;
    return described(
        field("change_id", &ChangeView::change_id), field("kind", &ChangeView::kind),
        field("status", &ChangeView::status), field("organization", &ChangeView::organization),
        field("name", &ChangeView::name, "admit_member: of the organisation"),
        field("operator_did", &ChangeView::operator_did, "admit_member: who acts for it"),
        field("validator", &ChangeView::validator, "add_validator: its key"),
        field("offence", &ChangeView::offence, "lift_penalty: what was punished"),
        field("reason_cid", &ChangeView::reason_cid, "lift_penalty: block with what is said against it"),
        field("proposer", &ChangeView::proposer),
        field("proposed_at", &ChangeView::proposed_at, "Unix seconds"),
        field("applied_at", &ChangeView::applied_at, "Unix seconds"),
        field("approved_by", &ChangeView::approved_by, "operators, also those who have left since"),
        field("approvals", &ChangeView::approvals, "of those who operate a validator now"),
        field("approvals_needed", &ChangeView::approvals_needed,
              "with the validators of now; 0: members decide, by a proposal with AdmitMember"),
        field("decided_by", &ChangeView::decided_by, "operators of validators, or all members by a vote"));
  }
};

// GET /federation/changes: newest first.
struct ListChanges {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<ChangeView>;
  static constexpr std::string_view summary = "Proposed changes of members and validators, newest first";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

// GET /federation/changes/{id}
struct GetChange {
  struct Input {
    std::string id;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "ch_ and 32 hex digits"));
    }
  };
  using Output = ChangeView;
  static constexpr std::string_view summary = "One proposed change and its approvals";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

// POST /federation/changes: plain (the node signs as itself, for its operator) or a signed
// "federation.propose".
struct PostChange {
  static constexpr std::string_view transaction = "federation.propose";
  using Input = ProposeChange::Body;
  using Output = ledger::Written<ChangeResult>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Propose a change of members or validators, and approve it";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// POST /federation/changes/{id}/approve: plain or a signed "federation.approve".
struct PostApproval {
  static constexpr std::string_view transaction = "federation.approve";
  struct Input {
    std::string id;
    static constexpr auto fields() {
      return described(codec::field("id", &Input::id, "ch_ and 32 hex digits"));
    }
  };
  using Output = ledger::Written<ChangeResult>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Approve a change as the operator of a validator";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static Result<void> matches(const http::Request& request, const codec::Json& body);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::federation::api
