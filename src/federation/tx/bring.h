#pragma once

#include "federation/validators.h"
#include "identity/history.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

inline constexpr std::size_t kHistoriesPerTransaction = 64;
inline constexpr std::size_t kPeoplePerTransaction = 256;

// "federation.bring": a member brings DIDs of its former ledger, with their histories, and the people it has
// as members. A DID or person the ledger knows stays as it is. Who is new gets the start grant, as far as the
// day's share goes; mana itself does not cross.
//   check      I001; bad_did_history (how many versions)
//   precheck   no_federation, not_member_operator; bad_did_history (a time after this block)
//   apply      bad_did_history
struct BringRecords {
  struct Body {
    std::string network;  // of the former ledger
    std::vector<std::vector<identity::PastChange>> histories;
    std::vector<Did> people;
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(
          field("network", &Body::network, "of the former ledger", {1, 64}),
          defaulted_field("histories", &Body::histories, "of one DID each", {0, kHistoriesPerTransaction}),
          defaulted_field("people", &Body::people, "members of the organisation",
                          {0, kPeoplePerTransaction}));
    }
  };
  struct Output {
    std::uint64_t dids = 0;
    std::uint64_t people = 0;
    static constexpr std::string_view schema_name = "BringResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("dids", &Output::dids, "that are new here"),
                       field("people", &Output::people, "that are new here"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

// "federation.seal": ends the ledger of a node alone whose cooperative goes on in another network. Its block
// is the last one.
//   precheck   federation_exists (only a ledger of one node alone is sealed), not_operator
struct SealLedger {
  struct Body {
    std::string network;  // that goes on
    static constexpr auto fields() {
      return described(codec::field("network", &Body::network, "that goes on", {1, 64}));
    }
  };
  struct Output {
    std::string network;
    static constexpr std::string_view schema_name = "SealResult";
    static constexpr auto fields() {
      return described(codec::field("network", &Output::network, "that goes on"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
