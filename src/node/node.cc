#include "node/node.h"

#include <atomic>
#include <filesystem>
#include <thread>

#include "base/errors.h"
#include "base/housekeeper.h"
#include "crypto/key_text.h"
#include "dag/dag.h"
#include "dag/exported_blocks.h"
#include "economics/supply_audit.h"
#include "federation/affiliation.h"
#include "federation/federation_metrics.h"
#include "http/openapi.h"
#include "http/server.h"
#include "identity/caller_keys.h"
#include "identity/metrics.h"
#include "mesh/price.h"
#include "mesh/service.h"
#include "node/bounds.h"
#include "node/caches.h"
#include "node/departure.h"
#include "node/domain_metrics.h"
#include "node/engines.h"
#include "node/exports.h"
#include "node/federation.h"
#include "node/invariants.h"
#include "node/keys.h"
#include "node/listening.h"
#include "node/membership.h"
#include "node/metered_engine.h"
#include "node/metered_store.h"
#include "node/network.h"
#include "node/operator_admission.h"
#include "node/operator_grant.h"
#include "node/ordering.h"
#include "node/public_content.h"
#include "node/service_options.h"
#include "node/staged_credentials.h"
#include "node/staleness.h"
#include "node/stores.h"
#include "node/trace_export.h"
#include "node/volatile_stores.h"
#include "registry/routes.h"
#include "registry/rules.h"
#include "storage/reopening_store.h"
#include "wasm/host_functions.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::node {
namespace {

constexpr std::uint32_t kAnonymousCreationsPerHour = 10;  // domain.md 3

}  // namespace

// In the order of construction; destroyed in reverse.
struct Node::Parts {
  Parts(const config::Settings& node_settings, const Surroundings& given)
      : settings(node_settings),
        clock(given.clock),
        random(given.random),
        log(given.log),
        compiler(given.compiler),
        metrics(given.clock),
        events(given.clock, {node_settings.events_kept_max, node_settings.events_queue_max,
                             node_settings.events_subscribers_max}) {}
  // Also when the start has failed half way: the writers must not run while what listens to them goes.
  ~Parts() { stop(); }

  Result<void> open_keys(const crypto::SecretBytes& passphrase);
  Result<void> open_stores();
  Result<void> open_access();
  Result<void> open_writer();
  Result<void> open_domains();
  system::Api system_api();
  void make_services();
  Result<void> serve();
  void stop();
  void keep_house();
  std::vector<system::Check> checks() const;
  std::string operator_key_file() const { return settings.data_path + "/operator-api-key"; }

  config::Settings settings;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  const std::string compiler;
  telemetry::Metrics metrics;
  http::EventStream events;
  std::uint64_t started_ms = clock.now_ms();
  Tracing tracing;

