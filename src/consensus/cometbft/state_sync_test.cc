#include "consensus/cometbft/state_sync.h"

#include "abci.pb.h"
#include "consensus/cometbft/attestation.h"
#include "consensus/cometbft/engine_state.h"
#include "ledger/checkpoint_testing.h"
#include "storage/record_space.h"

namespace icn::consensus {
namespace {

using ledger::toy::Chain;
using ledger::toy::TestFolder;

constexpr std::uint64_t kEngineHeight = 500;

// A node with the snapshot of a checkpoint, and one that has only begun.
class StateSyncTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 5; ++i) source_.raise_block("counter-" + std::to_string(i), i + 20);
    const ledger::BlockHeader header = source_.checkpoint();
    const auto store = source_.ledger->store().value();
    storage::StoreSpace space(*store, storage::Durability::kSynced);
    ASSERT_TRUE(kEngineBlocks.put(space, header.height, {kEngineHeight}).ok());
    abci::ResponseListSnapshots listed;
    giver_.list(listed);
    ASSERT_EQ(listed.snapshots_size(), 1);
    snapshot_ = listed.snapshots(0);
  }

  abci::ResponseOfferSnapshot::Result offer() {
    abci::RequestOfferSnapshot request;
    *request.mutable_snapshot() = snapshot_;
    request.set_app_hash(app_hash_.empty() ? to_text(source_.ledger->published()->head.hash) : app_hash_);
    abci::ResponseOfferSnapshot response;
    taker_.offer(request, response);
    return response.result();
  }
  std::string load(std::uint32_t index) {
    abci::RequestLoadSnapshotChunk request;
    request.set_height(snapshot_.height());
    request.set_format(snapshot_.format());
    request.set_chunk(index);
    abci::ResponseLoadSnapshotChunk response;
    giver_.load(request, response);
    return response.chunk();
  }
  abci::ResponseApplySnapshotChunk apply(std::uint32_t index, const std::string& chunk) {
    abci::RequestApplySnapshotChunk request;
    request.set_index(index);
    request.set_chunk(chunk);
    request.set_sender("a node");
    abci::ResponseApplySnapshotChunk response;
    taker_.apply(request, response);
    return response;
  }

  TestFolder from_{"icn-sync-from"};
  TestFolder to_{"icn-sync-to"};
  Chain source_{from_.path};
  Chain joiner_{to_.path};
  StateSync giver_{*source_.ledger, make_silent_log(), "toy-net"};
  StateSync taker_{*joiner_.ledger, make_silent_log(), "toy-net"};
  abci::Snapshot snapshot_;
  std::string app_hash_;
};

TEST_F(StateSyncTest, AJoinerFetchesTheLedgerAndTellsItsEngineSo) {
  EXPECT_EQ(snapshot_.height(), kEngineHeight);
  ASSERT_EQ(offer(), abci::ResponseOfferSnapshot::ACCEPT);
  for (std::uint32_t i = 0; i < snapshot_.chunks(); ++i) {
    EXPECT_EQ(joiner_.ledger->published()->head.header.height, 0u);
    EXPECT_EQ(apply(i, load(i)).result(), abci::ResponseApplySnapshotChunk::ACCEPT);
  }
  EXPECT_EQ(joiner_.ledger->published()->head.hash, source_.ledger->published()->head.hash);
  const auto store = joiner_.ledger->store().value();
  const auto note = kEngineNote.get(*store, kEngineKey).value();
  ASSERT_TRUE(note);
  EXPECT_EQ(note->height, kEngineHeight);
  EXPECT_EQ(note->chain, "toy-net");
  // It can give what it was given.
  StateSync again(*joiner_.ledger, make_silent_log(), "toy-net");
  abci::ResponseListSnapshots listed;
  again.list(listed);
  ASSERT_EQ(listed.snapshots_size(), 1);
  EXPECT_EQ(listed.snapshots(0).SerializeAsString(), snapshot_.SerializeAsString());
  // An older one would take the ledger back.
  snapshot_.set_height(kEngineHeight - 1);
  EXPECT_EQ(offer(), abci::ResponseOfferSnapshot::REJECT);
}

