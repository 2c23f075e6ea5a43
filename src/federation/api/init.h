#pragma once

#include "federation/api/context.h"
#include "federation/tx/init.h"

namespace icn::federation::api {

// POST /federation/init: plain, for the operator of a node alone, or a whole signed "federation.init". The
// node puts its own validator first. Afterwards this ledger takes no writes until the node is restarted.
// Errors beside the transaction's: unavailable: this node cannot order a federation's ledger, and why.
struct PostInit {
  static constexpr std::string_view transaction = "federation.init";
  struct Input {
    std::string name;
    JoinPolicy policy = JoinPolicy::kApproval;
    std::optional<codec::Cid> charter_cid;
    std::optional<Did> organization;
    std::vector<consensus::ValidatorInfo> validators;
    static constexpr std::string_view schema_name = "FederationInitRequest";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          field("name", &Input::name, "of the federation", {1, 100}),
          defaulted_field("policy", &Input::policy, "who may join; approval unless said"),
          field("charter_cid", &Input::charter_cid, "public block with its charter"),
          field("organization", &Input::organization, "this node stands for; the node itself unless said"),
          defaulted_field("validators", &Input::validators,
                          "of others, as `icn federation validator` prints them", {0, kValidatorsMax - 1}));
    }
  };
  using Output = ledger::Written<InitFederation::Output>;
  static constexpr int success_status = 201;
  static constexpr bool is_idempotency_durable = true;
  static constexpr std::string_view summary = "Make the ledger of a node alone a federation's";
  static Result<ledger::PlainWrite> plain(const Api& api, const http::Call& call, const Input& input);
  static void handle(const Api& api, http::ExchangePtr exchange);
};

// GET /federation/genesis: what every node of the federation starts its engine with, byte for byte.
struct GetFederationGenesis {
  static constexpr std::string_view summary = "Genesis file of the federation's engine";
  static constexpr std::string_view output_content_type = "application/json";
  static http::Response handle(const Api& api, const http::Request& request);
};

}  // namespace icn::federation::api
