#include "node/federation.h"

#include "credentials/tables.h"
#include "crypto/key_text.h"
#include "federation/directory/kept_ranks.h"
#include "node/membership.h"
#include "node/ordering.h"
#include "node/restored_validator.h"

namespace icn::node {
namespace {

constexpr std::uint64_t kFetchTimeoutMs = 5'000;

Result<std::uint64_t> count_credentials(const ledger::Reader& state) {
  ICN_TRY_ASSIGN(rows, credentials::kCredentials.scan(state, {}));
  for (std::uint64_t count = 0;; ++count) {
    ICN_TRY_ASSIGN(record, rows.next());
    if (!record) return count;
  }
}

}  // namespace

FederationPart::FederationPart(FederationParts parts)
    : parts_(std::move(parts)),
      node_did_(crypto::did_key(parts_.node_key.public_key())),
      joiner_({parts_.ledger, parts_.gateway, parts_.clock, parts_.random, parts_.log, node_did_,
               crypto::did_key_method(parts_.node_key.public_key()), parts_.node_key,
               [this] { return parts_.blocks.totals().blocks; }, &count_credentials,
               [this](const federation::JoinedNetwork& joined, const std::string& genesis) {
                 return write_joined(parts_.settings, joined, genesis);
               }}),
      engine_(engine_desk_parts(parts_.settings, parts_.clock, parts_.ordered_log)),
      trust_ranks_(federation::keep_trust_ranks(parts_.ledger, parts_.clock)) {}

void FederationPart::stop() {
  trust_ranks_->stop();
  joiner_.stop();
  engine_.stop();
}

void FederationPart::fetch(const codec::Cid& cid, Executor& executor, std::function<void()> done) {
  network::FetchOptions options;
  options.is_recursive = false;
  options.timeout_ms = kFetchTimeoutMs;
  parts_.exchange.fetch(cid, options, executor,
                        [done = std::move(done)](const Result<network::Fetched>&) { done(); });
}

federation::Api FederationPart::api() {
  federation::Api api{
      {parts_.ledger, parts_.cursors, parts_.clock, parts_.ordered_log, node_did_, parts_.blocks,
       *trust_ranks_,
       [this](federation::EngineDesk::Done<consensus::EngineFacts> done) { engine_.facts(std::move(done)); },
       [this] { return engine_.known_peers(); },
       [this](const codec::Cid& cid, Executor& executor, std::function<void()> done) {
         fetch(cid, executor, std::move(done));
       },
       [this] { return awaits_confirmation(parts_.settings); }},
      parts_.writer,
      parts_.random,
      joiner_,
      engine_,
      own_rpc(parts_.settings)};
  api.announce = [this](const codec::Cid& cid) { parts_.network.provide(cid); };
  api.own_validator = [this](const std::optional<Did>& organization) -> Result<consensus::ValidatorInfo> {
    ICN_TRY(check_can_federate(parts_.settings));
    return validator_info(parts_.settings, parts_.keys, organization);
  };
  api.tell = [this](std::string_view type, const std::string& data) { parts_.events.publish(type, data); };
  api.trusted_block = [this] { return trusted_block(parts_.ordered_log); };
  api.go_alone = [this](const std::string& network) { return write_left(parts_.settings, network); };
  api.peer_addresses = [this] { return parts_.network.addresses(); };
  api.confirm_validator = [this](std::uint64_t height) { return confirm_validator(parts_.settings, height); };
  api.genesis_text = [this]() -> Result<std::string> {
    if (!parts_.genesis_text.empty()) return parts_.genesis_text;
    return continued_genesis(parts_.settings, parts_.ledger);
  };
  return api;
}

}  // namespace icn::node
