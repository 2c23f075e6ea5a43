#pragma once

#include "economics/capacity.h"

namespace icn::economics {

// "economics.declare_capacity": the sender says what its machines offer the network's jobs; all figures 0
// take that back. Free of charge. What counts of it: economics/capacity.h.
//   precheck   not_verified
//   apply      nothing_declared
struct DeclareCapacity {
  using Body = Figures;
  struct Output {
    Did did;
    Figures declared;
    Figures counted;
    static constexpr std::string_view schema_name = "CapacityResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("declared", &Output::declared),
                       field("counted", &Output::counted, "what receipts bear out of it"));
    }
  };

  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::economics
