#pragma once

#include <memory>
#include <string>

#include "config/settings.h"
#include "crypto/key_store.h"
#include "dag/block_store.h"
#include "federation/api/context.h"
#include "http/event_stream.h"
#include "network/block_exchange.h"
#include "network/network.h"

namespace icn::node {

// What a node's part in a federation is made of. All outlive it.
struct FederationParts {
  const config::Settings& settings;  // as in force
  crypto::KeyStore& keys;
  const crypto::SecretKey& node_key;
  const ledger::Ledger& ledger;
  ledger::Gateway& gateway;
  ledger::Writer& writer;
  const ledger::OrderedLog& ordered_log;
  const http::Cursors& cursors;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  dag::BlockStore& blocks;
  network::Network& network;
  network::BlockExchange& exchange;
  http::EventStream& events;
  std::string genesis_text;  // of consensus.genesis_file; empty: none
};

// The way of this node into a federation, and what the endpoints work with.
class FederationPart {
 public:
  explicit FederationPart(FederationParts parts);
  federation::Api api();
  void stop();

 private:
  void fetch(const codec::Cid& cid, Executor& executor, std::function<void()> done);

  FederationParts parts_;
  Did node_did_;
  federation::Joiner joiner_;
  federation::EngineDesk engine_;
  std::unique_ptr<KeptValue<federation::TrustRanks>> trust_ranks_;
};

}  // namespace icn::node