  std::optional<crypto::KeyStore> keys;
  const crypto::SecretKey* node_key = nullptr;
  Did node_did;
  std::unique_ptr<storage::Engine> node_engine;
  std::unique_ptr<storage::Store> node_store;
  ledger::Rules rules = registry::rules();
  std::string genesis_text;  // of consensus.genesis_file
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<Caches> caches;
  std::unique_ptr<DomainMetrics> domain_metrics;
  std::unique_ptr<ledger::OrderedLog> ordered_log;
  std::unique_ptr<economics::SupplyAudit> supply_audit;
  std::unique_ptr<storage::GroupCommit> node_writes;
  std::unique_ptr<identity::NodeCustody> custody;
  std::unique_ptr<identity::CallerKeys> resolver;
  std::unique_ptr<http::Sessions> sessions;
  std::unique_ptr<http::ApiKeys> api_keys;
  std::unique_ptr<http::Invitations> invitations;
  std::unique_ptr<http::IdempotencyStore> idempotency;
  std::unique_ptr<http::Cursors> cursors;
  std::unique_ptr<ledger::Gateway> gateway;
  std::unique_ptr<ledger::KeptWrites> kept_writes;
  std::unique_ptr<ledger::Writer> writer;
  std::unique_ptr<dag::Dag> dag;
  std::unique_ptr<wasm::Engine> engine;
  std::unique_ptr<PeerServices> peer_services;  // the network's callbacks use it: it goes later
  std::unique_ptr<network::Network> network;
  std::unique_ptr<PublicContent> public_content;
  std::unique_ptr<mesh::Service> mesh;
  std::unique_ptr<identity::HourlyLimit> anonymous_creations;
  std::unique_ptr<OperatorGrant> start_grant;
  std::unique_ptr<OperatorAdmission> admissions;
  std::unique_ptr<FederationPart> federation;
  std::unique_ptr<credentials::PlaceReservations> credential_places;
  std::unique_ptr<credentials::StagedBlocks> staged_blocks;
  std::unique_ptr<http::WebReader> web;
  std::unique_ptr<registry::Services> services;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<http::RequestStatistics> statistics;
  telemetry::Metrics::Handle statistics_collector;
  telemetry::Metrics::Handle connections_collector;
  telemetry::Metrics::Handle ledger_collector;
  telemetry::Metrics::Handle federation_collector;
  std::unique_ptr<http::RateLimiter> failures;
  std::unique_ptr<http::RateLimits> rate_limits;
  std::unique_ptr<http::Authenticator> authenticator;
  std::unique_ptr<http::ForwardSeal> forward_seal;
  std::unique_ptr<http::Dispatcher> dispatcher;
  std::unique_ptr<http::Server> server;
  std::atomic<const http::Server*> serving{nullptr};  // for its own threads, which run before `server` is set
  std::unique_ptr<Housekeeper> housekeeper;
};

// What comes round by itself. Challenges, nonces and rate limits forget what is old as they are used; pins,
// charges and old blocks are the DAG's own rows.
void Node::Parts::keep_house() {
  const auto report = [this](std::string_view what, const Result<void>& done) {
    if (!done.ok()) log->warn("{}: {}", what, done.error().detail());
  };
  housekeeper = std::make_unique<Housekeeper>(std::vector<Housekeeper::Task>{
      {std::chrono::seconds(1), [look = std::make_shared<PeerEvents>(*network, events)] { look->look(); }},
      {std::chrono::minutes(1), [this] { domain_metrics->signs.look(network->peers().size()); }},
      {std::chrono::minutes(1),
       [this, report] { report("last use of API keys not written", api_keys->flush_last_use()); }},
      {std::chrono::minutes(10),
       [this, report] {
         const auto pruned = idempotency->prune();
         report("old answers to Idempotency-Keys not removed",
                pruned.ok() ? Result<void>() : Result<void>(pruned.error()));
         const auto spent = invitations->prune();
         report("old invitations not removed", spent.ok() ? Result<void>() : Result<void>(spent.error()));
       }},
  });
}

Result<void> Node::Parts::open_keys(const crypto::SecretBytes& passphrase) {
  ICN_TRY_ASSIGN(opened, open_key_store(settings, passphrase, random));
  keys = std::move(opened);
  ICN_TRY_ASSIGN(key, keys->find_or_generate(kNodeKeyName));
  node_key = key;
  node_did = crypto::did_key(node_key->public_key());
  ICN_TRY(validator_info(settings, *keys));  // makes its key now: later many threads use the store
  return {};
}

