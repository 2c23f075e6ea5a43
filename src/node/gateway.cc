#include "node/gateway.h"

#include <atomic>

#include "base/errors.h"
#include "crypto/key_text.h"
#include "dag/dag.h"
#include "dag/exported_blocks.h"
#include "economics/supply_audit.h"
#include "federation/directory/kept_ranks.h"
#include "governance/governance_metrics.h"
#include "http/openapi.h"
#include "http/server.h"
#include "identity/caller_keys.h"
#include "mesh/service.h"
#include "node/bounds.h"
#include "node/caches.h"
#include "node/change_notes.h"
#include "node/engines.h"
#include "node/exports.h"
#include "node/gateway_grant.h"
#include "node/keys.h"
#include "node/leader_link.h"
#include "node/listening.h"
#include "node/staleness.h"
#include "node/trace_export.h"
#include "registry/gateway_routes.h"
#include "registry/rules.h"
#include "wasm/host_functions.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::node {

// In the order of construction; destroyed in reverse.
struct Gateway::Parts {
  Parts(const config::Settings& node_settings, const Surroundings& given)
      : settings(node_settings),
        clock(given.clock),
        random(given.random),
        log(given.log),
        metrics(given.clock),
        events(given.clock, {node_settings.events_kept_max, node_settings.events_queue_max,
                             node_settings.events_subscribers_max}) {}
  ~Parts() { stop(); }

  Result<void> open_keys(const crypto::SecretBytes& passphrase);
  Result<void> open_stores();
  void follow();
  Result<void> open_access();
  Result<void> open_domains();
  system::Api system_api();
  federation::ReadApi federation_api();
  void make_services();
  Result<void> serve();
  void stop();
  std::vector<system::Check> checks() const;

  config::Settings settings;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  telemetry::Metrics metrics;
  http::EventStream events;  // of nobody: those of the node that writes are passed on
  std::uint64_t started_ms = clock.now_ms();
  Tracing tracing;

  GatewayGrant grant;
  std::optional<crypto::KeyStore> keys;  // this process's own; signs nothing that others see
  const crypto::SecretKey* own_key = nullptr;

  std::unique_ptr<storage::Engine> node_engine;
  std::unique_ptr<storage::Store> node_store;
  ledger::Rules rules = registry::rules();
  std::unique_ptr<ledger::Ledger> ledger;
  std::unique_ptr<Caches> caches;
  std::unique_ptr<economics::EconomicsMetrics> economics_metrics;
  std::unique_ptr<governance::GovernanceMetrics> governance_metrics;
  std::unique_ptr<credentials::CredentialMetrics> credential_metrics;
  std::unique_ptr<reputation::ReputationMetrics> reputation_metrics;
  std::unique_ptr<economics::SupplyAudit> supply_audit;
  std::unique_ptr<KeptValue<federation::TrustRanks>> trust_ranks;
  struct Told {  // and not yet published; of the feed's thread
    std::vector<std::uint64_t> places;
    std::uint64_t height = 0;
    bool is_unknown = false;
  };
  Told told;
  std::unique_ptr<storage::PostgresqlFeed> feed;
  std::unique_ptr<LeaderLink> link;

  std::unique_ptr<storage::GroupCommit> node_writes;
  std::unique_ptr<identity::NodeCustody> custody;
  std::unique_ptr<identity::CallerKeys> resolver;
  std::unique_ptr<http::Sessions> sessions;
  std::unique_ptr<http::ApiKeys> api_keys;
  std::unique_ptr<http::Invitations> invitations;
  std::unique_ptr<http::IdempotencyStore> idempotency;
  std::unique_ptr<http::Cursors> cursors;
  std::unique_ptr<ledger::Gateway> gateway;
  std::unique_ptr<ledger::Writer> writer;
  std::unique_ptr<dag::Dag> dag;
  std::unique_ptr<wasm::Engine> engine;
  std::unique_ptr<mesh::Service> mesh;
  std::unique_ptr<identity::HourlyLimit> anonymous_creations;
  std::unique_ptr<credentials::PlaceReservations> credential_places;
  std::unique_ptr<http::WebReader> web;
  std::unique_ptr<registry::GatewayServices> services;
  std::unique_ptr<http::Router> router;
  std::unique_ptr<http::RequestStatistics> statistics;
  telemetry::Metrics::Handle statistics_collector;
  telemetry::Metrics::Handle connections_collector;
  std::unique_ptr<http::RateLimiter> failures;
  std::unique_ptr<http::RateLimits> rate_limits;
  std::unique_ptr<http::Authenticator> authenticator;
  std::unique_ptr<http::ForwardSeal> seal;
  std::unique_ptr<http::Forwarder> forwarder;
  std::unique_ptr<http::Dispatcher> dispatcher;
  std::unique_ptr<http::Server> server;
  std::atomic<const http::Server*> serving{nullptr};
};

