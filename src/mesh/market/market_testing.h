#pragma once

#include <map>
#include <memory>
#include <set>

#include "mesh/market/market.h"
#include "mesh/mesh_testing.h"
#include "mesh/price.h"
#include "mesh/redundancy.h"
#include "mesh/signers.h"
#include "network/network_testing.h"

// A market of several nodes in one thread on a virtual clock: real markets and a real ledger, which every
// node sees a little later than it decides; simulated peers, runs and stores. The same seed gives the same
// history.
namespace icn::mesh::testing {

class MarketWorld {
 public:
  MarketWorld(std::uint64_t seed, std::size_t count, network::SimOptions options = {});
  ~MarketWorld() {
    for (const auto& node : nodes_) node->peer.transport->stop();
    timers_.clear();
    pending_.clear();
  }

  JobId submit(std::size_t coordinator, const JobSpec& spec);
  // The coordinator sees the submission before it is committed, which is `delay_ms` later or after.
  JobId submit_through_pool(std::size_t coordinator, const JobSpec& spec, std::uint64_t delay_ms);
  void set_parameter(std::string_view name, std::int64_t value) { ledger_.set_parameter(name, value); }
  // Person 1, whose jobs all are, ends one with what its coordinator saw of its run. Why that is refused.
  std::string cancel(std::size_t coordinator, const JobId& id);
  // Person 1 doubts the job's receipt.
  void object(const JobId& id);
  // A public block of node `i`, the only one it gives to all.
  codec::Cid publish(std::size_t i, std::string_view text);
  bool has_block(std::size_t i, const codec::Cid& cid) const { return nodes_[i]->blocks.contains(cid); }

