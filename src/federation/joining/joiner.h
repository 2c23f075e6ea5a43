#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include "base/log.h"
#include "base/random.h"
#include "federation/joining/crossing.h"
#include "federation/joining/federation_client.h"
#include "federation/tx/join.h"
#include "ledger/gateway.h"

namespace icn::federation {

// Where a node that joined finds its federation; a file in its data folder, that decides from the next start
// on.
struct JoinedNetwork {
  std::string network;
  std::string former_network;
  std::vector<std::string> api;    // of nodes that have the blocks from before the federation
  std::vector<std::string> peers;  // "node id@host:port" of engines
  bool left = false;               // the node left the federation: `network` is its own again
  std::string storage;             // the folder of its ledger then
  std::vector<std::string> rpc;    // of the invitation, as the next three
  std::uint64_t trusted_height = 0;
  codec::HexBytes trusted_hash;
  TimestampSecs trusted_time = 0;
  std::vector<std::string> addresses;  // of peers, to meet at each start
  static constexpr auto fields() {
    using codec::field, codec::defaulted_field;
    return described(
        field("network", &JoinedNetwork::network), field("former_network", &JoinedNetwork::former_network),
        field("api", &JoinedNetwork::api), field("peers", &JoinedNetwork::peers),
        defaulted_field("left", &JoinedNetwork::left), defaulted_field("storage", &JoinedNetwork::storage),
        defaulted_field("rpc", &JoinedNetwork::rpc),
        defaulted_field("trusted_height", &JoinedNetwork::trusted_height),
        defaulted_field("trusted_hash", &JoinedNetwork::trusted_hash),
        defaulted_field("trusted_time", &JoinedNetwork::trusted_time),
        defaulted_field("addresses", &JoinedNetwork::addresses));
  }
};

// Of an invitation, for a node that was of network `former_network` (empty: of none).
JoinedNetwork joined_network(const Invitation& invitation, const std::string& former_network);

struct JoinRequest {
  Invitation invitation;
  std::string name;  // of the organisation
  bool consent = false;
  bool dry_run = false;
};

enum class JoinStep { kWouldJoin, kPending, kJoined };
constexpr auto enum_names(JoinStep) {
  return std::array{std::pair(JoinStep::kWouldJoin, std::string_view("would_join")),
                    std::pair(JoinStep::kPending, std::string_view("pending")),
                    std::pair(JoinStep::kJoined, std::string_view("joined"))};
}

struct JoinAnswer {
  JoinStep status = JoinStep::kWouldJoin;
  std::string federation_id;
  std::string name;
  JoinPolicy policy = JoinPolicy::kApproval;
  std::optional<codec::Cid> charter_cid;
  std::uint64_t members = 0;
  std::uint64_t validators = 0;
  std::uint64_t faults_tolerated = 0;
  std::optional<std::string> change_id;
  std::optional<std::string> scope;
  Crossing crossing;
  static constexpr std::string_view schema_name = "JoinAnswer";
  static constexpr auto fields() {
    using codec::field;
    return described(field("status", &JoinAnswer::status, "pending: ask again once it is decided"),
                     field("federation_id", &JoinAnswer::federation_id), field("name", &JoinAnswer::name),
                     field("policy", &JoinAnswer::policy),
                     field("charter_cid", &JoinAnswer::charter_cid, "what joining consents to"),
                     field("members", &JoinAnswer::members), field("validators", &JoinAnswer::validators),
                     field("faults_tolerated", &JoinAnswer::faults_tolerated, "validators that may fail"),
                     field("change_id", &JoinAnswer::change_id, "that operators approve, or members vote on"),
                     field("scope", &JoinAnswer::scope, "where members vote on it"),
                     field("crossing", &JoinAnswer::crossing));
  }
};

struct JoinerParts {
  const ledger::Ledger& ledger;
  ledger::Gateway& gateway;
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  Did node_did;
  KeyId key_id;
  const crypto::SecretKey& key;
  // The number of content blocks this node has.
  std::function<std::uint64_t()> block_count;
  // The number of credentials whose status this ledger keeps.
  std::function<Result<std::uint64_t>(const ledger::Reader&)> credential_count;
  // Makes the switch durable: from the next start on the node is one of that network.
  std::function<Result<void>(const JoinedNetwork&, const std::string& genesis_text)> switch_to;
};

// Takes a node that is alone into a federation, step by step: request, seal, bring, switch. Each step can be
// asked for again after a crash and finds what was done before. Thread: ask() any; the steps run on a thread
// of its own.
class Joiner {
 public:
  explicit Joiner(JoinerParts parts);
  ~Joiner();  // stop()

  // `done` is called on the joiner's thread.   conflict: another one runs; what join() says
  void ask(JoinRequest request, std::function<void(const Result<JoinAnswer>&)> done);
  void stop();

 private:
  Result<JoinAnswer> join(const JoinRequest& request);
  Result<void> request_membership(const JoinRequest& request, FederationClient& federation,
                                  JoinAnswer& answer);
  Result<void> seal(const std::string& network);
  Result<void> bring(FederationClient& federation);
  Result<codec::Json> submit(FederationClient& federation, std::string_view type, codec::Json body);
  void run();

  JoinerParts parts_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  bool is_busy_ = false;
  std::optional<std::pair<JoinRequest, std::function<void(const Result<JoinAnswer>&)>>> asked_;
  std::thread thread_;
};

}  // namespace icn::federation