Result<void> Gateway::Parts::open_keys(const crypto::SecretBytes& passphrase) {
  ICN_TRY_ASSIGN(given, read_grant(settings));
  grant = std::move(given);
  ICN_TRY_ASSIGN(opened, open_key_store(settings, passphrase, random));
  keys = std::move(opened);
  ICN_TRY_ASSIGN(key, keys->find_or_generate(kNodeKeyName));
  own_key = key;
  return {};
}

Result<void> Gateway::Parts::open_stores() {
  node_engine = make_follower(settings, std::filesystem::path(settings.data_path) / "node", log);
  ICN_TRY_ASSIGN(opened_node, node_engine->open(registry::node_tables()));
  node_store = std::move(opened_node);
  ICN_TRY_ASSIGN(opened,
                 ledger::Ledger::follow(make_follower(settings, config::storage_folder(settings), log),
                                        registry::ledger_tables(), rules, settings.network_id));
  ledger = std::move(opened);
  ICN_TRY_ASSIGN(opened_caches,
                 Caches::open({settings, *ledger, grant.answers.bytes, metrics, random, log, true}));
  caches = std::move(opened_caches);
  economics_metrics = std::make_unique<economics::EconomicsMetrics>(*ledger, metrics);
  governance_metrics = std::make_unique<governance::GovernanceMetrics>(*ledger, metrics);
  credential_metrics = std::make_unique<credentials::CredentialMetrics>(*ledger, metrics);
  reputation_metrics = std::make_unique<reputation::ReputationMetrics>(*ledger, metrics);
  supply_audit = std::make_unique<economics::SupplyAudit>(*ledger, clock, metrics);
  trust_ranks = federation::keep_trust_ranks(*ledger, clock);
  return {};
}

void Gateway::Parts::follow() {
  const auto report = [this](const Result<void>& done) {
    if (!done.ok()) log->warn("a new block cannot be read: {}", done.error().detail());
    return done.ok();
  };
  const auto anew = [this, report] {
    // What is kept goes even when the store cannot be read now.
    if (!report(ledger->catch_up_anew())) caches->begin_anew();
  };
  feed = make_feed(settings, config::storage_folder(settings),
                   {[this](const std::string& text) {
                      const auto note = read_change(text);
                      if (!note) told.is_unknown = true;
                      if (!note || note->height == 0) return;
                      told.height = note->height;
                      told.places.insert(told.places.end(), note->places.begin(), note->places.end());
                    },
                    [this, report, anew] {
                      const Told now = std::exchange(told, {});
                      if (now.is_unknown) return anew();
                      if (now.height != 0 && !report(ledger->catch_up(now.places, now.height))) anew();
                    },
                    anew, anew},
                   log);
  const auto order = ledger->store().value();
  const auto record = ledger::kOrder.get(*order, ledger::kOrderKey);
  const bool is_in_federation = record.ok() && *record && (*record)->order == ledger::Order::kFederation;
  link = std::make_unique<LeaderLink>(
      LeaderLinkOptions{settings.gateway_leader_url, settings.gateway_ca_file, settings.gateway_look_ms,
                        grant.node_did, is_in_federation},
      [this] { return feed->age_ms(); }, log);
}

Result<void> Gateway::Parts::open_access() {
  api_keys = http::ApiKeys::follow(*node_store, grant.api_keys.bytes, clock, random);
  node_writes = std::make_unique<storage::GroupCommit>(*node_store);
  custody = std::make_unique<identity::NodeCustody>(*ledger, *node_store, *node_writes, *keys, *own_key,
                                                    clock, random, grant.node_did);
  invitations = std::make_unique<http::Invitations>(*node_store, *node_writes, *api_keys,
                                                    keys->derive("invitations").view(), clock, random);
  resolver = std::make_unique<identity::CallerKeys>(*ledger, grant.node_did);
  // Of nobody: a request with a session is passed on.
  sessions = std::make_unique<http::Sessions>(keys->derive("sessions").view(), grant.node_did.text(),
                                              *resolver, clock, random);
  if (!settings.api_keys_file.empty()) ICN_TRY(adopt_api_keys(*api_keys, settings.api_keys_file));
  gateway = std::make_unique<ledger::Gateway>(*ledger, *link, clock, thread_count(settings));
  idempotency = std::make_unique<http::IdempotencyStore>(*node_store, *node_writes, clock);
  cursors = std::make_unique<http::Cursors>(grant.cursors.bytes);
  writer =
      std::make_unique<ledger::Writer>(*ledger, *gateway, *custody, *idempotency, clock, random, nullptr);
  return {};
}

