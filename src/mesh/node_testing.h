#pragma once

#include <condition_variable>
#include <future>

#include "consensus/single/single_log.h"
#include "dag/tables.h"
#include "mesh/mesh_testing.h"
#include "mesh/service.h"
#include "storage/memory/memory_engine.h"
#include "storage/shared_engine_testing.h"

// A node without sockets: ledger, log, blocks, an engine of WebAssembly and the service, in memory.
namespace icn::mesh::testing {

// An engine that does what a test says.
class FakeEngine final : public wasm::Engine {
 public:
  using Run = std::function<wasm::RunOutcome(const wasm::RunRequest&)>;
  explicit FakeEngine(Run run) : run_(std::move(run)) {}

  void set_run(Run run) { run_ = std::move(run); }

  wasm::EngineIdentity identity() const override { return {"fake", "1", "00"}; }
  wasm::EngineStats stats() const override { return {}; }
  Result<wasm::ModuleInfo> validate(ByteView) const override { return wasm::ModuleInfo{}; }
  wasm::ModuleHandle find(std::string_view) override { return std::make_shared<FakeModule>(); }
  Result<wasm::ModuleHandle> load(std::string_view, ByteView) override {
    return wasm::ModuleHandle(std::make_shared<FakeModule>());
  }
  Result<wasm::RunOutcome> run(const wasm::ModuleHandle&, const wasm::RunRequest& request) override {
    return run_(request);
  }

 private:
  struct FakeModule final : wasm::Module {
    const wasm::ModuleInfo& info() const override { return info_; }
    wasm::ModuleInfo info_;
  };
  Run run_;
};

class TestNode {
 public:
  TestNode(wasm::Engine& engine, ServiceOptions options = {},
           std::shared_ptr<storage::Engine> storage = std::make_shared<storage::MemoryEngine>(),
           std::string profile = "development")
      : engine_(engine),
        options_(options),
        storage_(std::move(storage)),
        profile_(std::move(profile)),
        rules_(rules()) {
    std::vector<storage::TableSchema> kept = dag::tables();
    for (const auto& table : node_tables()) kept.push_back(table);
    block_space_ = block_storage_.open(kept).value();
    open();
    for (const std::uint64_t who : {std::uint64_t{1}, std::uint64_t{2}, kNode}) grant(who);
  }
  ~TestNode() { close(); }

  void open() {
    ledger = ledger::Ledger::open(std::make_unique<storage::testing::SharedEngine>(storage_), ledger_tables(),
                                  rules_, genesis(profile_))
                 .value();
    blocks = dag::BlockStore::open(*block_space_).value();
    log_ = std::make_unique<consensus::SingleLog>(*ledger, clock, make_silent_log(),
                                                  consensus::SingleLogOptions{});
    gateway = std::make_unique<ledger::Gateway>(*ledger, *log_, clock, 4);
    open_service();
    ICN_ASSERT(service->start().ok());
  }
  void close() {
    if (!service) return;
    service->stop();
    log_->stop();
    blocks.reset();  // answers what it still holds
    service.reset();
    gateway.reset();
    log_.reset();
    ledger.reset();
  }
  void reopen() {
    close();
    open();
  }

  Result<ledger::Commitment> submit(std::uint64_t sender, std::string_view type, codec::Json body) {
    const ledger::Transaction made =
        make_transaction(sender, type, std::move(body), clock.now_secs(), random);
    auto checked = ledger::CheckedTransaction::from_json(rules_.types, codec::to_json(made));
    if (!checked.ok()) return checked.error();
    nonce_ = made.nonce;
    std::promise<Result<ledger::Commitment>> promise;
    gateway->submit_own(inline_, *checked, key_of_person(sender).public_key(),
                        [&](const Result<ledger::Commitment>& result) { promise.set_value(result); });
    return promise.get_future().get();
  }
  void grant(std::uint64_t to) {
    const auto done = submit(0, "economics.grant", codec::Json::object({{"to", person(to).text()}}));
    ICN_ASSERT(done.ok() && done->outcome.ok);
  }

  // Stores the spec for its submitter and submits it.
  JobId submit_job(std::uint64_t sender, const JobSpec& spec) {
    SpecBlock block = spec_block(spec);
    const codec::Cid cid = block.cid;
    put(sender, codec::kDagCbor, std::move(block.bytes));
    const Submission body = submission_of(spec, cid, person(kNode));
    const auto done = submit(sender, "mesh.submit", codec::to_json(body));
    ICN_ASSERT(done.ok());
    if (!done->outcome.ok) return JobId(done->outcome.code);
    return job_id_of("test-net", person(sender), nonce_, body);
  }
  codec::Cid put(std::uint64_t author, std::uint64_t codec, Bytes bytes) {
    dag::PutOptions options;
    options.author = person(author);
    return blocks->put(codec, std::move(bytes), options).value();
  }

  // Waits for the end of a job, 20 s at most; then the job as the ledger holds it.
  std::atomic<std::uint32_t> percent_told{0};  // by the newest report of progress

  Job wait(const JobId& id) {
    std::promise<void> promise;
    service->when_ended(id, 0, inline_, 20'000,
                        [&](const std::shared_ptr<const EndedJob>&) { promise.set_value(); });
    promise.get_future().get();
    return job(id);
  }
  Job job(const JobId& id) const { return load_job(*ledger->store().value(), id).value(); }
  Receipt receipt(const Job& job) const {
    return codec::decode_block<Receipt>(as_bytes(blocks->get(job.receipt).value()->bytes)).value();
  }
  std::string content(const codec::Cid& cid) const { return blocks->get(cid).value()->bytes; }
  economics::Account account(std::uint64_t who) const {
    return economics::kAccounts.get(*ledger->store().value(), person(who)).value().value();
  }

  KeptKey kept_key;  // from the next reopen() on
  SystemClock clock;
  SystemRandom random;  // shared by threads
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<ledger::Gateway> gateway;
  std::unique_ptr<dag::BlockStore> blocks;
  std::unique_ptr<Service> service;

 private:
  void open_service() {
    ServiceParts parts{*ledger, *gateway, *blocks, engine_, clock, random, {}, nullptr, make_silent_log()};
    parts.on_progress = [this](const JobId&, std::uint32_t percent) { percent_told = percent; };
    parts.node = {person(kNode), key_id(kNode), &node_key_};
    parts.kept_key = kept_key;
    service = std::make_unique<Service>(std::move(parts), options_);
  }

  wasm::Engine& engine_;
  ServiceOptions options_;
  crypto::SecretKey node_key_ = key_of_person(kNode);
  std::shared_ptr<storage::Engine> storage_;
  const std::string profile_;
  storage::MemoryEngine block_storage_;
  std::unique_ptr<storage::Store> block_space_;
  ledger::Rules rules_;
  std::unique_ptr<consensus::SingleLog> log_;
  codec::HexBytes nonce_;
  InlineExecutor inline_;
};

}  // namespace icn::mesh::testing
