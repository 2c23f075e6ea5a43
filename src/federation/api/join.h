#pragma once

#include "federation/api/context.h"
#include "federation/tx/join.h"
#include "http/errors.h"

namespace icn::federation::api {

// POST /federation/invitations: an operator of a validator invites, signed with the node's key. Where the
// policy is not invite_only the ticket gives no right, and the rest says where the federation is.
struct PostFederationInvitation {
  struct Input {
    std::vector<std::string> api;
    std::vector<std::string> rpc;
    std::uint64_t days = 7;
    std::optional<Did> organization;
    static constexpr std::string_view schema_name = "NewFederationInvitation";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(field("api", &Input::api, "HTTP interfaces of nodes, as others reach them", {1, 16}),
                       defaulted_field("rpc", &Input::rpc,
                                       "host:port where engines answer queries (consensus.rpc_listen); "
                                       "this node's own stands first without being named",
                                       {0, 15}),
                       defaulted_field("days", &Input::days, "it works; 7 unless said", {1, 90}),
                       field("organization", &Input::organization, "DID of the only one it is for"));
    }
  };
  using Output = Invitation;
  static constexpr std::string_view summary = "Make an invitation to join the federation";
  static constexpr int success_status = 201;
  static constexpr bool changes_state = false;
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /federation/join: this node, which is alone, asks to join. Afterwards its ledger is sealed, and the
// node goes on in the federation once it is restarted. While the answer is pending nothing has changed here.
struct PostJoin {
  struct Input {
    Invitation invitation;
    std::optional<std::string> name;
    bool consent = false;
    bool dry_run = false;
    static constexpr std::string_view schema_name = "JoinRequest";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          field("invitation", &Input::invitation),
          field("name", &Input::name, "of the organisation, for people", {1, 64}),
          defaulted_field("consent", &Input::consent, "the organisation consents to the charter"),
          defaulted_field("dry_run", &Input::dry_run, "only say what would cross and what would not"));
    }
  };
  using Output = JoinAnswer;
  static constexpr std::string_view summary = "Take this node and its organisation into a federation";
  static constexpr std::array errors{&http::kUnreachable};
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// POST /federation/leave: plain, or a signed "federation.leave". The organisation is out with its block. When
// it is that of this node, the node goes on alone from its next start on, as a network of its own with the records
// of its organisation's people (federation.depart); until then it follows. May be repeated.
struct PostLeave {
  static constexpr std::string_view transaction = "federation.leave";
  struct Input {
    std::optional<std::string> network;
    static constexpr std::string_view schema_name = "LeaveRequest";
    static constexpr auto fields() {
      return described(codec::field("network", &Input::network,
                                    "of the node afterwards; the federation's with -alone unless said",
                                    {1, 50}));
    }
  };
  using Output = ledger::Written<LeaveFederation::Output>;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Take an organisation out of the federation";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

}  // namespace icn::federation::api