Result<void> Gateway::Parts::open_domains() {
  dag::DagOptions dag_options;
  dag_options.has_gateway = settings.dag_gateway;
  dag_options.is_follower = true;
  ICN_TRY_ASSIGN(opened_dag, dag::Dag::open({*node_store,
                                             *ledger,
                                             *gateway,
                                             *writer,
                                             *cursors,
                                             clock,
                                             random,
                                             log,
                                             metrics,
                                             {grant.node_did, custody->node_key()}},
                                            dag_options));
  dag = std::move(opened_dag);
  ICN_TRY(tracing.open(settings, grant.node_did, clock, random, log));
  // Jobs are shown and never run.
  wasm::WasmtimeOptions wasm_options;
  wasm_options.instances_max = 1;
  wasm_options.cache_memory_bytes = 0;
  ICN_TRY_ASSIGN(made_engine,
                 wasm::make_wasmtime_engine(wasm::standard_host_functions(), std::move(wasm_options)));
  engine = std::move(made_engine);
  mesh::ServiceOptions mesh_options;
  mesh_options.workers = 0;
  mesh = std::make_unique<mesh::Service>(
      mesh::ServiceParts{*ledger,
                         *gateway,
                         dag->blocks(),
                         *engine,
                         clock,
                         random,
                         {grant.node_did, crypto::did_key_method(own_key->public_key()), own_key},
                         nullptr,
                         log,
                         {}},
      mesh_options);
  return {};
}

std::vector<system::Check> Gateway::Parts::checks() const {
  const auto usable = [&]() -> Result<void> {
    ICN_TRY_ASSIGN(store, ledger->store());
    ICN_TRY(ledger::kNetwork.get(*store, "network"));
    return {};
  };
  const auto read = usable();
  return {{"mana_ledger", read.ok() ? std::string() : read.error().detail()},
          {"database", link->database_problem()}};
}

system::Api Gateway::Parts::system_api() {
  system::Api system{settings,
                     *ledger,
                     *link,
                     clock,
                     metrics,
                     *api_keys,
                     *node_writes,
                     events,
                     grant.node_did,
                     crypto::did_key_method(own_key->public_key()),
                     crypto::multikey_text(own_key->public_key()),
                     started_ms};
  system.is_gateway = true;
  system.peer_count = [] { return std::size_t{0}; };
  system.route_figures = [this] { return statistics->figures(); };
  system.connection_count = [this] {
    const http::Server* now = serving;
    return now != nullptr ? now->connection_count() : 0;
  };
  system.checks = [this] { return checks(); };
  system.job_counts = [] { return system::JobCounts{}; };
  system.cache_figures = [this] { return caches->answers().stats(); };
  system.redis_figures = [this] { return caches->redis_stats(); };
  system.mana_supply = [this]() -> Result<Millimana> {
    ICN_TRY_ASSIGN(supply, economics_metrics->supply().get());
    return supply.balances();
  };
  return system;
}

// What the records say: the engine and the peers of the node that writes are its own.
federation::ReadApi Gateway::Parts::federation_api() {
  return {*ledger,
          *cursors,
          clock,
          *link,
          grant.node_did,
          dag->blocks(),
          *trust_ranks,
          [](const federation::EngineDesk::Done<consensus::EngineFacts>& done) {
            done(Error(errors::kUnavailable, "a gateway has no engine"));
          },
          [] { return std::vector<std::string>(); },
          [](const codec::Cid&, Executor& executor, std::function<void()> done) {
            executor.post(std::move(done));
          },
          [] { return false; }};
}

void Gateway::Parts::make_services() {
  anonymous_creations = std::make_unique<identity::HourlyLimit>(1, clock);
  credential_places = std::make_unique<credentials::PlaceReservations>(random);
  http::WebReaderOptions web_options;
  web_options.allows_loopback = settings.identity_web_loopback;
  web = std::make_unique<http::WebReader>(clock, web_options);
  services = std::make_unique<registry::GatewayServices>(registry::GatewayServices{
      system_api(),
      {*ledger, *writer, *cursors, clock, true},
      {*ledger, *writer, *custody, *sessions, *invitations, *cursors, *anonymous_creations, nullptr, random,
       log, *web, export_parts(), dag::exported_blocks(dag->blocks())},
      {*ledger, *writer, *cursors, clock, *economics_metrics, *supply_audit, &dag->memos(), custody.get()},
      dag->api(),
      {*ledger,
       *writer,
       *cursors,
       clock,
       random,
       dag->blocks(),
       dag->access(),
       *custody,
       *credential_places,
       {},
       settings.http_public_url,
       *web,
       *credential_metrics},
      {*ledger, *writer, *mesh, dag->blocks(), *cursors, clock, random},
      {*ledger,
       *writer,
       *cursors,
       clock,
       random,
       dag->blocks(),
       {},
       grant.node_did,
       *own_key,
       *governance_metrics},
      {*ledger, *writer, *cursors, clock, random, dag->blocks(), {}, *reputation_metrics},
      federation_api()});
  services->credentials.trusted_issuers = settings.trusted_credential_issuers;
  std::vector<http::Route> routes = registry::gateway_routes(*services);
  bound_bodies(routes, settings.http_body_bytes_max);
  services->system.openapi = std::make_shared<const std::string>(http::openapi_document(
      routes, {"ICN node", ICN_VERSION, "The interface of a node of the InterCooperative Network."}));
  // What is passed on is the other node's to decide: that document says who may call it.
  for (http::Route& route : routes) {
    if (route.is_forwarded && !route.is_answered_alone) route.access = http::Access::kPublic;
  }
  router = std::make_unique<http::Router>(std::move(routes));
  statistics = std::make_unique<http::RequestStatistics>(router->routes(), thread_count(settings));
  statistics_collector = metrics.add_collector([this] { return statistics->families(); });
  connections_collector = metrics.add_collector([this] { return connection_families(serving); });
}

