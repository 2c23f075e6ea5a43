// The bodies of market_testing.h.
#include "economics/accounts.h"
#include "mesh/errors.h"
#include "mesh/market/market_testing.h"

namespace icn::mesh::testing {

MarketWorld::MarketWorld(std::uint64_t seed, std::size_t count, network::SimOptions options)
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

codec::Cid MarketWorld::publish(std::size_t i, std::string_view text) {
  const codec::Cid cid = codec::Cid::of(codec::kRaw, as_bytes(text));
  nodes_[i]->blocks[cid] = to_bytes(as_bytes(text));
  nodes_[i]->peer.transport->serve_blocks(
      [cid, text = std::string(text)](const codec::Cid& asked, const network::Respond& respond) {
        respond(asked == cid ? std::optional<Bytes>(to_bytes(as_bytes(text))) : std::nullopt);
      });
  return cid;
}

JobId MarketWorld::submit(std::size_t coordinator, const JobSpec& spec) {
  const SpecBlock block = spec_block(spec);
  nodes_[coordinator]->blocks[block.cid] = block.bytes;
  const Submission body = submission_of(spec, block.cid, did(coordinator));
  catch_up();
  const ledger::Outcome outcome = ledger_.run(1, "mesh.submit", codec::to_json(body));
  ICN_ASSERT(outcome.ok);
  tell_all();
  jobs_.insert(ledger_.submit_id(body));
  return ledger_.submit_id(body);
}

std::string MarketWorld::cancel(std::size_t coordinator, const JobId& id) {
  const CancelJob::Body body{id, {}, market(coordinator).assignments().progress(id)};
  const ledger::Outcome outcome = ledger_.run(1, "mesh.cancel", codec::to_json(body));
  tell_all();
  return outcome.ok ? "" : outcome.code;
}

AttemptNews MarketWorld::news(const Node& node, const NewsRequest& asked) const {
  AttemptNews out;
  const auto run = node.runs.find(asked.name.job_id);
  out.is_started = run != node.runs.end() && run->second == asked.name.attempt;
  if (!out.is_started || (says.empty() && saves.empty())) return out;
  out.log_from = std::min<std::uint64_t>(asked.log_from, says.size());
  out.log = to_bytes(as_bytes(std::string_view(says).substr(out.log_from, 4)));
  Progress& progress = out.progress.emplace();
  progress.job_id = asked.name.job_id;
  progress.attempt = asked.name.attempt;
  progress.seq = 1;
  progress.percent = 40;
  if (!saves.empty()) progress.checkpoint = codec::Cid::of(codec::kRaw, as_bytes(saves));
  progress.executor = node.around.node.did;
  progress.key = node.around.node.key_id;
  sign_progress(progress, key_of_person(is_forging ? 1 : number(node.index)));
  return out;
}

JobId MarketWorld::submit_through_pool(std::size_t coordinator, const JobSpec& spec, std::uint64_t delay_ms) {
  const SpecBlock block = spec_block(spec);
  nodes_[coordinator]->blocks[block.cid] = block.bytes;
  const Submission body = submission_of(spec, block.cid, did(coordinator));
  const ledger::Transaction made =
      make_transaction(1, "mesh.submit", codec::to_json(body), clock_.now_secs(), random_);
  const JobRecord record{made.network, made.sender, made.nonce, body};
  const JobId id = job_id_of(record);
  Node& node = *nodes_[coordinator];
  after(pick(100), alive(node, [&node, record] { see_pooled(node, record); }));
  after(delay_ms, [this, made, id] {
    submit_later([this, made, id] {
      ICN_ASSERT(ledger_.run(1, made).ok);
      jobs_.insert(id);
      tell_all();
    });
  });
  return id;
}

void MarketWorld::see_pooled(Node& node, const JobRecord& record) {
  if (node.market && !node.is_cut) node.market->await(record);
}

void MarketWorld::object(const JobId& id) {
  const auto outcome = ledger_.run(1, "mesh.object", codec::to_json(ObjectToJob::Body{id, {}}));
  ICN_ASSERT(outcome.ok);
  tell_all();
}

void MarketWorld::cut_off(std::size_t i) {
  std::set<network::PeerId> others;
  for (const auto& node : nodes_) others.insert(node->peer.id());
  others.erase(nodes_[i]->peer.id());
  sim_.partition({{nodes_[i]->peer.id()}, others});
  for (const auto& node : nodes_) node->is_cut = node.get() == nodes_[i].get();
}

void MarketWorld::kill(std::size_t i) {
  Node& node = *nodes_[i];
  if (!node.market) return;
  node.peer.transport->stop();
  ++node.life;
  dead_.push_back(std::move(node.market));  // answers to what it asked may still come
  node.jobs.clear();
  node.runs.clear();
  node.unseen.clear();
  node.unsent.clear();
  node.is_cut = false;
}

void MarketWorld::revive(std::size_t i) {
  Node& node = *nodes_[i];
  if (node.market) return;
  node.market = std::make_unique<Market>(surroundings_of_life(node), Market::Options{});
  ICN_ASSERT(node.peer.transport->start().ok());
  for (const auto& other : nodes_) {
    if (other.get() == &node || !other->market) continue;
    node.peer.transport->connect(other->peer.transport->addresses()[0],
                                 [](const Result<network::PeerId>&) {});
  }
  for (const JobId& id : jobs_) {
    for (const JobId& each : replicas_of(id)) see_later(node, each);
  }
}

void MarketWorld::heal() {
  sim_.heal();
  for (const auto& node : nodes_) {
    if (!std::exchange(node->is_cut, false)) continue;
    for (const JobId& id : std::exchange(node->unseen, {})) see_later(*node, id);
    for (auto& task : std::exchange(node->unsent, {})) submit_later(std::move(task));
  }
}

Result<MeshAnswer> MarketWorld::ask(std::size_t from, std::size_t to, const MeshRequest& request) {
  std::optional<Result<MeshAnswer>> answer;
  mesh::ask(nodes_[from]->around, did(to), request, [&](Result<MeshAnswer> got) { answer = std::move(got); });
  run_until([&] { return answer.has_value(); }, 60'000);
  ICN_ASSERT(answer.has_value());
  return std::move(*answer);
}

void MarketWorld::flood(std::size_t from, std::size_t to, const MeshRequest& request, std::size_t count,
                        std::size_t& answered, std::size_t& refused) {
  const Bytes bytes = codec::encode_block(request);
  for (std::size_t i = 0; i < count; ++i) {
    nodes_[from]->peer.transport->request(
        network::Protocol::kMesh, nodes_[to]->peer.id(), bytes,
        [&](const Result<Bytes>& got) { ++(got.ok() ? answered : refused); });
  }
  run_until([&] { return answered + refused == count; }, 60'000);
}

Result<Bytes> MarketWorld::ask_raw(std::size_t from, std::size_t to, Bytes bytes) {
  std::optional<Result<Bytes>> answer;
  nodes_[from]->peer.transport->request(network::Protocol::kMesh, nodes_[to]->peer.id(), std::move(bytes),
                                        [&](Result<Bytes> got) { answer = std::move(got); });
  run_until([&] { return answer.has_value(); }, 60'000);
  ICN_ASSERT(answer.has_value());
  return std::move(*answer);
}

ResultReport MarketWorld::report(std::size_t i, const JobId& id, std::string_view text) {
  const auto attempt = finish(*nodes_[i], id, job(id), text);
  ResultReport out;
  out.claim = attempt->claim;
  for (const dag::NewBlock& block : attempt->blocks) out.blocks.push_back({block.cid, block.bytes});
  return out;
}

void MarketWorld::step() {
  sim_.run_for(kStepMs);
  while (!timers_.empty() && timers_.begin()->first.first <= clock_.now_ms()) {
    const Task task = std::move(timers_.extract(timers_.begin()).mapped());
    task();
  }
  if (clock_.now_ms() < next_block_ms_) return;
  next_block_ms_ = clock_.now_ms() + block_ms;
  catch_up();
  for (const Task& task : std::exchange(pending_, {})) task();
  if (clock_.now_secs() == last_idle_secs_) return;
  last_idle_secs_ = clock_.now_secs();
  ledger_.idle();
  tell_all();
  if (last_idle_secs_ % 20 == 0) beat();
}

void MarketWorld::beat() {
  for (const auto& node : nodes_) {
    if (!node->market) continue;
    network::Heartbeat heartbeat;
    heartbeat.peer_id = node->peer.id();
    heartbeat.executor = node->around.offer();
    node->peer.gossip.send({network::PayloadType::kHeartbeat, codec::encode_block(heartbeat), {}, ""});
  }
}

void MarketWorld::tell_all() {
  for (const ledger::Event& event : ledger_.events()) {
    if (event.type != kJobStatusChanged) continue;
    const JobId id(*codec::parse_json(event.data).value().find("job_id")->string());
    // What is written of one replica changes who may run the others.
    for (const JobId& each : replicas_of(job(id).group.empty() ? id : job(id).group)) {
      for (const auto& node : nodes_) {
        if (node->market) see_later(*node, each);
      }
    }
  }
}

std::vector<JobId> MarketWorld::replicas_of(const JobId& id) const {
  const Job first = job(id);
  std::vector<JobId> out{id};
  for (std::uint32_t n = 2; first.submission.redundancy && n <= first.submission.redundancy->count; ++n)
    out.push_back(replica_id(id, n));
  return out;
}

void MarketWorld::see(Node& node, const JobId& id, const Job& job) {
  const auto known = node.jobs.find(id);
  const auto newness = [](const Job& each) {
    const std::size_t votes = each.dispute ? 1 + each.dispute->votes.size() : 0;
    const int rank = each.status == JobStatus::kVerifying ? 2 : has_executor(each.status) ? 1 : 0;
    return std::tuple(votes, is_final(each.status), each.attempt, rank, each.excluded.size());
  };
  if (known != node.jobs.end() && newness(known->second) > newness(job)) return;
  node.jobs.insert_or_assign(id, job);
  const Did self = node.around.node.did;
  if (is_final(job.status) || job.status == JobStatus::kVerifying) return node.market->on_ended(id);
  if (has_executor(job.status)) {
    node.market->on_assigned(id, job);
    if (job.status == JobStatus::kAssigned && job.executor == self) start(node, id, job);
    return;
  }
  if (const auto run = node.runs.find(id); run != node.runs.end() && run->second < job.attempt) {
    node.runs.erase(run);
  }
  if (job.submission.coordinator != self) return node.market->consider(id, job);
  node.market->open(id, job);
}

void MarketWorld::start(Node& node, const JobId& id, const Job& job) {
  if (!node.runs.emplace(id, job.attempt).second) return;
  after(1 + pick(100) + runs_secs * 1'000, alive(node, [this, &node, id, job] {
          if (job.submission.coordinator == node.around.node.did) return run(node, id, job, "hello");
          fetch_spec(node, id, job);
        }));
}

void MarketWorld::fetch_spec(Node& node, const JobId& id, const Job& job) {
  // As the cache of blocks: the same spec is not fetched again, and a run may be over before its coordinator
  // has seen the block that assigns it.
  const auto held = node.blocks.find(job.submission.manifest_cid);
  if (held != node.blocks.end()) return run(node, id, job, read_spec(held->second).value().args.at(0));
  MeshRequest request;
  request.block = BlockRequest{id, job.submission.manifest_cid};
  mesh::ask(node.around, job.submission.coordinator, request, [this, &node, id, job](Result<MeshAnswer> got) {
    if (!node.market) return;
    if (got.ok() && got->is_early) {
      return after(50, alive(node, [this, &node, id, job] { fetch_spec(node, id, job); }));
    }
    // No spec, no run: its coordinator or the due row takes care of it.
    if (!got.ok() || !got->block) {
      node.runs.erase(id);
      return;
    }
    if (got->trace) node.traces.note(id, *got->trace);  // as JobBlocks does
    node.blocks[job.submission.manifest_cid] = *got->block;
    run(node, id, job, read_spec(*got->block).value().args.at(0));
  });
}

void MarketWorld::run(Node& node, const JobId& id, const Job& job, std::string_view text) {
  const auto held = node.runs.find(id);
  if (held == node.runs.end() || held->second != job.attempt) return;
  if (on_run) on_run();
  if (!node.market) return;
  node.runs.erase(id);
  const std::string result = std::string(text) + (liars.contains(node.index) ? " and more" : "");
  auto attempt = finish(node, id, job, result);
  if (job.submission.coordinator == node.around.node.did) return settle(node, attempt);
  node.market->deliver(std::move(attempt), job.submission.coordinator);
}

void MarketWorld::settle(Node& node, const std::shared_ptr<const FinishedAttempt>& attempt) {
  for (const dag::NewBlock& block : attempt->blocks) node.blocks[block.cid] = block.bytes;
  node.around.submit("mesh.settle", codec::to_json(SettleJobs::Body{{attempt->claim}}),
                     [](const Result<codec::Json>&) {});
}

std::shared_ptr<const FinishedAttempt> MarketWorld::finish(Node& node, const JobId& id, const Job& job,
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

// What a market that has died still does reaches nobody.
MarketSurroundings MarketWorld::surroundings_of_life(Node& node) {
  MarketSurroundings around = node.around;
  around.later = [&node, life = node.life](std::uint64_t delay_ms, Task task) {
    if (node.life == life) node.around.later(delay_ms, std::move(task));
  };
  around.submit = [&node, life = node.life](std::string_view type, codec::Json body,
                                            std::function<void(Result<codec::Json>)> done) {
    if (node.life == life) node.around.submit(type, std::move(body), std::move(done));
  };
  return around;
}

void MarketWorld::give_blocks(Node& node, MarketSurroundings& around) {
  around.load_block = [&node](const Did&, const codec::Cid& cid) -> Result<Bytes> {
    const auto found = node.blocks.find(cid);
    if (found == node.blocks.end()) return Error(kJobNotFound, cid.to_string());
    return found->second;
  };
  around.holds = [&node](const Did&, const codec::Cid& cid) { return node.blocks.contains(cid); };
  around.fetch_public = [&node](const codec::Cid& cid, std::function<void(Result<void>)> done) {
    node.peer.transport->fetch_block(cid, 5'000, [&node, cid, done = std::move(done)](Result<Bytes> got) {
      if (!got.ok()) return done(got.error());
      node.blocks[cid] = std::move(*got);
      done({});
    });
  };
}

MarketSurroundings MarketWorld::surroundings(Node& node) {
  MarketSurroundings around{node.peer.gossip, *node.peer.transport, node.loop, clock_, {}, nullptr};
  around.node = {did(node.index), key_id(number(node.index)), &node.key};
  around.traces = &node.traces;
  around.later = [this, &node](std::uint64_t delay_ms, Task task) {
    after(delay_ms, alive(node, std::move(task)));
  };
  around.find_job = [&node](const JobId& id) -> Result<std::optional<Job>> {
    const auto found = node.jobs.find(id);
    return found == node.jobs.end() ? std::optional<Job>() : std::optional<Job>(found->second);
  };
  around.network = [] { return std::string("test-net"); };
  around.parameters = [this] { return ledger::load_parameters(ledger_.store()).value(); };
  around.check_signature = [this](const Did& signer, const KeyId& signer_key, std::string_view message,
                                  const codec::HexBytes& signature) {
    return check_signer(ledger_.store(), signer, signer_key, message, signature);
  };
  around.bidder = [this](const Job& job, const Did& executor) {
    const TimestampSecs now = clock_.now_secs();
    const auto running_secs = economics::account_at(ledger_.store(), executor, now).value().running_secs;
    return load_bidder(ledger_.store(), {"test-net", now, running_secs, &affiliation_in_test}, job, executor)
        .value();
  };
  around.refusal = [this, &node](const Job& job) {
    const Did self = did(node.index);
    return refusal_of_offer(job, self, node.around.offer(), node.around.bidder(job, self),
                            node.around.parameters());
  };
  around.can_lock = [](const Did&, Millimana) { return true; };
  around.submit = [this, &node](std::string_view type, codec::Json body,
                                std::function<void(Result<codec::Json>)> done) {
    Task task = [this, &node, type = std::string(type), body = std::move(body),
                 done = [life = node.life, &node, done = std::move(done)](Result<codec::Json> answer) {
                   if (node.life == life) done(std::move(answer));
                 }] {
      const ledger::Outcome outcome = ledger_.run(number(node.index), type, body);
      ++transactions[type];
      tell_all();
      after(pick(100), [done, outcome] {
        if (!outcome.ok) return done(outcome.error());
        done(codec::parse_json(outcome.output));
      });
    };
    if (node.is_cut) return node.unsent.push_back(std::move(task));
    submit_later(std::move(task));
  };
  around.load = [&node] { return ExecutorLoad{1, node.runs.size(), 0, 100, 10, 10}; };
  around.offer = [this, &node] {
    network::ExecutorOffer offer{1, node.runs.size(), 0, 100, kinds_run(), plain_price(kDefaultReputation),
                                 4};
    if (const auto found = capabilities.find(node.index); found != capabilities.end())
      offer.capabilities = found->second;
    return offer;
  };
  around.news = [this, &node](const NewsRequest& asked) { return news(node, asked); };
  around.saved_state = [this](const JobId&, const codec::Cid& cid) -> Result<Bytes> {
    if (cid != codec::Cid::of(codec::kRaw, as_bytes(saves))) return Error(kNoCheckpoint);
    return to_bytes(as_bytes(gives_other ? "other bytes" : saves));
  };
  around.keep_state = [&node](const JobId&, Bytes state) {
    const codec::Cid cid = codec::Cid::of(codec::kRaw, state);
    node.blocks[cid] = std::move(state);
  };
  around.on_begin = [](const JobId&) {};
  around.strike = [&node](const network::PeerId& peer) { node.peer.standing.strike(peer); };
  give_blocks(node, around);
  around.run_here = [this, &node](const JobId& id, const Job& job) { start(node, id, job); };
  around.settle = [this, &node](std::shared_ptr<const FinishedAttempt> attempt) { settle(node, attempt); };
  return around;
}

}  // namespace icn::mesh::testing
