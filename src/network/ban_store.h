#pragma once

#include <memory>

#include "base/log.h"
#include "network/standing.h"
#include "storage/group_commit.h"

namespace icn::network {

// Where bans outlast a restart: a table of this node's store. Thread: any.
class BanStore {
 public:
  static const storage::TableSchema& table();

  // All outlive it; `writes` is a group commit of `store`.
  BanStore(storage::Store& store, storage::GroupCommit& writes, std::shared_ptr<Log> log)
      : store_(store), writes_(writes), log_(std::move(log)) {}

  // Those that are not over; the others are removed.
  Result<std::vector<Ban>> load(TimestampSecs now);
  // Durable soon. What cannot be written is logged, and holds until the next restart.
  void put(const Ban& ban);
  void erase(const PeerId& peer);

 private:
  void write(std::vector<storage::Row> rows);

  storage::Store& store_;
  storage::GroupCommit& writes_;
  std::shared_ptr<Log> log_;
  InlineExecutor inline_;
};

}  // namespace icn::network
