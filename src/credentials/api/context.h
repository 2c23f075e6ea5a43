#pragma once

#include <functional>
#include <string>
#include <vector>

#include "credentials/credential_metrics.h"
#include "credentials/ledger_evidence.h"
#include "credentials/place_reservations.h"
#include "credentials/staged_blocks.h"
#include "dag/access.h"
#include "dag/salted_text.h"
#include "http/call.h"
#include "http/paging.h"
#include "http/web_reader.h"
#include "identity/custody.h"
#include "ledger/api/writer.h"

namespace icn::credentials {

// What the endpoints of credentials work with.
struct Api {
  const ledger::Ledger& ledger;
  ledger::Writer& writer;
  const http::Cursors& cursors;
  const Clock& clock;
  Random& random;
  dag::BlockStore& blocks;
  const dag::Access& access;
  const identity::NodeCustody& custody;
  PlaceReservations& places;
  std::function<void(const codec::Cid&)> announce;  // tells peers that this node has a public block
  std::string public_url;                           // of this node; empty: as each request addresses it
  http::WebReader& web;                             // documents of others
  CredentialMetrics& metrics;
  StagedBlocks* staged = nullptr;                 // null: blocks are stored before the ledger hears of them
  std::vector<std::string> trusted_issuers = {};  // where a request names none; empty: anybody
};

namespace api {

// "https://node.example": the setting, else what the request was sent to.
std::string base_url(const Api& api, const http::Request& request);

// The current key of `did`, of this ledger, for what is sealed for it or bound to it.
Result<crypto::PublicKey> current_key(const ledger::Reader& state, const Did& did);

// A block that the caller may read, or that was shared with `reader`, whom the caller may act as: keys of
// credentials name no DIDs whose keys this node keeps for them. Errors as dag::Access::get().
Result<dag::BlockPtr> block_for(const Api& api, const http::Caller& caller, const codec::Cid& cid,
                                const Did& reader);

// Evidence from the newest state; `given` adds to it. Outlives nothing it is made from.
struct Known {
  std::shared_ptr<const ledger::Reader> state;
  OfflineEvidence given;
  LedgerEvidence evidence;
  Known(std::shared_ptr<const ledger::Reader> of, const dag::BlockStore& blocks, OfflineEvidence extra)
      : state(std::move(of)), given(std::move(extra)), evidence(*state, blocks, given) {}
  Known(const Known&) = delete;
  Known& operator=(const Known&) = delete;
};

// Stores one block of `author` and goes on with `next`, on the exchange's thread, or answers the error.
struct KeptBlock {
  Bytes bytes;
  std::uint64_t codec = codec::kRaw;
  Did author;
  Did reader;  // empty: nobody else
  bool is_public = false;
};
void keep_block(const Api& api, const http::ExchangePtr& exchange, KeptBlock block,
                std::function<void(const codec::Cid&)> next);

// A block that is being stored while the ledger is asked to name it. Thread: the exchange's.
class BlockOnItsWay {
 public:
  // Calls `answer` once it is stored, with what came of it; at once when that is known.
  void when_stored(std::function<void(const Result<void>&)> answer);
  void set(const Result<void>& stored);

 private:
  std::optional<Result<void>> stored_;
  std::function<void(const Result<void>&)> waiting_;
};
// As keep_block(), but `next` runs as soon as the block cannot be lost any more if the transaction that
// `next` submits is not: the answer to that waits for the block, too. Without Api::staged it is stored first.
void keep_block_beside(
    const Api& api, const http::ExchangePtr& exchange, KeptBlock block,
    const std::function<void(const codec::Cid&, const std::shared_ptr<BlockOnItsWay>&)>& next);

}  // namespace api
}  // namespace icn::credentials