Result<void> Node::Parts::open_stores() {
  // The ledger first: when its folder is refused, the other store stays as it was.
  ICN_TRY_ASSIGN(joined, read_joined(settings));
  if (joined && joined->left) ICN_TRY(depart({settings, rules, *node_key, clock, random, log}));
  if (joined) {
    ICN_TRY(fetch_earlier(settings, *joined, rules, log));
    settings = with_state_sync(settings, *joined, clock, log);
  }
  ICN_TRY_ASSIGN(beginning, read_beginning(settings, node_did, clock));
  genesis_text = beginning.file_text;
  ledger::CheckpointOptions checkpoints = checkpoint_options(settings, log);
  checkpoints.clock = &clock;
  checkpoints.time = &metrics.histogram(telemetry::Metric::federation_checkpoint);
  auto ledger_engine = make_engine(settings, config::storage_folder(settings), WritePattern::kBlocks, log);
  node_engine = make_engine(settings, std::filesystem::path(settings.data_path) / "node",
                            WritePattern::kSingleRows, log);
  if (const auto warning = database_warning(settings); warning.ok() && !warning->empty())
    log->warn("{}", *warning);
  ICN_TRY(fill_volatile(settings, *ledger_engine, *node_engine, log));
  const auto backend = [&](WritePattern pattern) {
    return std::string(codec::enum_name(engine_of(settings, pattern)));
  };
  ledger_engine = metered(std::move(ledger_engine), backend(WritePattern::kBlocks), clock, metrics);
  node_engine = metered(std::move(node_engine), backend(WritePattern::kSingleRows), clock, metrics);
  ICN_TRY_ASSIGN(opened_ledger, ledger::Ledger::open(std::move(ledger_engine), registry::ledger_tables(),
                                                     rules, beginning.genesis, std::move(checkpoints)));
  ledger = std::move(opened_ledger);
  ICN_TRY_ASSIGN(opened_caches, Caches::open({settings, *ledger, to_bytes(keys->derive("answers").view()),
                                              metrics, random, log}));
  caches = std::move(opened_caches);
  ICN_TRY_ASSIGN(opened, storage::ReopeningStore::open(*node_engine, registry::node_tables(), log));
  node_store = std::move(opened);
  if (ledger->published()->network.profile != codec::enum_name(settings.profile)) {
    log->warn(
        "the ledger was made with profile \"{}\"; the setting profile = \"{}\" changes only the rate limits",
        ledger->published()->network.profile, codec::enum_name(settings.profile));
  }
  ledger->listen([this](const ledger::Published&, const std::vector<ledger::Event>& happened) {
    for (const ledger::Event& each : happened) events.publish(each.type, each.data);
  });
  ICN_TRY(identity::report_dids(*ledger, metrics));
  domain_metrics = std::make_unique<DomainMetrics>(*ledger, metrics, clock, events, log);
  supply_audit = std::make_unique<economics::SupplyAudit>(*ledger, clock, metrics);
  ICN_TRY_ASSIGN(started_log, start_log(settings, beginning, *ledger, *keys, clock, log));
  ordered_log = std::move(started_log);
  return {};
}

Result<void> Node::Parts::open_access() {
  ICN_TRY_ASSIGN(opened, http::ApiKeys::open(*node_store, keys->derive("api-keys").view(), clock, random));
  api_keys = std::move(opened);
  node_writes = std::make_unique<storage::GroupCommit>(*node_store);
  custody = std::make_unique<identity::NodeCustody>(*ledger, *node_store, *node_writes, *keys, *node_key,
                                                    clock, random);
  ICN_TRY(custody->note_former_owners());
  invitations = std::make_unique<http::Invitations>(*node_store, *node_writes, *api_keys,
                                                    keys->derive("invitations").view(), clock, random);
  resolver = std::make_unique<identity::CallerKeys>(*ledger, node_did);
  sessions = std::make_unique<http::Sessions>(keys->derive("sessions").view(), node_did.text(), *resolver,
                                              clock, random);
  if (!settings.api_keys_file.empty()) ICN_TRY(adopt_api_keys(*api_keys, settings.api_keys_file));
  return ensure_operator_key(*api_keys, operator_key_file(), node_did);
}

std::vector<system::Check> Node::Parts::checks() const {
  std::vector<system::Check> out = store_checks(*ledger, *node_store);
  out.push_back({"network", network->problem()});
  return out;
}

Result<void> Node::Parts::open_writer() {
  gateway = std::make_unique<ledger::Gateway>(*ledger, *ordered_log, clock, thread_count(settings));
  idempotency = std::make_unique<http::IdempotencyStore>(*node_store, *node_writes, clock);
  cursors = std::make_unique<http::Cursors>(keys->derive("cursors").view());
  ICN_TRY_ASSIGN(opened, ledger::KeptWrites::open(
                             {*node_store, *node_writes, *ledger, *gateway, *ordered_log, clock, log},
                             {settings.ledger_kept_writes_max, settings.ledger_kept_writes_sender_max}));
  kept_writes = std::move(opened);
  writer = std::make_unique<ledger::Writer>(*ledger, *gateway, *custody, *idempotency, clock, random,
                                            kept_writes.get());
  return {};
}

