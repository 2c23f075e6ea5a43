#pragma once

#include "federation/directory/profile.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

inline constexpr std::size_t kRegionsMax = 16;

// "cooperative.register": the sender enters its profile into the directory, or a newer one.
//   check      I001; bad_profile: names that are not lower case and in order, each once
//   precheck   too_many_identity_operations
//   apply      exceeds_balance: cooperative.profile_fee is burned
struct RegisterCooperative {
  struct Body {
    codec::Cid profile_cid;
    CooperativeType type = CooperativeType::kGeneral;
    std::vector<std::string> regions;
    std::vector<std::string> capabilities;
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          field("profile_cid", &Body::profile_cid, "public block with the signed profile"),
          field("type", &Body::type),
          defaulted_field("regions", &Body::regions, "lower case, in order", {0, kRegionsMax}),
          defaulted_field("capabilities", &Body::capabilities, "types, in order", {0, kCapabilitiesMax}));
    }
  };
  struct Output {
    Did did;
    codec::Cid cid;
    static constexpr std::string_view schema_name = "RegisterResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did), field("cid", &Output::cid, "of the profile"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
