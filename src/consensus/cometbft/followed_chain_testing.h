#pragma once

#include <gtest/gtest.h>

#include <map>
#include <mutex>

#include "abci.pb.h"
#include "consensus/cometbft/application.h"
#include "consensus/cometbft/decided_block.h"
#include "consensus/cometbft/engine_encoding.h"
#include "consensus/cometbft/network_genesis.h"
#include "consensus/cometbft/toy_payment_testing.h"
#include "ledger/verify.h"
#include "storage/memory/memory_engine.h"
#include "storage/record_space.h"

// A federation of toy ledgers for tests: what its validators decided and signed. That the hashes and the
// bytes which are signed are CometBFT's own holds decided_block_test.cc.
namespace icn::consensus::followed {

// Seeds of validators' keys.
using Seeds = std::vector<std::uint8_t>;

inline crypto::SecretKey validator_key(std::uint8_t seed) {
  return crypto::SecretKey::from_seed(Bytes(32, seed));
}

// Thread: block() and height() any.
class DecidedChain {
 public:
  // Goes on after `blocks_alone` blocks of a node that was alone.
  explicit DecidedChain(std::size_t blocks_alone = 0) {
    for (std::size_t i = 0; i < blocks_alone; ++i) alone_.push_back(wire(raise(1)));
    ledger::Genesis genesis = toy::genesis();
    genesis.validators.emplace();
    for (const std::uint8_t seed : signers_) {
      const Bytes key = to_bytes(validator_key(seed).public_key().view());
      genesis.validators->push_back(
          {"v" + std::to_string(seed), Did("did:key:o"), Did("did:key:n"), {key}, "p"});
    }
    first_ = genesis;
    ledger_ = open_ledger();
    if (blocks_alone > 0) {
      const ledger::Head head = ledger_->published()->head;
      const auto root = ledger::state_hash(*ledger_->store().value(), ledger_->tables()).value();
      genesis.continues = ledger::Continuation{head.header.height, {to_bytes(head.hash)}, {to_bytes(root)}};
      height_ = head.header.height;
    }
    genesis_ = read_network_genesis(make_network_genesis(genesis).value()).value();
    application_ = open_application(*ledger_);
  }

  const ledger::Rules& rules() const { return rules_; }
  const NetworkGenesis& genesis() const { return genesis_; }
  crypto::Hash head() const { return ledger_->published()->head.hash; }
  std::uint64_t height() const {
    const std::lock_guard lock(mutex_);
    return height_;
  }
  std::optional<DecidedBlock> block(std::uint64_t height) const {
    const std::lock_guard lock(mutex_);
    const auto found = blocks_.find(height);
    return found == blocks_.end() ? std::optional<DecidedBlock>() : found->second;
  }

  // A node's, before the first block of this chain.
  std::unique_ptr<ledger::Ledger> open_ledger() const {
    auto tables = toy::tables();
    for (const auto& table : cometbft_tables()) tables.push_back(table);
    auto out =
        ledger::Ledger::open(std::make_unique<storage::MemoryEngine>(), tables, rules_, first_).value();
    const auto application = open_application(*out);
    for (std::size_t i = 0; i < alone_.size(); ++i) {
      abci::Request request;
      request.mutable_finalize_block()->set_height(static_cast<std::int64_t>(i + 1));
      request.mutable_finalize_block()->mutable_time()->set_seconds(toy::kStart);
      request.mutable_finalize_block()->add_txs(alone_[i]);
      execute(*application, request);
    }
    const auto store = out->store().value();
    storage::StoreSpace space(*store, storage::Durability::kBuffered);
    EXPECT_TRUE(kEngineNote.erase(space, kEngineKey).ok());
    return out;
  }

