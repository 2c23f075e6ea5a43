#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "base/housekeeper.h"
#include "ledger/ledger.h"
#include "network/content_keeper.h"

namespace icn::node {

// The CIDs that a record, or the body of a transaction, names for everybody to read, by the names of its
// members: texts, reasons, evidence, charters, profiles, schemas.
std::vector<codec::Cid> content_named_in(const codec::Json& record);
// Whether what transactions of this type name is for everybody: those of governance, of cooperatives, of
// federations, of reputation and of schemas. What a credential or a payment names is not.
bool names_public_content(std::string_view type);

// Has every public block that a governance or identity record names at this node (design.md 6 "Private and
// public"). It reads the records of the state once, then the transactions of those blocks that change such
// records, on a thread of its own; the writer only notes which blocks that are. Beside it, it removes texts
// of acts that came to nothing while nobody waited for their outcome (dag/texts.h). Stopped before the
// network; destroyed after the ledger's and the blocks' writers have stopped.
class PublicContent {
 public:
  PublicContent(ledger::Ledger& ledger, network::Network& network, network::BlockExchange& exchange,
                dag::BlockStore& blocks, const Clock& clock, std::shared_ptr<Log> log, const Did& node_did);
  ~PublicContent() { stop(); }
  void stop();

 private:
  void heard(std::uint64_t height);
  void round();
  void settle(dag::BlockStore& blocks);
  Result<void> read(const std::vector<std::uint64_t>& heights, bool reads_records);
  Result<void> read_records();
  Result<void> read_block(const ledger::BlockBody& body);
  template <typename Table>
  Result<void> read_table(const storage::Reader& state, const Table& table);
  void want(const codec::Json& record);
  void want(const codec::Cid& cid);
  std::uint64_t version() const;

  ledger::Ledger& ledger_;
  const std::shared_ptr<Log> log_;
  network::ContentKeeper keeper_;
  std::atomic<bool> is_stopping_{false};
  std::uint64_t heard_version_;  // thread: the ledger's writer
  std::mutex mutex_;             // of the next two
  std::vector<std::uint64_t> heights_;
  bool needs_records_ = true;
  std::size_t left_out_ = 0;  // the keeper had no room: they are found again when it has. Thread: the own one
  Housekeeper housekeeper_;   // last: its thread uses all the others
};

}  // namespace icn::node