TEST_F(StateSyncTest, AWrongChunkIsFetchedFromAnotherNode) {
  ASSERT_EQ(offer(), abci::ResponseOfferSnapshot::ACCEPT);
  std::string chunk = load(0);
  chunk[chunk.size() / 2] ^= 1;
  const auto refused = apply(0, chunk);
  EXPECT_EQ(refused.result(), abci::ResponseApplySnapshotChunk::RETRY);
  ASSERT_EQ(refused.refetch_chunks_size(), 1);
  EXPECT_EQ(refused.refetch_chunks(0), 0u);
  ASSERT_EQ(refused.reject_senders_size(), 1);
  EXPECT_EQ(refused.reject_senders(0), "a node");
  for (std::uint32_t i = 0; i < snapshot_.chunks(); ++i)
    EXPECT_EQ(apply(i, load(i)).result(), abci::ResponseApplySnapshotChunk::ACCEPT);
  EXPECT_EQ(joiner_.ledger->published()->head.hash, source_.ledger->published()->head.hash);
}

TEST_F(StateSyncTest, ASnapshotOfAnotherChainIsRejected) {
  app_hash_ = std::string(32, 'x');
  ASSERT_EQ(offer(), abci::ResponseOfferSnapshot::ACCEPT);
  EXPECT_EQ(apply(0, load(0)).result(), abci::ResponseApplySnapshotChunk::REJECT_SNAPSHOT);
  EXPECT_EQ(joiner_.ledger->published()->head.header.height, 0u);
  EXPECT_EQ(apply(1, load(1)).result(), abci::ResponseApplySnapshotChunk::ABORT);
}

TEST_F(StateSyncTest, OffersThatCannotBeRightAreRejected) {
  abci::Snapshot good = snapshot_;
  snapshot_.set_format(2);
  EXPECT_EQ(offer(), abci::ResponseOfferSnapshot::REJECT_FORMAT);
  snapshot_ = good;
  snapshot_.mutable_metadata()->back() ^= 1;
  EXPECT_EQ(offer(), abci::ResponseOfferSnapshot::REJECT);
  snapshot_ = good;
  snapshot_.set_chunks(good.chunks() + 1);
  EXPECT_EQ(offer(), abci::ResponseOfferSnapshot::REJECT);
  snapshot_ = good;
  snapshot_.set_metadata("nothing");
  snapshot_.set_hash(to_text(crypto::sha256(as_bytes("nothing"))));
  EXPECT_EQ(offer(), abci::ResponseOfferSnapshot::REJECT);
}

codec::HexBytes sum(std::string_view text) { return {to_bytes(crypto::sha256(as_bytes(text)))}; }