  // The next block. `next`: who signs from the one after it on; empty: who does now.
  void decide(TimestampSecs time, std::vector<std::string> wires = {}, const Seeds& next = {}) {
    const Seeds signers = signers_;
    if (!next.empty()) signers_ = next;
    DecidedBlock block;
    block.transactions = std::move(wires);
    EngineHeader& header = block.attestation.header;
    header.block_version = 11;
    header.app_version = 1;
    header.chain_id = genesis_.chain;
    header.height = height() + 1;
    header.time = {static_cast<std::int64_t>(time), 1'000'005};
    header.last_block_id = last_;
    for (codec::HexBytes* each :
         {&header.last_commit_hash, &header.consensus_hash, &header.last_results_hash})
      each->bytes = to_bytes(crypto::sha256(as_bytes("not read")));
    header.next_validators_hash.bytes = to_bytes(validators_hash(validators_of(signers_)));
    header.app_hash.bytes = to_bytes(head());
    header.evidence_hash.bytes = to_bytes(engine_root({}));
    header.proposer_address.bytes = Bytes(20, 1);
    seal(block, signers);
    last_ = block.attestation.block_id;
    abci::Request request;
    EXPECT_TRUE(fill_finalize_request(block, *request.mutable_finalize_block()).ok());
    execute(*application_, request);
    const std::lock_guard lock(mutex_);
    height_ = header.height;
    blocks_[height_] = std::move(block);
  }

  // Signs the header as it is now, of the block's transactions, as if these were the validators.
  static void seal(DecidedBlock& block, const Seeds& signers) {
    EngineAttestation& signed_by = block.attestation;
    signed_by.validators = validators_of(signers);
    std::vector<Bytes> leaves;
    for (const std::string& each : block.transactions)
      leaves.push_back(to_bytes(crypto::sha256(as_bytes(each))));
    signed_by.header.data_hash.bytes = to_bytes(engine_root(leaves));
    signed_by.header.validators_hash.bytes = to_bytes(validators_hash(signed_by.validators));
    signed_by.block_id = {{to_bytes(engine_header_hash(signed_by.header))}, 1, {Bytes(32, 7)}};
    signed_by.signatures.clear();
    for (const EngineValidator& each : signed_by.validators) {
      for (const std::uint8_t seed : signers) {
        const crypto::SecretKey key = validator_key(seed);
        if (to_bytes(key.public_key().view()) != each.public_key.bytes) continue;
        EngineSignature& signature = signed_by.signatures.emplace_back();
        signature.flag = 2;
        signature.time = {signed_by.header.time.seconds + 1, 250'000'000};
        signature.signature.bytes = to_bytes(key.sign(precommit_bytes(signed_by, signature)).view());
      }
    }
  }
  static std::vector<EngineValidator> validators_of(const Seeds& seeds) {
    std::vector<EngineValidator> out;
    for (const std::uint8_t seed : seeds)
      out.push_back({{to_bytes(validator_key(seed).public_key().view())}, ledger::kValidatorPower});
    sort_validators(out);
    return out;
  }

  ledger::Transaction raise(std::int64_t by, const std::string& name = "a") {
    return toy::signed_raise(member_, random_, toy::kStart + 300, name, by);
  }
  ledger::Transaction pay(std::int64_t amount) {
    ledger::Transaction out = raise(1);
    out.type = "toy.pay";
    out.body = codec::Json::object({{"amount", amount}});
    ledger::sign(out, member_);
    return out;
  }
  static std::string wire(const ledger::Transaction& transaction) {
    return codec::canonical_json(codec::to_json(transaction));
  }

 private:
  std::unique_ptr<Application> open_application(ledger::Ledger& ledger) const {
    return std::make_unique<Application>(
        ledger, clock_, make_silent_log(), ApplicationOptions{.chain = "toy-net"},
        ApplicationListener{[](const CommittedBlock&) {}, [](const crypto::Hash&, const Error&) {}});
  }
  static void execute(Application& application, const abci::Request& block) {
    abci::Response response;
    EXPECT_TRUE(application.answer(block, response)) << response.exception().error();
    abci::Request commit;
    commit.mutable_commit();
    EXPECT_TRUE(application.answer(commit, response)) << response.exception().error();
  }

  const ledger::Rules rules_ = paying_rules();
  ManualClock clock_{toy::kStart * 1'000};
  SeededRandom random_{7};
  crypto::SecretKey member_ = validator_key(200);
  std::vector<std::string> alone_;
  ledger::Genesis first_;
  NetworkGenesis genesis_;
  Seeds signers_ = {1, 2, 3, 4};
  EngineBlockId last_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<Application> application_;
  mutable std::mutex mutex_;
  std::uint64_t height_ = 0;
  std::map<std::uint64_t, DecidedBlock> blocks_;
};

}  // namespace icn::consensus::followed
