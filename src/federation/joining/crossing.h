#pragma once

#include <functional>

#include "federation/tx/bring.h"

namespace icn::federation {

// What crosses from a node's own ledger into a federation's, and what stays behind.
struct Crossing {
  std::uint64_t dids = 0;  // with all versions
  std::uint64_t versions = 0;
  std::uint64_t people = 0;    // verified accounts: they become members the organisation brings
  std::uint64_t blocks = 0;    // of content: they lie beside the ledger and stay where they are
  std::uint64_t accounts = 0;  // stay: mana does not cross
  Millimana mana;
  std::uint64_t open_jobs = 0;       // stay, and are refunded in the sealed ledger no more
  std::uint64_t open_proposals = 0;  // stay, as the next
  std::uint64_t members = 0;         // active, of each scope, with their roles
  std::uint64_t credentials = 0;     // what the ledger says of their status
  std::uint64_t height = 0;          // of the ledger that is sealed
  static constexpr std::string_view schema_name = "Crossing";
  static constexpr auto fields() {
    using codec::field;
    return described(field("dids", &Crossing::dids, "cross, with their histories"),
                     field("versions", &Crossing::versions, "of these"),
                     field("people", &Crossing::people, "cross as members of the organisation"),
                     field("blocks", &Crossing::blocks, "of content: stay where they are, and readable"),
                     field("accounts", &Crossing::accounts, "do not cross"),
                     field("mana", &Crossing::mana, "does not cross"),
                     field("open_jobs", &Crossing::open_jobs, "do not cross"),
                     field("open_proposals", &Crossing::open_proposals, "do not cross"),
                     field("members", &Crossing::members, "of scopes: memberships and roles do not cross"),
                     field("credentials", &Crossing::credentials, "stay valid; their status does not cross"),
                     field("height", &Crossing::height, "of the ledger that is sealed and stays readable"));
  }
};

// All but `blocks` and `credentials`.
Result<Crossing> count_crossing(const ledger::Reader& store);

// Calls `take` with bodies of "federation.bring", each fit for one transaction, until all that crosses is
// told.
Result<void> each_bring(const ledger::Reader& store, const std::string& network,
                        const std::function<Result<void>(const BringRecords::Body&)>& take);

}  // namespace icn::federation
