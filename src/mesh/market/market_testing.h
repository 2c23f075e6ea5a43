#pragma once

#include <map>
#include <memory>

#include "mesh/market/market.h"
#include "mesh/mesh_testing.h"
#include "mesh/price.h"
#include "mesh/signers.h"
#include "network/network_testing.h"

// A market of several nodes in one thread on a virtual clock: real markets and a real ledger, which every
// node sees a little later than it decides; simulated peers, runs and stores. The same seed gives the same
// history.
namespace icn::mesh::testing {

class MarketWorld {
 public:
  MarketWorld(std::uint64_t seed, std::size_t count, network::SimOptions options = {})
      : random_(seed), sim_(seed, clock_, options) {
    ICN_ASSERT(ledger_.grant(1).ok);
    for (std::size_t i = 0; i < count; ++i) {
      ICN_ASSERT(ledger_.grant(number(i)).ok);
      nodes_.push_back(std::make_unique<Node>(*this, i));
      for (std::size_t k = 0; k < i; ++k) {
        nodes_[i]->peer.transport->connect(nodes_[k]->peer.transport->addresses()[0],
                                           [](const Result<network::PeerId>&) {});
      }
    }
    run_for(1'000);
    beat();
    run_for(2'000);
  }
  ~MarketWorld() {
    for (const auto& node : nodes_) node->peer.transport->stop();
    timers_.clear();
  }

  JobId submit(std::size_t coordinator, const JobSpec& spec) {
    const SpecBlock block = spec_block(spec);
    nodes_[coordinator]->blocks[block.cid] = block.bytes;
    const Submission body = submission_of(spec, block.cid, did(coordinator));
    catch_up();
    const ledger::Outcome outcome = ledger_.run(1, "mesh.submit", codec::to_json(body));
    ICN_ASSERT(outcome.ok);
    tell_all();
    return ledger_.submit_id(body);
  }

  void run_for(std::uint64_t duration_ms) {
    const std::uint64_t end = clock_.now_ms() + duration_ms;
    while (clock_.now_ms() < end) step();
  }
  bool run_until(const std::function<bool()>& condition, std::uint64_t limit_ms) {
    const std::uint64_t end = clock_.now_ms() + limit_ms;
    while (!condition() && clock_.now_ms() < end) step();
    return condition();
  }
  bool run_until_ended(const JobId& id, std::uint64_t limit_ms) {
    return run_until([&] { return is_final(job(id).status); }, limit_ms);
  }

  // A node that neither hears nor is heard, and sees nothing of the ledger, until heal().
  void cut_off(std::size_t i) {
    std::set<network::PeerId> others;
    for (const auto& node : nodes_) others.insert(node->peer.id());
    others.erase(nodes_[i]->peer.id());
    sim_.partition({{nodes_[i]->peer.id()}, others});
    for (const auto& node : nodes_) node->is_cut = node.get() == nodes_[i].get();
  }
  void heal() {
    sim_.heal();
    for (const auto& node : nodes_) {
      if (!std::exchange(node->is_cut, false)) continue;
      for (const JobId& id : std::exchange(node->unseen, {})) see_later(*node, id);
      for (auto& task : std::exchange(node->unsent, {})) submit_later(std::move(task));
    }
  }

  // Called when a node has run an attempt, before it tells anybody.
  std::function<void()> on_run;

  std::uint64_t runs_secs = 0;  // how long a run takes beside its random part
  bool sees_assigned(std::size_t i, const JobId& id) const {
    const auto found = nodes_[i]->jobs.find(id);
    return found != nodes_[i]->jobs.end() && has_executor(found->second.status);
  }

  Did did(std::size_t i) const { return person(number(i)); }
  Market& market(std::size_t i) { return *nodes_[i]->market; }
  const TestLedger& ledger() const { return ledger_; }
  Job job(const JobId& id) const { return ledger_.job(id); }
  const std::vector<std::string>& failures() const { return ledger_.failures(); }
  codec::Cid manifest(const JobId& id) const { return job(id).submission.manifest_cid; }
  // What the coordinator holds as the result.
  std::string result(std::size_t coordinator, const Job& job) const {
    const auto found = nodes_[coordinator]->blocks.find(job.result);
    return found == nodes_[coordinator]->blocks.end() ? "" : to_text(found->second);
  }
  Result<MeshAnswer> ask(std::size_t from, std::size_t to, const MeshRequest& request) {
    std::optional<Result<MeshAnswer>> answer;
    mesh::ask(nodes_[from]->around, did(to), request,
              [&](Result<MeshAnswer> got) { answer = std::move(got); });
    run_until([&] { return answer.has_value(); }, 60'000);
    ICN_ASSERT(answer.has_value());
    return std::move(*answer);
  }
  // What node `i` would report had it run the job.
  ResultReport report(std::size_t i, const JobId& id, std::string_view text) {
    const auto attempt = finish(*nodes_[i], id, job(id), text);
    ResultReport out;
    out.claim = attempt->claim;
    for (const dag::NewBlock& block : attempt->blocks) out.blocks.push_back({block.cid, block.bytes});
    return out;
  }

 private:
  using Task = std::function<void()>;

  struct Node {
    Node(MarketWorld& world, std::size_t i)
        : index(i),
          key(key_of_person(number(i))),
          peer(world.sim_, world.clock_, number(i) + 1, {"test-net"}),
          around(world.surroundings(*this)),
          market(std::make_unique<Market>(around, Auctions::Options{})) {}

    std::size_t index;
    crypto::SecretKey key;
    network::SimNode peer;
    InlineExecutor loop;
    std::map<codec::Cid, Bytes> blocks;
    std::map<JobId, Job> jobs;  // as this node sees the ledger
    std::vector<JobId> unseen;
    std::vector<Task> unsent;
    bool is_cut = false;
    std::size_t running = 0;
    MarketSurroundings around;
    std::unique_ptr<Market> market;
  };

  static constexpr std::uint64_t kStepMs = 5;
  static constexpr std::uint64_t kBlockMs = 100;

  static std::uint64_t number(std::size_t i) { return 100 + i; }
  std::uint64_t pick(std::uint64_t count) { return read_u64(random_.bytes(8)) % count; }
  void after(std::uint64_t delay_ms, Task task) {
    timers_.emplace(std::pair(clock_.now_ms() + delay_ms, ++next_timer_), std::move(task));
  }

  void step() {
    sim_.run_for(kStepMs);
    while (!timers_.empty() && timers_.begin()->first.first <= clock_.now_ms()) {
      const Task task = std::move(timers_.extract(timers_.begin()).mapped());
      task();
    }
    if (clock_.now_ms() < next_block_ms_) return;
    next_block_ms_ = clock_.now_ms() + kBlockMs;
    catch_up();
    for (const Task& task : std::exchange(pending_, {})) task();
    if (clock_.now_secs() == last_idle_secs_) return;
    last_idle_secs_ = clock_.now_secs();
    ledger_.idle();
    tell_all();
    if (last_idle_secs_ % 20 == 0) beat();
  }
  void catch_up() { ledger_.advance(clock_.now_secs() - ledger_.now()); }

  // Heartbeats of all, with their executors.
  void beat() {
    for (const auto& node : nodes_) {
      network::Heartbeat heartbeat;
      heartbeat.peer_id = node->peer.id();
      heartbeat.executor = network::ExecutorOffer{1, node->running, 0, 100, kinds_run(), plain_price()};
      node->peer.gossip.send({network::PayloadType::kHeartbeat, codec::encode_block(heartbeat), {}, ""});
    }
  }

  void tell_all() {
    for (const ledger::Event& event : ledger_.events()) {
      if (event.type != kJobStatusChanged) continue;
      const JobId id(*codec::parse_json(event.data).value().find("job_id")->string());
      for (const auto& node : nodes_) see_later(*node, id);
    }
  }
  void see_later(Node& node, const JobId& id) {
    if (node.is_cut) return node.unseen.push_back(id);
    after(pick(200), [this, &node, id, job = job(id)] { see(node, id, job); });
  }
  // As Service::place does.
  void see(Node& node, const JobId& id, const Job& job) {
    const auto known = node.jobs.find(id);
    const auto newness = [](const Job& each) {
      return std::tuple(is_final(each.status), each.attempt, has_executor(each.status));
    };
    if (known != node.jobs.end() && newness(known->second) > newness(job)) return;
    node.jobs.insert_or_assign(id, job);
    const Did self = node.around.node.did;
    if (is_final(job.status)) return node.market->on_ended(id);
    if (has_executor(job.status)) {
      node.market->on_assigned(id);
      if (job.status == JobStatus::kAssigned && job.executor == self) start(node, id, job);
      return;
    }
    if (job.submission.coordinator != self) return node.market->consider(id, job);
    if (!node.market->open(id, job)) start(node, id, job);
  }
  void start(Node& node, const JobId& id, const Job& job) {
    ++node.running;
    after(1 + pick(100) + runs_secs * 1'000, [this, &node, id, job] {
      if (job.submission.coordinator == node.around.node.did) return run(node, id, job, "hello");
      fetch_spec(node, id, job);
    });
  }
  void fetch_spec(Node& node, const JobId& id, const Job& job) {
    MeshRequest request;
    request.block = BlockRequest{id, job.submission.manifest_cid};
    mesh::ask(node.around, job.submission.coordinator, request,
              [this, &node, id, job](Result<MeshAnswer> got) {
                if (got.ok() && got->is_early)
                  return after(50, [this, &node, id, job] { fetch_spec(node, id, job); });
                // No spec, no run: the due row takes care of it.
                if (got.ok() && got->block)
                  return run(node, id, job, read_spec(*got->block).value().args.at(0));
                --node.running;
              });
  }
  void run(Node& node, const JobId& id, const Job& job, std::string_view text) {
    --node.running;
    if (on_run) on_run();
    auto attempt = finish(node, id, job, text);
    if (job.submission.coordinator == node.around.node.did) return settle(node, attempt);
    node.market->deliver(std::move(attempt), job.submission.coordinator);
  }
  void settle(Node& node, const std::shared_ptr<const FinishedAttempt>& attempt) {
    for (const dag::NewBlock& block : attempt->blocks) node.blocks[block.cid] = block.bytes;
    node.around.submit("mesh.settle", codec::to_json(SettleJobs::Body{{attempt->claim}}),
                       [](const Result<codec::Json>&) {});
  }

  std::shared_ptr<const FinishedAttempt> finish(Node& node, const JobId& id, const Job& job,
                                                std::string_view text) {
    auto out = std::make_shared<FinishedAttempt>();
    const bool is_own = job.submission.coordinator == node.around.node.did;
    const codec::Cid result = codec::Cid::of(codec::kRaw, as_bytes(text));
    out->id = id;
    out->submitter = job.submitter;
    Receipt& receipt = out->receipt;
    receipt.job_id = out->claim.job_id = id;
    receipt.attempt = out->claim.attempt = job.attempt;
    receipt.executor = node.around.node.did;
    receipt.key = node.around.node.key_id;
    receipt.manifest_cid = job.submission.manifest_cid;
    receipt.success = true;
    receipt.result_cid = out->claim.result_cid = result;
    receipt.finished_at_ms = clock_.now_ms();
    sign_receipt(receipt, node.key);
    Bytes block = codec::encode_block(receipt);
    out->claim.receipt_cid = codec::Cid::of(codec::kDagCbor, block);
    if (!is_own) {
      out->claim.executor = node.around.node.did;
      out->claim.key = node.around.node.key_id;
      out->claim.signature =
          codec::HexBytes{to_bytes(node.key.sign(as_bytes(claim_signing_bytes(out->claim))).view())};
    }
    out->blocks = {{result, to_bytes(as_bytes(text)), {}}, {out->claim.receipt_cid, std::move(block), {}}};
    return out;
  }

  void submit_later(Task task) { pending_.push_back(std::move(task)); }

  MarketSurroundings surroundings(Node& node) {
    MarketSurroundings around{node.peer.gossip,
                              *node.peer.transport,
                              node.loop,
                              clock_,
                              {},
                              nullptr,
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {},
                              {}};
    around.node = {did(node.index), key_id(number(node.index)), &node.key};
    around.later = [this](std::uint64_t delay_ms, Task task) { after(delay_ms, std::move(task)); };
    around.find_job = [&node](const JobId& id) -> Result<std::optional<Job>> {
      const auto found = node.jobs.find(id);
      return found == node.jobs.end() ? std::optional<Job>() : std::optional<Job>(found->second);
    };
    around.parameters = [this] { return ledger::load_parameters(ledger_.store()).value(); };
    around.check_signature = [this](const Did& signer, const KeyId& signer_key, std::string_view message,
                                    const codec::HexBytes& signature) {
      return check_signer(ledger_.store(), signer, signer_key, message, signature);
    };
    around.can_lock = [](const Did&, Millimana) { return true; };
    around.submit = [this, &node](std::string_view type, codec::Json body,
                                  std::function<void(Result<codec::Json>)> done) {
      Task task = [this, &node, type = std::string(type), body = std::move(body), done = std::move(done)] {
        const ledger::Outcome outcome = ledger_.run(number(node.index), type, body);
        tell_all();
        after(pick(100), [done, outcome] {
          if (!outcome.ok) return done(outcome.error());
          done(codec::parse_json(outcome.output));
        });
      };
      if (node.is_cut) return node.unsent.push_back(std::move(task));
      submit_later(std::move(task));
    };
    around.load = [&node] { return ExecutorLoad{4, 1, node.running, 0, 100, 10}; };
    around.load_block = [&node](const Did&, const codec::Cid& cid) -> Result<Bytes> {
      const auto found = node.blocks.find(cid);
      if (found == node.blocks.end()) return Error(kJobNotFound, cid.to_string());
      return found->second;
    };
    around.settle = [this, &node](std::shared_ptr<const FinishedAttempt> attempt) { settle(node, attempt); };
    around.progress = [](const ProgressRequest&) { return ProgressAnswer{}; };
    return around;
  }

  SeededRandom random_;
  ManualClock clock_;
  network::SimWorld sim_;
  TestLedger ledger_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Task> timers_;
  std::uint64_t next_timer_ = 0;
  std::vector<Task> pending_;
  std::uint64_t next_block_ms_ = 0;
  TimestampSecs last_idle_secs_ = 0;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace icn::mesh::testing
