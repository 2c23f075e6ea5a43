#pragma once

#include "federation/changes.h"
#include "ledger/rules.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

// What a ticket's inviter signs.
Bytes ticket_bytes(const Ticket& ticket);

enum class JoinState { kJoined, kPending };
constexpr auto enum_names(JoinState) {
  return std::array{std::pair(JoinState::kJoined, std::string_view("joined")),
                    std::pair(JoinState::kPending, std::string_view("pending"))};
}

// "federation.join": the sender, an organisation's DID, asks to become a member and consents to the charter.
// What happens is the policy's: open takes it at once; invite_only takes who shows a ticket; approval opens a
// change that the validators' operators approve; vote opens one that the members decide by a proposal in the
// federation's scope, and who sends this again then is taken (docs/formats/federation.md).
//   precheck   no_federation, wrong_charter, member_exists, operator_taken; approval: change_open;
//              vote: vote_open;
//              invite_only: not_invited, invitation_not_valid, invitation_spent
struct JoinFederation {
  struct Body {
    std::string name;
    std::string former_network;
    std::optional<codec::Cid> charter_cid;
    std::optional<Ticket> ticket;
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          field("name", &Body::name, "of the organisation, for people", {1, 64}),
          defaulted_field("former_network", &Body::former_network, "whose ledger it brings", {0, 64}),
          field("charter_cid", &Body::charter_cid, "the charter the sender consents to"),
          field("ticket", &Body::ticket, "of an invitation"));
    }
  };
  struct Output {
    JoinState status = JoinState::kPending;
    std::optional<std::string> change_id;
    std::uint64_t approvals_needed = 0;
    std::uint64_t faults_tolerated = 0;
    std::optional<std::string> scope;
    static constexpr std::string_view schema_name = "JoinResult";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("status", &Output::status, "pending: until the change is decided"),
          field("change_id", &Output::change_id),
          field("approvals_needed", &Output::approvals_needed, "of a pending one"),
          field("faults_tolerated", &Output::faults_tolerated, "validators that may fail"),
          field("scope", &Output::scope, "where members decide it, by a proposal with AdmitMember"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "federation.leave": the operator of a member takes it out, with its validator. Nobody need approve.
//   precheck   no_federation, not_member_operator, last_validator
struct LeaveFederation {
  struct Body {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    Did organization;
    std::uint64_t validators = 0;
    std::uint64_t faults_tolerated = 0;
    static constexpr std::string_view schema_name = "LeaveFederationResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("organization", &Output::organization),
                       field("validators", &Output::validators, "that are left"),
                       field("faults_tolerated", &Output::faults_tolerated, "of these"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