// CometBFT v0.40, types/block_test.go, TestHeaderHash.
TEST(Attestation, HeaderHashIsCometBfts) {
  EngineHeader header;
  header.block_version = 1;
  header.app_version = 2;
  header.chain_id = "chainId";
  header.height = 3;
  header.time = {1'570'983'284, 0};  // 2019-10-13T16:14:44Z
  header.last_block_id = {{Bytes(32)}, 6, {Bytes(32)}};
  header.last_commit_hash = sum("last_commit_hash");
  header.data_hash = sum("data_hash");
  header.validators_hash = sum("validators_hash");
  header.next_validators_hash = sum("next_validators_hash");
  header.consensus_hash = sum("consensus_hash");
  header.app_hash = sum("app_hash");
  header.last_results_hash = sum("last_results_hash");
  header.evidence_hash = sum("evidence_hash");
  header.proposer_address = sum("proposer_address");
  header.proposer_address.bytes.resize(20);
  EXPECT_EQ(hex_encode(engine_header_hash(header)),
            "f740121f553b5418c3efbd343c2dbfe9e007bb67b0d020a0741374bab65242a4");
}

// CometBFT v0.40, types/vote_test.go, TestVoteSignBytesTestVectors, case 1.
TEST(Attestation, PrecommitBytesAreCometBfts) {
  EngineAttestation attestation;
  attestation.header.height = 1;
  attestation.round = 1;
  EngineSignature signature;
  signature.flag = 3;
  signature.time = {-62'135'596'800, 0};  // Go's zero time
  EXPECT_EQ(hex_encode(precommit_bytes(attestation, signature)),
            "2108021101000000000000001901000000000000002a0b088092b8c398feffffff01");
}

// A federation of four that signs a header; each case changes one thing.
class AttestedTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (std::uint8_t i = 0; i < 4; ++i) {
      keys_.push_back(crypto::SecretKey::from_seed(Bytes(32, i)));
      good_.validators.push_back({{to_bytes(keys_.back().public_key().view())}, 10});
    }
    good_.header.chain_id = "toy-net";
    good_.header.height = 7;
    good_.header.time = {1'700'000'000, 5};
    good_.header.validators_hash.bytes = to_bytes(validators_hash(good_.validators));
    good_.header.app_hash.bytes = to_bytes(ours_);
    sign(3);
  }
  void sign(std::size_t count) {
    good_.block_id = {{to_bytes(engine_header_hash(good_.header))}, 1, {Bytes(32, 9)}};
    good_.signatures.clear();
    for (std::size_t i = 0; i < 4; ++i) {
      EngineSignature& each = good_.signatures.emplace_back();
      if (i >= count) continue;
      each.flag = 2;
      each.time = {1'700'000'001, static_cast<std::uint32_t>(i)};
      each.signature.bytes = to_bytes(keys_[i].sign(precommit_bytes(good_, each)).view());
    }
  }
  std::string verdict(const EngineAttestation& attestation) {
    const auto checked = check_attestation(attestation, "toy-net", ours_);
    return checked.ok() ? "signed by " + std::to_string(checked->signed_by)
                        : checked.error().detail().substr(0, checked.error().detail().find(':'));
  }
  std::string changed(const std::function<void(EngineAttestation&)>& change) {
    EngineAttestation other = good_;
    change(other);
    return verdict(other);
  }

  std::vector<crypto::SecretKey> keys_;
  crypto::Hash ours_ = crypto::sha256(as_bytes("our header"));
  EngineAttestation good_;
};

TEST_F(AttestedTest, HoldsWithMoreThanTwoThirdsAndOnlyWhole) {
  EXPECT_EQ(verdict(good_), "signed by 3");
  EXPECT_EQ(changed([](auto& a) { a.header.app_hash.bytes[0] ^= 1; }), "header");
  EXPECT_EQ(changed([](auto& a) { a.header.chain_id = "other"; }), "header");
  EXPECT_EQ(changed([](auto& a) { a.header.time.nanos ^= 1; }), "block_id");
  EXPECT_EQ(changed([](auto& a) { a.block_id.hash.bytes[0] ^= 1; }), "block_id");
  EXPECT_EQ(changed([](auto& a) { a.block_id.parts_hash.bytes[0] ^= 1; }), "signature 0 is not valid");
  EXPECT_EQ(changed([](auto& a) { a.validators[3].power = 11; }), "validators");
  EXPECT_EQ(changed([](auto& a) { a.validators[3].public_key.bytes[0] ^= 1; }), "validators");
  EXPECT_EQ(changed([](auto& a) { a.signatures[2].signature.bytes[0] ^= 1; }), "signature 2 is not valid");
  EXPECT_EQ(changed([](auto& a) { a.signatures[2].time.nanos ^= 1; }), "signature 2 is not valid");
  EXPECT_EQ(changed([](auto& a) { a.signatures[3].time.nanos = 1; }), "signature 3 is said to be absent");
  EXPECT_EQ(changed([](auto& a) { a.signatures[2] = {}; }), "signatures");
  EXPECT_EQ(changed([](auto& a) { a.signatures.pop_back(); }), "signatures");
  EXPECT_EQ(changed([](auto& a) { a.round = 1; }), "signature 0 is not valid");
  sign(2);
  EXPECT_EQ(verdict(good_), "signatures");
  sign(4);
  EXPECT_EQ(verdict(good_), "signed by 4");
}

}  // namespace
}  // namespace icn::consensus