Result<void> Node::Parts::open_domains() {
  dag::DagOptions dag_options;
  dag_options.file_bytes_max = settings.dag_file_bytes_max;
  dag_options.has_gateway = settings.dag_gateway;
  dag_options.prune_every = std::chrono::seconds(settings.dag_prune_secs);
  ICN_TRY_ASSIGN(opened_dag, dag::Dag::open({*node_store,
                                             *ledger,
                                             *gateway,
                                             *writer,
                                             *cursors,
                                             clock,
                                             random,
                                             log,
                                             metrics,
                                             {node_did, custody->node_key()}},
                                            dag_options));
  dag = std::move(opened_dag);
  ICN_TRY(open_staged_blocks(*ledger, dag->blocks(), *log, staged_blocks));
  network = make_network(settings, {*node_key,
                                    clock,
                                    random,
                                    log,
                                    metrics,
                                    {},
                                    std::make_unique<network::BanStore>(*node_store, *node_writes, log)});
  peer_services = std::make_unique<PeerServices>(*network, dag->blocks(), *ledger, clock);
  dag->api().announce = [this](const codec::Cid& cid) { network->provide(cid); };
  ICN_TRY(tracing.open(settings, node_did, clock, random, log));
  wasm::WasmtimeOptions wasm_options;
  wasm_options.instances_max = static_cast<std::uint32_t>(settings.wasm_pooling_instances);
  wasm_options.cache_memory_bytes = settings.wasm_cache_mb << 20;
  wasm_options.cache_folder = config::wasm_cache_folder(settings);
  wasm_options.cache_secret = to_bytes(keys->derive("wasm-cache").view());
  wasm_options.compiler = compiler;
  ICN_TRY_ASSIGN(made_engine, wasm::make_wasmtime_engine(metered(wasm::standard_host_functions(), metrics),
                                                         std::move(wasm_options)));
  engine = metered(std::move(made_engine), metrics);

  const mesh::ServiceOptions mesh_options = service_options(settings);
  const KeyId key_id = crypto::did_key_method(node_key->public_key());
  const auto tell_progress = [this](const JobId& id, std::uint32_t percent) {
    events.publish(
        "JobProgressUpdated",
        codec::write_json(codec::Json::object({{"job_id", id.text()}, {"percent", std::uint64_t{percent}}})));
  };
  mesh::ServiceParts mesh_parts{
      *ledger,  *gateway, dag->blocks(), *engine, clock, random, {node_did, key_id, node_key},
      &metrics, log,      tell_progress};
  mesh_parts.gossip = network->gossip();
  mesh_parts.transport = network->transport();
  mesh_parts.standing = &network->standing();
  mesh_parts.exchange = &peer_services->exchange;
  mesh_parts.traces = tracing.jobs.get();
  mesh_parts.find_affiliation = &federation::find_affiliation;
  mesh_parts.kept_key = [this](const Did& did) { return kept_key(*custody, did); };
  mesh = std::make_unique<mesh::Service>(std::move(mesh_parts), mesh_options);
  if (mesh_options.workers > 0) network->tell_executor([this] { return mesh->offer(); });
  ICN_TRY(network->start());
  public_content = std::make_unique<PublicContent>(*ledger, *network, peer_services->exchange, dag->blocks(),
                                                   clock, log, node_did);
  return mesh->start();
}
system::Api Node::Parts::system_api() {
  system::Api system{settings,
                     *ledger,
                     *ordered_log,
                     clock,
                     metrics,
                     *api_keys,
                     *node_writes,
                     events,
                     node_did,
                     crypto::did_key_method(node_key->public_key()),
                     crypto::multikey_text(node_key->public_key()),
                     started_ms};
  system.peer_count = [this] { return network->peer_count(); };
  system.route_figures = [this] { return statistics->figures(); };
  system.connection_count = [this] {
    const http::Server* now = serving;
    return now != nullptr ? now->connection_count() : 0;
  };
  system.checks = [this] { return checks(); };
  system.job_counts = [this] {
    const mesh::ServiceStats stats = mesh->stats();
    return system::JobCounts{stats.running, stats.queued};
  };
  system.store_figures = [this] { return store_figures(*ledger, *node_store); };
  system.cache_figures = [this] { return caches->answers().stats(); };
  system.redis_figures = [this] { return caches->redis_stats(); };
  system.backup = [this] { return running_backup_parts(settings, clock, *ledger, *node_store); };
  system.mana_supply = [this]() -> Result<Millimana> {
    ICN_TRY_ASSIGN(supply, domain_metrics->economics.supply().get());
    return supply.balances();
  };
  system.invariants = [this](std::function<void(std::vector<system::Check>)> answer) {
    supply_audit->ask(
        [this, answer = std::move(answer)](const Result<economics::SupplyAudit::Counted>& counted) {
          const std::string problem = !counted.ok()                   ? counted.error().detail()
                                      : counted->report.is_consistent ? std::string()
                                                                      : counted->report.detail;
          const auto store = ledger->store();
          answer(store.ok() ? invariant_checks(**store, problem)
                            : std::vector<system::Check>{{"the ledger can be read", store.error().detail()}});
        });
  };
  return system;
}

