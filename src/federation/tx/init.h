#pragma once

#include "federation/validators.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

inline constexpr std::size_t kNetworkBytesMax = 50;  // of CometBFT's chain ids

// A validator the federation begins with.
struct FirstValidator {
  std::string name;
  Did organization;
  Did operator_did;
  ValidatorKey key;
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &FirstValidator::name, "for people", {1, 64}),
                     field("organization", &FirstValidator::organization, "DID it stands for"),
                     field("operator_did", &FirstValidator::operator_did, "who runs it"),
                     field("key", &FirstValidator::key));
  }
};

// "federation.init": the ledger of a node alone becomes a federation's. Its block is the last one that node
// orders by itself; the state after it is the genesis of the federation's engine.
//   check      rule_broken (the network's id is too long for an engine), I001,
//              bad_validator_key
//   precheck   federation_exists, not_operator; not_organization: the first validator is another's
//   apply      member_exists, operator_taken, validator_key_taken: a validator is named twice
struct InitFederation {
  struct Body {
    std::string name;
    JoinPolicy policy = JoinPolicy::kApproval;
    std::optional<codec::Cid> charter_cid;
    std::vector<FirstValidator> validators;
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("name", &Body::name, "of the federation", {1, 100}),
          field("policy", &Body::policy, "who may join"),
          field("charter_cid", &Body::charter_cid, "public block with its charter"),
          field("validators", &Body::validators, "the first is the sender's", {1, kValidatorsMax}));
    }
  };
  struct Output {
    std::string federation_id;
    std::string name;
    std::uint64_t validators = 0;
    std::uint64_t faults_tolerated = 0;
    static constexpr std::string_view schema_name = "FederationInit";
    static constexpr auto fields() {
      using codec::field;
      return described(field("federation_id", &Output::federation_id, "the network's id"),
                       field("name", &Output::name), field("validators", &Output::validators),
                       field("faults_tolerated", &Output::faults_tolerated, "validators that may fail"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
