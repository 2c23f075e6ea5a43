#pragma once

#include <string_view>
#include <vector>

#include "identity/document.h"
#include "ledger/view.h"

// The history of a did:icn as another ledger can check it: the signed transactions that made its versions.
// A DID follows from its first key and nonce, and each later change is signed by a key of the version before,
// so nobody can make up a history; only the times and heights of the versions are taken as they are told.
namespace icn::identity {

inline constexpr std::size_t kPastChangesMax = 1'000;

struct PastChange {
  codec::Json transaction;  // whole and signed
  TimestampSecs at = 0;     // block time of the version
  std::uint64_t height = 0;
  static constexpr std::string_view schema_name = "PastDidChange";
  static constexpr auto fields() {
    using codec::field;
    return described(field("transaction", &PastChange::transaction, "signed, as it was submitted"),
                     field("at", &PastChange::at, "time of its block, Unix seconds"),
                     field("height", &PastChange::height, "of its block"));
  }
};

// All versions, the first one first, byte for byte as the ledger of `network` has them.
//   bad_did_history   a transaction of another network or type, one that does not follow from the version
//                     before, a signature or proof that does not hold, times that go back
Result<std::vector<DidDocument>> rebuild_versions(std::string_view network,
                                                  const std::vector<PastChange>& changes);

// Writes the versions of a DID this ledger does not know; false: it knows it, and nothing was changed.
Result<bool> bring_versions(ledger::View& view, const std::vector<DidDocument>& versions);

// What `store` (a ledger's) can tell of `did`; empty: it does not know it. Also needs the blocks.
Result<std::vector<PastChange>> past_changes(const ledger::Reader& store, const Did& did);

}  // namespace icn::identity
