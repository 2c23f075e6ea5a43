#include "ledger/checkpoint.h"

#include <unistd.h>

#include "ledger/checkpoint_testing.h"
#include "ledger/errors.h"
#include "ledger/past_state.h"
#include "ledger/pruning.h"
#include "ledger/restore.h"
#include "ledger/state_cache.h"
#include "ledger/verify.h"
#include "storage/record_space.h"

namespace icn::ledger {
namespace {

using toy::Chain;
using toy::TestFolder;

// The tree of RFC 6962, 2.1, word for word.
crypto::Hash root_of(std::span<const crypto::Hash> leaves) {
  if (leaves.empty()) return crypto::sha256(ByteView());
  const std::uint8_t zero = 0;
  const std::uint8_t one = 1;
  if (leaves.size() == 1) return crypto::sha256(ByteView(&zero, 1), ByteView(leaves[0]));
  std::size_t split = 1;
  while (split * 2 < leaves.size()) split *= 2;
  const crypto::Hash left = root_of(leaves.first(split));
  const crypto::Hash right = root_of(leaves.subspan(split));
  return crypto::sha256(ByteView(&one, 1), ByteView(left), ByteView(right));
}

// RFC 8949: [table, key, record] with the shortest heads.
void append_head(Bytes& out, std::uint8_t kind, std::size_t value) {
  if (value < 24) {
    out.push_back(static_cast<std::uint8_t>(kind << 5 | value));
  } else if (value < 256) {
    out.push_back(static_cast<std::uint8_t>(kind << 5 | 24));
    out.push_back(static_cast<std::uint8_t>(value));
  } else {
    out.push_back(static_cast<std::uint8_t>(kind << 5 | 25));
    out.push_back(static_cast<std::uint8_t>(value >> 8));
    out.push_back(static_cast<std::uint8_t>(value));
  }
}
crypto::Hash leaf_of(std::uint16_t table, ByteView key, ByteView record) {
  Bytes item{0x83};
  append_head(item, 0, table);
  append_head(item, 2, key.size());
  append(item, key);
  append_head(item, 2, record.size());
  append(item, record);
  return crypto::sha256(ByteView(item));
}

std::vector<crypto::Hash> leaves(const Reader& store, std::uint16_t first, std::uint16_t last) {
  std::vector<crypto::Hash> out;
  const auto tables = toy::tables();
  for (const storage::TableSchema* table : agreed_tables(tables)) {
    if (table->id < first || table->id > last) continue;
    auto rows = store.scan(*table, {}).value();
    while (rows->next().value()) out.push_back(leaf_of(table->id, rows->key(), rows->record().value()));
  }
  return out;
}

TEST(Merkle, StreamAndPathsAgreeWithTheRecursiveDefinition) {
  std::vector<crypto::Hash> all;
  MerkleStream stream;
  for (std::uint8_t i = 0; i < 70; ++i) {
    EXPECT_EQ(stream.root(), root_of(all)) << int(i);
    EXPECT_EQ(merkle_root(all), root_of(all)) << int(i);
    for (std::size_t k = 0; k < all.size(); ++k) {
      auto path = merkle_path(all, k);
      EXPECT_EQ(merkle_root_by_path(all[k], k, all.size(), path), root_of(all));
      if (!path.empty()) {
        path.pop_back();
        EXPECT_EQ(merkle_root_by_path(all[k], k, all.size(), path), std::nullopt);
      }
    }
    all.push_back(crypto::sha256(ByteView(&i, 1)));
    stream.add(all.back());
  }
}

TEST(Checkpoint, HeaderTwentyBlocksLaterNamesTheRootOfTheState) {
  TestFolder folder("icn-checkpoint");
  Chain chain(folder.path);
  EXPECT_EQ(chain.raise_block("a", 5).checkpoint_root, std::nullopt);
  chain.raise_block("b", 6);
  const BlockHeader at = chain.raise_block("a", 1, 3'700);
  const auto state = chain.ledger->snapshot().value();
  CheckpointSummary summary;
  summary.network = "toy-net";
  summary.epoch = 1;
  summary.height = at.height;
  summary.time = at.time;
  summary.header.bytes = to_bytes(header_hash(at));
  summary.previous.bytes = Bytes(32);
  const std::vector<std::tuple<std::string, std::uint16_t, std::uint16_t>> domains{
      {"ledger", 1, 19}, {"membership", 20, 39},   {"economic", 40, 59},    {"jobs", 60, 79},
      {"dag", 80, 99},   {"federation", 100, 119}, {"governance", 120, 199}};
  for (const auto& [name, first, last] : domains) {
    const auto found = leaves(*state, first, last);
    summary.domains.push_back({name, {to_bytes(root_of(found))}, found.size()});
  }
  std::vector<std::string> told;
  chain.ledger->listen([&](const Published&, const std::vector<Event>& events) {
    for (const Event& each : events) {
      if (each.type == "CheckpointSigned") told.push_back(each.data);
    }
  });
  for (int i = 1; i < 20; ++i) EXPECT_EQ(chain.raise_block("a", 1).checkpoint_root, std::nullopt);
  EXPECT_TRUE(told.empty());
  const BlockHeader header = chain.block({});
  ASSERT_TRUE(header.checkpoint_root);
  EXPECT_EQ(header.height, at.height + 20);
  EXPECT_EQ(header.checkpoint_root->bytes, to_bytes(checkpoint_root(summary)));
  EXPECT_EQ(chain.block({}).checkpoint_root, std::nullopt);
  const std::string height = std::to_string(at.height);
  EXPECT_EQ(told, std::vector<std::string>{R"({"epoch":1,"height":)" + height + R"(,"header_height":)" +
                                           std::to_string(at.height + 20) + R"(,"root":")" +
                                           hex_encode(checkpoint_root(summary)) + R"("})"});
  const auto store = chain.ledger->store().value();
  const auto recorded = kCheckpoints.get(*store, 1).value();
  ASSERT_TRUE(recorded);
  EXPECT_EQ(recorded->height, at.height);
  EXPECT_EQ(recorded->root, *header.checkpoint_root);
}

TEST(Checkpoint, ComesByItselfOnlyAfterAChange) {
  Chain chain("");
  chain.raise_block("a", 5);
  const auto due = next_due(StateCache(*chain.ledger->store().value(), 1 << 20)).value();
  EXPECT_EQ(due, std::optional<TimestampSecs>(toy::kStart + 3'600));
  chain.checkpoint();
  chain.block({}, 200);  // the heartbeat ends
  EXPECT_EQ(next_due(StateCache(*chain.ledger->store().value(), 1 << 20)).value(), std::nullopt);
}

TEST(Checkpoint, ACrashBeforeTheHeaderChangesNothing) {
  Chain steady("");
  Chain crashed("");
  std::vector<BlockHeader> headers;
  for (Chain* chain : {&steady, &crashed}) {
    chain->raise_block("a", 5);
    chain->raise_block("gone", 7);
    if (chain == &crashed) chain->ledger->checkpoints().pause();
    chain->raise_block("a", 1, 3'700);
    chain->raise_block("a", 1);
    chain->raise_block("new", 3);
    chain->raise_block("a", 1);
    if (chain == &crashed) {
      EXPECT_NE(chain->ledger->checkpoints().computing_height(), 0u);
      chain->crash_and_open();
    }
    BlockHeader header;
    while (!header.checkpoint_root) header = chain->raise_block("b", 1);
    headers.push_back(header);
    chain->ledger->checkpoints().wait_until_idle();
    const auto store = chain->ledger->store().value();
    EXPECT_FALSE(store->scan(kOldRows.schema(), {}).value()->next().value());
  }
  EXPECT_EQ(header_hash(headers[0]), header_hash(headers[1]));
}

TEST(PastState, ShowsEveryRowAsItWas) {
  Chain chain("");
  SeededRandom random(11);
  const auto store = chain.ledger->store().value();
  const storage::TableSchema& table = toy::kCounters.schema();
  const auto contents = [&](const Reader& reader) {
    std::map<std::string, Bytes> out;
    auto rows = reader.scan(table, {}).value();
    while (rows->next().value()) out[to_text(rows->key())] = rows->record().value();
    return out;
  };
  const auto change = [&](bool keeps_old) {
    std::map<std::uint8_t, std::optional<Bytes>> changes;
    const Bytes dice = random.bytes(20);
    for (std::size_t i = 0; i < 10; ++i) {
      std::optional<Bytes> record;
      if (dice[2 * i + 1] % 3 != 0) record = Bytes{dice[2 * i + 1]};
      changes[static_cast<std::uint8_t>(dice[2 * i] % 40)] = record;
    }
    std::vector<storage::Row> rows;
    for (const auto& [key, record] : changes) rows.push_back({&table, Bytes{key}, record, {}, {}});
    if (keeps_old) {
      std::vector<storage::Row> kept = old_rows(*store, 9, rows).value();
      rows.insert(rows.end(), kept.begin(), kept.end());
    }
    ASSERT_TRUE(store->write(rows, storage::Durability::kBuffered).ok());
  };
  for (int round = 0; round < 20; ++round) change(false);
  const auto before = contents(*store);
  for (int round = 0; round < 20; ++round) {
    const auto past = PastState::open(std::shared_ptr<const Reader>(store->snapshot()), 9).value();
    EXPECT_EQ(contents(*past), before) << "after " << round << " changes";
    for (std::uint8_t i = 0; i < 40; ++i) {
      const auto found = before.find(std::string(1, static_cast<char>(i)));
      EXPECT_EQ(past->get(table, Bytes{i}).value(),
                found == before.end() ? std::nullopt : std::optional(found->second));
    }
    change(true);
  }
  ASSERT_TRUE(store->write(erase_old_rows(*store, 9).value(), storage::Durability::kBuffered).ok());
  EXPECT_EQ(contents(*PastState::open(std::shared_ptr<const Reader>(store->snapshot()), 9).value()),
            contents(*store));
}

TEST(Snapshot, ProvesEveryRowAndNoOther) {
  TestFolder folder("icn-proofs");
  Chain chain(folder.path);
  for (int i = 0; i < 37; ++i) chain.raise_block("counter-" + std::to_string(i), i + 20);
  chain.checkpoint();
  ASSERT_EQ(snapshot_epochs(folder.path), std::vector<std::uint64_t>{1});
  const Manifest manifest = read_manifest(folder.path, 1).value();
  const auto store = chain.ledger->store().value();
  const DomainRoot& domain = manifest.summary.domains[6];
  EXPECT_EQ(domain.rows, 37u);
  for (int i = 0; i < 37; ++i) {
    const Bytes key = key_of("counter-" + std::to_string(i));
    const auto proof = prove_row(folder.path, manifest, 190, key).value();
    ASSERT_TRUE(proof);
    const crypto::Hash leaf = leaf_of(190, key, proof->record);
    const auto root = merkle_root_by_path(leaf, proof->index, domain.rows, proof->path);
    ASSERT_TRUE(root);
    EXPECT_EQ(to_bytes(*root), domain.root.bytes);
  }
  EXPECT_FALSE(prove_row(folder.path, manifest, 190, key_of("counter-99")).value());
}

// Gives the chunks of `from` to a receiver; `lie` may change each.
Result<void> receive(const std::string& from, const std::string& to, const crypto::Hash& trusted,
                     Ledger& ledger, const std::function<void(std::size_t, Bytes&)>& lie = {},
                     const std::function<void(Manifest&)>& forge = {}) {
  Manifest manifest = read_manifest(from, 1).value();
  std::vector<Bytes> chunks;
  for (std::size_t i = 0; i < manifest.tail.size(); ++i)
    chunks.push_back(read_chunk(from, 1, chunk_name(true, i), manifest.tail[i]).value());
  for (std::size_t i = 0; i < manifest.rows.size(); ++i)
    chunks.push_back(read_chunk(from, 1, chunk_name(false, i), manifest.rows[i]).value());
  if (forge) forge(manifest);
  ICN_TRY_ASSIGN(receiver,
                 SnapshotReceiver::begin(to, codec::encode_record(manifest), chunks.size(), trusted));
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (lie) lie(i, chunks[i]);
    ICN_TRY_ASSIGN(done, receiver.add(i, chunks[i]));
    EXPECT_EQ(done, i + 1 == chunks.size());
  }
  return ledger.restore(receiver.snapshot(), {});
}

class RestoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 10; ++i) source_.raise_block("counter-" + std::to_string(i), i + 20);
    source_.raise_block("counter-0", 1, 3'700);
    for (int i = 0; i < 19; ++i) source_.raise_block("late", 2);
    head_ = source_.block({});
    ASSERT_TRUE(head_.checkpoint_root);
    source_.ledger->checkpoints().wait_until_idle();
  }
  TestFolder from_{"icn-snapshot-from"};
  TestFolder to_{"icn-snapshot-to"};
  Chain source_{from_.path};
  Chain joiner_{to_.path};
  BlockHeader head_;
};

TEST_F(RestoreTest, AJoinerHasTheLedgerAndGoesOnLikeTheOthers) {
  const auto late = source_.raise("late", 1);
  const auto done = receive(from_.path, to_.path, header_hash(head_), *joiner_.ledger);
  ASSERT_TRUE(done.ok()) << done.error().detail();
  EXPECT_EQ(joiner_.ledger->published()->head.hash, header_hash(head_));
  EXPECT_EQ(state_hash(*joiner_.ledger->store().value(), toy::tables()).value(),
            state_hash(*source_.ledger->store().value(), toy::tables()).value());
  // What the source committed lately is known, though its block was not fetched.
  const auto store = joiner_.ledger->store().value();
  EXPECT_EQ(kTransactionPlaces
                .get(*store, to_bytes(stored_id(
                                 kBodies.get(*source_.ledger->store().value(), 11).value()->transactions[0])))
                .value()
                ->height,
            11u);
  EXPECT_TRUE(missing_block(*store, 3, 31).is(kBlockPruned));
  EXPECT_TRUE(missing_block(*store, 99, 31).is(errors::kNotFound));
  joiner_.time = source_.time;
  EXPECT_EQ(header_hash(joiner_.block({late})), header_hash(source_.block({late})));
  // It can serve what it was served, byte for byte.
  EXPECT_EQ(codec::encode_record(read_manifest(to_.path, 1).value()),
            codec::encode_record(read_manifest(from_.path, 1).value()));
  storage::MemoryEngine engine;
  const auto scratch = engine.open(toy::tables()).value();
  const auto report = verify_from_checkpoint(joiner_.rules, *store, toy::tables(), *scratch, to_.path, 1);
  ASSERT_TRUE(report.ok()) << report.error().detail();
  EXPECT_EQ(report->difference, std::nullopt);
  EXPECT_EQ(report->height, head_.height + 1);
}

TEST_F(RestoreTest, AFlippedBitInAnyChunkIsCaught) {
  const Manifest manifest = read_manifest(from_.path, 1).value();
  const std::size_t count = manifest.tail.size() + manifest.rows.size();
  for (std::size_t which = 0; which < count; ++which) {
    const auto lie = [&](std::size_t i, Bytes& chunk) {
      if (i == which) chunk[chunk.size() / 2] ^= 1;
    };
    const auto done = receive(from_.path, to_.path, header_hash(head_), *joiner_.ledger, lie);
    ASSERT_FALSE(done.ok());
    EXPECT_TRUE(done.error().is(kWrongChunk)) << done.error().detail();
    EXPECT_EQ(joiner_.ledger->published()->head.header.height, 0u);
  }
}

TEST_F(RestoreTest, ALiarWithAManifestToMatchIsCaughtByTheRoot) {
  const std::size_t tail = read_manifest(from_.path, 1).value().tail.size();
  const std::size_t last = read_manifest(from_.path, 1).value().rows.size() - 1;
  const auto change = [](Bytes& chunk) { chunk.back() ^= 1; };  // of the last counter
  const auto forge = [&](Manifest& manifest) {
    Bytes chunk = read_chunk(from_.path, 1, chunk_name(false, last), manifest.rows[last]).value();
    change(chunk);
    manifest.rows[last].hash.bytes = to_bytes(crypto::sha256(ByteView(chunk)));
  };
  const auto lie = [&](std::size_t i, Bytes& chunk) {
    if (i == tail + last) change(chunk);
  };
  const auto done = receive(from_.path, to_.path, header_hash(head_), *joiner_.ledger, lie, forge);
  ASSERT_FALSE(done.ok());
  EXPECT_TRUE(done.error().is(kSnapshotDiffers));
  EXPECT_NE(done.error().detail().find("governance"), std::string::npos) << done.error().detail();
  const auto other = [&](Manifest& manifest) { manifest.summary.domains[6].rows += 1; };
  EXPECT_TRUE(receive(from_.path, to_.path, header_hash(head_), *joiner_.ledger, {}, other)
                  .error()
                  .is(kSnapshotDiffers));
  crypto::Hash elsewhere = header_hash(head_);
  elsewhere[0] ^= 1;
  EXPECT_TRUE(receive(from_.path, to_.path, elsewhere, *joiner_.ledger).error().is(kSnapshotDiffers));
  EXPECT_EQ(joiner_.ledger->published()->head.header.height, 0u);
}

TEST_F(RestoreTest, ACrashOnTheWayBeginsAnew) {
  {
    const auto store = joiner_.ledger->store().value();
    storage::StoreSpace space(*store, storage::Durability::kSynced);
    ASSERT_TRUE(kRestoring.put(space, kRestoringKey, {11}).ok());
    ASSERT_TRUE(toy::kCounters.put(space, "half", {1}).ok());
    ASSERT_TRUE(kHeaders.erase(space, 0).ok());
  }
  joiner_.crash_and_open();
  EXPECT_EQ(joiner_.ledger->published()->head.header.height, 0u);
  Chain fresh("");
  EXPECT_EQ(joiner_.ledger->published()->head.hash, fresh.ledger->published()->head.hash);
  EXPECT_FALSE(toy::kCounters.get(*joiner_.ledger->store().value(), "half").value());
  EXPECT_FALSE(kRestoring.get(*joiner_.ledger->store().value(), kRestoringKey).value());
  const auto done = receive(from_.path, to_.path, header_hash(head_), *joiner_.ledger);
  EXPECT_TRUE(done.ok()) << done.error().detail();
}

TEST(Verify, RecomputesRootsAndNamesTheBlockWhoseRootIsWrong) {
  TestFolder folder("icn-verify");
  Chain chain(folder.path);
  chain.raise_block("a", 5);
  const BlockHeader header = chain.checkpoint();
  const auto store = chain.ledger->store().value();
  const auto verify = [&] {
    storage::MemoryEngine engine;
    const auto scratch = engine.open(toy::tables()).value();
    return verify_ledger(chain.rules, *store, toy::tables(), *scratch).value();
  };
  EXPECT_EQ(verify().difference, std::nullopt);
  EXPECT_EQ(verify().checkpoints, 1u);
  BlockHeader wrong = header;
  wrong.checkpoint_root->bytes[0] ^= 1;
  storage::StoreSpace space(*store, storage::Durability::kSynced);
  ASSERT_TRUE(kHeaders.put(space, header.height, wrong).ok());
  EXPECT_EQ(verify().difference, "block " + std::to_string(header.height) + ": checkpoint_root differs");
}

TEST(Version, ALedgerOfANewerVersionIsReadAndNotWritten) {
  Chain chain("");
  chain.raise_block("a", 5);
  {
    const auto store = chain.ledger->store().value();
    BlockHeader header = kHeaders.get(*store, 1).value().value();
    header.version = kBlockVersion + 1;
    storage::StoreSpace space(*store, storage::Durability::kSynced);
    ASSERT_TRUE(kHeaders.put(space, 1, header).ok());
  }
  chain.crash_and_open();
  EXPECT_EQ(chain.ledger->too_new(), "block 1 has version 2, this program knows up to 1; update icn");
  EXPECT_EQ(toy::kCounters.get(*chain.ledger->store().value(), "a").value()->value, 5);
  const BlockExecutor executor(chain.rules, chain.ledger->checkpoint_roots());
  const auto store = chain.ledger->store().value();
  const auto executed = executor.execute(chain.ledger->published()->head, *store, chain.time, {}).value();
  EXPECT_TRUE(chain.ledger->commit(executed).error().is(kUnknownVersion));
}

TEST(Pruning, DropsOldBodiesAndSaysSo) {
  TestFolder folder("icn-pruning");
  Chain chain(folder.path, 10);
  for (int i = 0; i < 30; ++i) chain.raise_block("a", 1);
  chain.checkpoint();
  // Within two hours nothing goes: outcomes are still asked for.
  EXPECT_EQ(pruned_height(*chain.ledger->store().value()).value(), 0u);
  for (int i = 0; i < 3; ++i) {
    chain.raise_block("b", 1, 100);
    chain.checkpoint();
  }
  const auto store = chain.ledger->store().value();
  const std::uint64_t gone = pruned_height(*store).value();
  // The snapshots kept are the newest two: who begins at the older one needs the blocks after it.
  const auto epochs = snapshot_epochs(folder.path);
  ASSERT_EQ(epochs.size(), 2u);
  EXPECT_GT(gone, 30u);
  EXPECT_LE(gone, read_manifest(folder.path, epochs[0]).value().summary.height);
  EXPECT_FALSE(kBodies.get(*store, gone).value());
  EXPECT_TRUE(kBodies.get(*store, gone + 1).value());
  EXPECT_TRUE(kBodies.get(*store, 0).value());
  EXPECT_TRUE(kHeaders.get(*store, gone).value());
  EXPECT_TRUE(missing_block(*store, gone, 99).is(kBlockPruned));
  storage::MemoryEngine engine;
  const auto scratch = engine.open(toy::tables()).value();
  EXPECT_EQ(verify_from_checkpoint(chain.rules, *store, toy::tables(), *scratch, folder.path, epochs[0])
                .value()
                .difference,
            std::nullopt);
}

}  // namespace
}  // namespace icn::ledger