void Node::Parts::make_services() {
  anonymous_creations = std::make_unique<identity::HourlyLimit>(kAnonymousCreationsPerHour, clock);
  start_grant = std::make_unique<OperatorGrant>(*writer, *gateway, *custody);
  admissions = std::make_unique<OperatorAdmission>(*writer, *gateway, *custody);
  federation = std::make_unique<FederationPart>(
      FederationParts{settings, *keys, *node_key, *ledger, *gateway, *writer, *ordered_log, *cursors, clock,
                      random, log, dag->blocks(), *network, peer_services->exchange, events, genesis_text});
  credential_places = std::make_unique<credentials::PlaceReservations>(random);
  http::WebReaderOptions web_options;
  web_options.allows_loopback = settings.identity_web_loopback;
  web = std::make_unique<http::WebReader>(clock, web_options);
  services = std::make_unique<registry::Services>(registry::Services{
      system_api(),
      {*ledger, *writer, *cursors, clock},
      {*ledger, *writer, *custody, *sessions, *invitations, *cursors, *anonymous_creations,
       ledger->published()->parameters.identity_start_grant == 1 ? start_grant.get() : nullptr, random, log,
       *web, export_parts(), dag::exported_blocks(dag->blocks()), admissions.get()},
      {*ledger, *writer, *cursors, clock, domain_metrics->economics, *supply_audit, &dag->memos(),
       custody.get()},
      dag->api(),
      {*ledger, *writer, *cursors, clock, random, dag->blocks(), dag->access(), *custody, *credential_places,
       dag->api().announce, settings.http_public_url, *web, domain_metrics->credentials},
      {*ledger, *writer, *mesh, dag->blocks(), *cursors, clock, random, custody.get()},
      {*network, peer_services->exchange, peer_services->ledgers, node_did, dag->api()},
      federation->api(),
      {*ledger, *writer, *cursors, clock, random, dag->blocks(), dag->api().announce, node_did, *node_key,
       domain_metrics->governance},
      {*ledger, *writer, *cursors, clock, random, dag->blocks(), dag->api().announce,
       domain_metrics->reputation}});
  services->governance.signs = &domain_metrics->signs;
  if (can_stage_blocks(settings)) services->credentials.staged = staged_blocks.get();
  services->credentials.trusted_issuers = settings.trusted_credential_issuers;
  std::vector<http::Route> routes = registry::routes(*services);
  bound_bodies(routes, settings.http_body_bytes_max);
  services->system.openapi = std::make_shared<const std::string>(http::openapi_document(
      routes, {"ICN node", ICN_VERSION, "The interface of a node of the InterCooperative Network."}));
  router = std::make_unique<http::Router>(std::move(routes));
  statistics = std::make_unique<http::RequestStatistics>(router->routes(), thread_count(settings));
  statistics_collector = metrics.add_collector([this] { return statistics->families(); });
  connections_collector = metrics.add_collector([this] { return connection_families(serving); });
  ledger_collector = metrics.add_collector([this] { return ledger_families(*ordered_log, *kept_writes); });
  federation_collector =
      metrics.add_collector([this] { return federation::federation_families(*ledger, *ordered_log); });
}

