#include "ledger/block.h"

#include "ledger/checkpoint.h"
#include "ledger/light_proof.h"
#include "ledger/past_state.h"
#include "ledger/pruning.h"
#include "ledger/restore.h"
#include "ledger/state.h"
#include "ledger/stuck_rows.h"

namespace icn::ledger {
namespace {

constexpr std::string_view kDomain{"icn:block:v1\0", 13};

}  // namespace

crypto::Hash header_hash(const BlockHeader& header) {
  return crypto::sha256(as_bytes(kDomain), ByteView(codec::encode_block(header)));
}

Outcome Outcome::success(std::string output_json) {
  Outcome outcome;
  outcome.ok = true;
  outcome.output = std::move(output_json);
  return outcome;
}

Outcome Outcome::failure(const Error& error) {
  Outcome outcome;
  outcome.status = static_cast<std::uint16_t>(error.category());
  outcome.code = error.code();
  outcome.title = error.kind().title;
  outcome.detail = error.detail();
  return outcome;
}

Error Outcome::error() const { return Error::restored(static_cast<Category>(status), code, title, detail); }

std::vector<storage::TableSchema> own_tables() {
  return storage::TableSet(kParameters, kClock, kDue, kStuckRows, kNetwork, kOrder, kCheckpointClock,
                           kCheckpoints, kTransactionPlaces, kHeaders, kBodies, kCheckpointSummaries,
                           kOldRows, kPruned, kRestoring, kAttestations)
      .schemas();
}

Result<std::optional<Head>> load_head(const Reader& store) {
  ICN_TRY_ASSIGN(rows, kHeaders.scan(store, {.index = {}, .from = {}, .to = {}, .reverse = true}));
  ICN_TRY_ASSIGN(header, rows.next());
  if (!header) return std::optional<Head>();
  const crypto::Hash hash = header_hash(*header);
  return std::optional<Head>(Head{std::move(*header), hash});
}

}  // namespace icn::ledger