Result<void> Gateway::Parts::serve() {
  const auto limit = [&](std::uint64_t count) { return per_minute(settings, count); };
  failures = std::make_unique<http::RateLimiter>(static_cast<std::uint32_t>(settings.rate_limit_failures),
                                                 clock, settings.rate_limit_clients_max);
  rate_limits = std::unique_ptr<http::RateLimits>(new http::RateLimits{
      {limit(settings.open_rate_limit), clock, settings.rate_limit_clients_max},
      {limit(settings.rate_limit_authenticated), clock, settings.rate_limit_clients_max}});
  authenticator = std::make_unique<http::Authenticator>(
      http::AuthenticatorParts{api_keys.get(), nullptr, nullptr, failures.get(), &clock, false});
  seal = std::make_unique<http::ForwardSeal>(grant.forwarding.bytes, clock);
  http::ForwarderOptions options;
  options.url = settings.gateway_leader_url;
  options.ca_file = settings.gateway_ca_file;
  options.requests_max = settings.gateway_requests_max;
  ICN_TRY_ASSIGN(made, http::Forwarder::make(options, *seal, log));
  forwarder = std::move(made);
  forwarder->set_knowledge(
      {[this] { return link->is_reachable(); }, [this](bool is_reachable) { link->heard(is_reachable); }});
  dispatcher = std::make_unique<http::Dispatcher>(
      http::DispatcherParts{router.get(), authenticator.get(), rate_limits.get(), nullptr, &caches->answers(),
                            statistics.get(), &clock, tracing.tracer.get(), nullptr, forwarder.get()},
      http::DispatcherOptions{settings.http_cors_origins,
                              [this] { return staleness_field(*link, *ledger); }});
  ICN_TRY_ASSIGN(started, http::Server::start(server_options(settings, *log), *dispatcher, log));
  server = std::move(started);
  serving = server.get();
  return {};
}

void Gateway::Parts::stop() {
  if (server) {
    const std::size_t cut = server->stop(std::chrono::milliseconds(settings.http_drain_timeout_ms));
    if (cut > 0) log->warn("{} connections were cut at the end of http.drain_timeout_ms", cut);
  }
  serving = nullptr;
  if (forwarder) forwarder->stop();
  if (web) web->stop();
  if (link) link->stop();
  if (feed) feed->stop();
  if (supply_audit) supply_audit->stop();
  if (trust_ranks) trust_ranks->stop();
  if (mesh) mesh->stop();
  tracing.stop();
  if (dag) dag->stop();
  if (node_writes) node_writes->stop();
  if (caches) caches->stop();
}

Gateway::Gateway(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Gateway::~Gateway() = default;

Result<std::unique_ptr<Gateway>> Gateway::start(const config::Settings& settings,
                                                const crypto::SecretBytes& passphrase,
                                                const Surroundings& surroundings) {
  auto parts = std::make_unique<Parts>(settings, surroundings);
  ICN_TRY(prepare_data_folder(settings));
  ICN_TRY(parts->open_keys(passphrase));
  ICN_TRY(parts->open_stores());
  parts->follow();
  ICN_TRY(parts->open_access());
  ICN_TRY(parts->open_domains());
  parts->make_services();
  parts->link->wait_until_looked(std::chrono::seconds(1));
  ICN_TRY(parts->serve());
  return std::unique_ptr<Gateway>(new Gateway(std::move(parts)));
}

void Gateway::stop() { parts_->stop(); }
std::uint16_t Gateway::port() const { return parts_->server->port(); }
const Did& Gateway::leader() const { return parts_->grant.node_did; }

}  // namespace icn::node
