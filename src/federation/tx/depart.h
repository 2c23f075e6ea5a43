#pragma once

#include "federation/validators.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

// "federation.depart": the first block of a node that left its federation and goes on alone: the ledger
// becomes that of a network of its own, with the records of its organisation's people: who the organisation
// brought, who is or was a member of its scope, what they control, the organisation and who acts for it; a
// node that never was a member keeps its own. All else stays with the federation: its own records, accounts
// with their mana, DIDs (but of who issued a credential that is kept), credentials, jobs, reputations,
// directory and trust of others, proposals they decided alone. Jobs and proposals that others have a part in
// end first, with everything back. All blocks stay to be read. The engine of a federation takes no such
// transaction (consensus/cometbft/admission.h).
//   check      malformed: the network is the same
//   precheck   no_federation, also in the block that makes the ledger a federation's;
//              member_exists: the sender acts for a member still
struct DepartFromFederation {
  struct Body {
    std::string network;
    static constexpr auto fields() {
      return described(codec::field("network", &Body::network, "id of the network it becomes", {1, 64}));
    }
  };
  struct Output {
    std::string network;
    Did organization;
    std::uint64_t accounts = 0;
    Millimana mana;
    std::uint64_t accounts_left = 0;
    Millimana mana_left;
    std::uint64_t dids_left = 0;
    std::uint64_t credentials_left = 0;
    std::uint64_t jobs_left = 0;
    std::uint64_t proposals_left = 0;
    static constexpr std::string_view schema_name = "DepartResult";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("network", &Output::network, "it is now"),
          field("organization", &Output::organization, "whose people's records are kept"),
          field("accounts", &Output::accounts, "that are kept"),
          field("mana", &Output::mana, "in them, as granted in this network"),
          field("accounts_left", &Output::accounts_left, "with the federation"),
          field("mana_left", &Output::mana_left, "in them"), field("dids_left", &Output::dids_left),
          field("credentials_left", &Output::credentials_left), field("jobs_left", &Output::jobs_left),
          field("proposals_left", &Output::proposals_left, "decided"));
    }
  };
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