  void run_for(std::uint64_t duration_ms) {
    run_until([] { return false; }, duration_ms);
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
  void cut_off(std::size_t i);
  void heal();
  // Two nodes that do not reach each other, until heal(); both see the ledger.
  void part(std::size_t i, std::size_t k) {
    sim_.partition({{nodes_[i]->peer.id()}, {nodes_[k]->peer.id()}});
  }

  // A node that ends at once, with all it knew, and one that begins again with its store and its ledger.
  void kill(std::size_t i);
  void revive(std::size_t i);
  bool is_dead(std::size_t i) const { return nodes_[i]->market == nullptr; }

  // Called when a node has run an attempt, before it tells anybody.
  std::function<void()> on_run;

  std::set<std::size_t> liars;                                   // nodes that come to another result
  std::map<std::size_t, std::vector<std::string>> capabilities;  // of nodes' executors
  std::string says;              // the log of every run, told in pieces of 4 bytes; with it 40 % are reported
  std::string saves;             // the state that every run has saved
  bool gives_other = false;      // and, asked for it, other bytes
  bool is_forging = false;       // the progress is signed by somebody else
  std::uint64_t block_ms = 100;  // between blocks
  std::uint64_t runs_secs = 0;   // how long a run takes beside its random part
  bool sees_assigned(std::size_t i, const JobId& id) const {
    const auto found = nodes_[i]->jobs.find(id);
    return found != nodes_[i]->jobs.end() && has_executor(found->second.status);
  }

  Did did(std::size_t i) const { return person(number(i)); }
  Market& market(std::size_t i) { return *nodes_[i]->market; }
  JobTraces& traces(std::size_t i) { return nodes_[i]->traces; }
  const TestLedger& ledger() const { return ledger_; }
  Job job(const JobId& id) const { return ledger_.job(id); }
  std::vector<JobId> replicas_of(const JobId& id) const;
  bool is_committed(const JobId& id) const { return load_job(ledger_.store(), id).ok(); }
  const std::vector<std::string>& failures() const { return ledger_.failures(); }
  codec::Cid manifest(const JobId& id) const { return job(id).submission.manifest_cid; }
  // What the coordinator holds as the result.
  std::string result(std::size_t coordinator, const Job& job) const {
    const auto found = nodes_[coordinator]->blocks.find(job.result);
    return found == nodes_[coordinator]->blocks.end() ? "" : to_text(found->second);
  }
  Result<MeshAnswer> ask(std::size_t from, std::size_t to, const MeshRequest& request);
  // `count` requests at once.
  void flood(std::size_t from, std::size_t to, const MeshRequest& request, std::size_t count,
             std::size_t& answered, std::size_t& refused);
  // Bytes that need not be a request.
  Result<Bytes> ask_raw(std::size_t from, std::size_t to, Bytes bytes);
  // What node `i` would report had it run the job.
  ResultReport report(std::size_t i, const JobId& id, std::string_view text);
  std::size_t index_of(const Did& node) const {
    std::size_t i = 0;
    while (did(i) != node) ++i;
    return i;
  }
  double standing(std::size_t of, std::size_t with) const {
    return nodes_[with]->peer.standing.score(nodes_[of]->peer.id());
  }
  std::map<std::string, std::size_t> transactions;  // how often mesh.start and mesh.withdraw were written

 private:
  using Task = std::function<void()>;

  struct Node {
    Node(MarketWorld& world, std::size_t i)
        : index(i),
          key(key_of_person(number(i))),
          peer(world.sim_, world.clock_, number(i) + 1, {"test-net"}),
          traces(world.tracer_, world.clock_),
          around(world.surroundings(*this)),
          market(std::make_unique<Market>(world.surroundings_of_life(*this), Market::Options{})) {}

    std::size_t index;
    crypto::SecretKey key;
    network::SimNode peer;
    JobTraces traces;
    InlineExecutor loop;
    std::map<codec::Cid, Bytes> blocks;
    std::map<JobId, Job> jobs;  // as this node sees the ledger
    std::vector<JobId> unseen;
    std::vector<Task> unsent;
    bool is_cut = false;
    std::uint64_t life = 0;               // how often it was killed: what it began before is void
    std::map<JobId, std::uint32_t> runs;  // attempts it runs
    MarketSurroundings around;
    std::unique_ptr<Market> market;
  };

  static constexpr std::uint64_t kStepMs = 5;

  static std::uint64_t number(std::size_t i) { return 100 + i; }
  std::uint64_t pick(std::uint64_t count) { return read_u64(random_.bytes(8)) % count; }
  void after(std::uint64_t delay_ms, Task task) {
    timers_.emplace(std::pair(clock_.now_ms() + delay_ms, ++next_timer_), std::move(task));
  }

  // Runs only while the node lives on.
  Task alive(Node& node, Task task) {
    return [&node, life = node.life, task = std::move(task)] {
      if (node.life == life) task();
    };
  }

  void step();
  void catch_up() { ledger_.advance(clock_.now_secs() - ledger_.now()); }

  // Heartbeats of all, with their executors.
  void beat();

  void tell_all();
  void see_later(Node& node, const JobId& id) {
    if (node.is_cut) return node.unseen.push_back(id);
    after(pick(200), alive(node, [this, &node, id, job = job(id)] { see(node, id, job); }));
  }
  AttemptNews news(const Node& node, const NewsRequest& asked) const;
  // As Service::on_pooled does.
  static void see_pooled(Node& node, const JobRecord& record);
  // As Service::place does.
  void see(Node& node, const JobId& id, const Job& job);
  void start(Node& node, const JobId& id, const Job& job);
  void fetch_spec(Node& node, const JobId& id, const Job& job);
  void run(Node& node, const JobId& id, const Job& job, std::string_view text);
  void settle(Node& node, const std::shared_ptr<const FinishedAttempt>& attempt);

  std::shared_ptr<const FinishedAttempt> finish(Node& node, const JobId& id, const Job& job,
                                                std::string_view text);

  void submit_later(Task task) { pending_.push_back(std::move(task)); }
  static void give_blocks(Node& node, MarketSurroundings& around);
  MarketSurroundings surroundings(Node& node);
  MarketSurroundings surroundings_of_life(Node& node);

  SeededRandom random_;
  ManualClock clock_;
  telemetry::Tracer tracer_{[](const std::vector<telemetry::Span>&) {}, clock_, random_, {}};
  network::SimWorld sim_;
  TestLedger ledger_;
  std::map<std::pair<std::uint64_t, std::uint64_t>, Task> timers_;
  std::uint64_t next_timer_ = 0;
  std::vector<Task> pending_;
  std::uint64_t next_block_ms_ = 0;
  TimestampSecs last_idle_secs_ = 0;
  std::set<JobId> jobs_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::unique_ptr<Market>> dead_;
};

}  // namespace icn::mesh::testing
