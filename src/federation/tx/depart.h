#pragma once

#include "federation/validators.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

// "federation.depart": the first block of a node that left its federation and goes on alone: the ledger
// becomes that of a network of its own, with every record it has but those of the federation. The engine of a
// federation takes no such transaction (consensus/cometbft/admission.h).
//   check      malformed: the network is the same
//   precheck   no_federation, member_exists: the sender acts for a member still
struct DepartFromFederation {
  struct Body {
    std::string network;
    static constexpr auto fields() {
      return described(codec::field("network", &Body::network, "id of the network it becomes", {1, 64}));
    }
  };
  struct Output {
    std::string network;
    static constexpr std::string_view schema_name = "DepartResult";
    static constexpr auto fields() {
      return described(codec::field("network", &Output::network, "it is now"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
