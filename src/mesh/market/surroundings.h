#pragma once

#include <functional>

#include "mesh/attempt.h"
#include "mesh/job_traces.h"
#include "mesh/market/messages.h"
#include "network/gossip.h"
#include "network/heartbeat.h"
#include "telemetry/metrics.h"

// What the market needs of the node around it.
namespace icn::mesh {

// How busy this node's executor is.
struct ExecutorLoad {
  std::size_t workers = 0;  // 0: it runs no jobs
  std::size_t running = 0;
  std::size_t queued = 0;
  std::size_t queue_max = 0;
  std::uint64_t mean_run_ms = 0;
  std::uint64_t mean_turn_ms = 0;  // that a run keeps a worker from the next, pauses for a quota included
  std::uint64_t busy_ms = 0;       // 0: a worker is free; else how long all have been busy
  std::uint64_t owed_ms = 0;       // until a quota lets the next run begin
};

// Between two messages of this node on one topic: a node may say 50 a second there (domain.md 11).
inline constexpr std::uint64_t kGossipPauseMs = 25;

// All outlive the market. Functions that take a `done` call it on the market's executor.
struct MarketSurroundings {
  network::Gossip& gossip;
  network::Transport& transport;
  Executor& loop;  // the market's own: everything but the functions that say so runs there
  const Clock& clock;
  NodeIdentity node;
  std::shared_ptr<Log> log;
  JobTraces* traces = nullptr;            // null: nothing is traced
  telemetry::Metrics* metrics = nullptr;  // null: nothing is counted

  // Runs a task on the loop later, unless the market has gone by then. Thread: any.
  std::function<void(std::uint64_t delay_ms, std::function<void()> task)> later = {};
  // The job as the ledger holds it now. Thread: any.
  std::function<Result<std::optional<Job>>(const JobId&)> find_job = {};
  std::function<ledger::Parameters()> parameters = {};
  std::function<std::string()> network = {};  // the id of the ledger's
  // Whether the ledger accepts `signature` of `signer` over `message`.   key_not_valid, bad_signature
  std::function<Result<void>(const Did& signer, const KeyId& key, std::string_view message,
                             const codec::HexBytes& signature)>
      check_signature = {};
  // Whether the ledger would let `did` lock this much now.
  std::function<bool(const Did& did, Millimana amount)> can_lock = {};
  // What the ledger knows of who would run the job, but whether it can lock.
  std::function<Bidder(const Job& job, const Did& executor)> bidder = {};
  // Why this node may not run the job when nobody else is there (refusal_of_offer()). Empty: it may.
  std::function<std::string(const Job&)> refusal = {};
  // Signs a transaction as this node and submits it; answers with its output.
  std::function<void(std::string_view type, codec::Json body, std::function<void(Result<codec::Json>)> done)>
      submit = {};
  std::function<ExecutorLoad()> load = {};
  // What this node tells others of its executor.
  std::function<network::ExecutorOffer()> offer = {};
  // What this node runs of an attempt: whether it has begun, its signed progress, its log.
  std::function<AttemptNews(const NewsRequest&)> news = {};
  // The newest state that a run of this node has saved, if that is `cid`.   E001
  std::function<Result<Bytes>(const JobId&, const codec::Cid& cid)> saved_state = {};
  // Keeps a state that a run elsewhere has saved.
  std::function<void(const JobId&, Bytes state)> keep_state = {};
  // Tells who follows a job that its run elsewhere has begun.
  std::function<void(const JobId&)> on_begin = {};
  // Holds a broken rule against a peer (network/standing.h).
  std::function<void(const network::PeerId&)> strike = {};
  // A block of the node's own store, if `reader` may read it.   E001
  std::function<Result<Bytes>(const Did& reader, const codec::Cid& cid)> load_block = {};
  // Whether `reader` may read it there.
  std::function<bool(const Did& reader, const codec::Cid& cid)> holds = {};
  // Brings a public block with all it links to from whichever peer has it into the node's store.
  std::function<void(const codec::Cid& cid, std::function<void(Result<void>)> done)> fetch_public = {};
  // A job of this node that nobody else could run.
  std::function<void(const JobId&, const Job&)> run_here = {};
  // A result whose blocks are complete and checked: it is stored and settled.
  std::function<void(std::shared_ptr<const FinishedAttempt>)> settle = {};
};

}  // namespace icn::mesh