Result<void> Node::Parts::serve() {
  const auto limit = [&](std::uint64_t count) { return per_minute(settings, count); };
  failures = std::make_unique<http::RateLimiter>(static_cast<std::uint32_t>(settings.rate_limit_failures),
                                                 clock, settings.rate_limit_clients_max);
  rate_limits = std::unique_ptr<http::RateLimits>(new http::RateLimits{
      {limit(settings.open_rate_limit), clock, settings.rate_limit_clients_max},
      {limit(settings.rate_limit_authenticated), clock, settings.rate_limit_clients_max}});
  authenticator = std::make_unique<http::Authenticator>(
      http::AuthenticatorParts{api_keys.get(), sessions.get(), resolver.get(), failures.get(), &clock,
                               settings.profile == config::Profile::kDevelopment});
  forward_seal = std::make_unique<http::ForwardSeal>(to_bytes(keys->derive("gateways").view()), clock);
  dispatcher = std::make_unique<http::Dispatcher>(
      http::DispatcherParts{router.get(), authenticator.get(), rate_limits.get(), idempotency.get(),
                            &caches->answers(), statistics.get(), &clock, tracing.tracer.get(),
                            forward_seal.get()},
      http::DispatcherOptions{settings.http_cors_origins,
                              [this] { return staleness_field(*ordered_log, *ledger); }});

  ICN_TRY_ASSIGN(started, http::Server::start(server_options(settings, *log), *dispatcher, log));
  server = std::move(started);
  serving = server.get();
  return {};
}

void Node::Parts::stop() {
  if (server) {
    const std::size_t cut = server->stop(std::chrono::milliseconds(settings.http_drain_timeout_ms));
    if (cut > 0) log->warn("{} connections were cut at the end of http.drain_timeout_ms", cut);
  }
  if (web) web->stop();
  if (federation) federation->stop();
  if (supply_audit) supply_audit->stop();
  if (housekeeper) housekeeper->stop();
  if (mesh) mesh->stop();
  tracing.stop();
  if (public_content) public_content->stop();
  if (network) network->stop();
  if (dag) dag->stop();
  if (kept_writes) kept_writes->stop();
  if (ordered_log) ordered_log->stop();
  if (node_writes) node_writes->stop();
  if (caches) caches->stop();
  if (api_keys) {
    if (auto flushed = api_keys->flush_last_use(); !flushed.ok())
      log->warn("last use of API keys not written: {}", flushed.error().detail());
  }
  if (!serving.exchange(nullptr)) return;  // it never ran, or has stopped before
  if (auto kept = keep_volatile(settings, clock, *ledger, *node_store); !kept.ok())
    log->error("storage.memory.snapshot: {}", kept.error().detail());
}

Node::Node(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::start(const config::Settings& settings,
                                          const crypto::SecretBytes& passphrase,
                                          const Surroundings& surroundings) {
  ICN_TRY_ASSIGN(in_force, effective_settings(settings));
  auto parts = std::make_unique<Parts>(in_force, surroundings);
  ICN_TRY(prepare_data_folder(in_force));
  ICN_TRY(parts->open_keys(passphrase));
  ICN_TRY(parts->open_stores());
  ICN_TRY(parts->open_access());
  ICN_TRY(parts->open_writer());
  ICN_TRY(parts->open_domains());
  parts->make_services();
  ICN_TRY(parts->serve());
  parts->keep_house();
  return std::unique_ptr<Node>(new Node(std::move(parts)));
}

void Node::stop() { parts_->stop(); }

std::uint16_t Node::port() const { return parts_->server->port(); }

std::vector<std::string> Node::peer_addresses() const { return parts_->network->addresses(); }

const Did& Node::did() const { return parts_->node_did; }

std::string Node::operator_key_file() const { return parts_->operator_key_file(); }

}  // namespace icn::node
