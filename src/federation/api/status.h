#pragma once

#include "federation/api/peers.h"

namespace icn::federation::api {

// What this node is to the network. A full node follows and is no member's validator.
enum class NodeRole { kAlone, kFullNode, kMember, kValidator };
constexpr auto enum_names(NodeRole) {
  return std::array{std::pair(NodeRole::kAlone, std::string_view("alone")),
                    std::pair(NodeRole::kFullNode, std::string_view("full_node")),
                    std::pair(NodeRole::kMember, std::string_view("member")),
                    std::pair(NodeRole::kValidator, std::string_view("validator"))};
}

// GET /federation/status
struct GetFederationStatus {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  struct Output {
    std::string federation_id;
    NodeRole role = NodeRole::kAlone;
    std::optional<std::string> name;
    std::optional<JoinPolicy> policy;
    std::optional<codec::Cid> charter_cid;
    std::optional<TimestampSecs> founded_at;
    std::uint64_t members = 0;
    std::vector<Validator> validators;
    std::uint64_t faults_tolerated = 0;
    std::uint64_t approvals_needed = 0;
    std::uint64_t height = 0;
    TimestampSecs time = 0;
    std::uint64_t epoch = 0;
    std::uint64_t peer_count = 0;
    std::vector<FederationPeer> peers;
    std::optional<std::uint64_t> lag;
    bool partitioned = false;
    bool is_writing = true;
    std::string reason;
    std::optional<bool> awaits_confirmation;
    static constexpr std::string_view schema_name = "FederationStatus";
    static constexpr auto fields() {
      using codec::field;
      return described(
          field("federation_id", &Output::federation_id, "the network's id"),
          field("role", &Output::role, "of this node"), field("name", &Output::name),
          field("policy", &Output::policy, "who may join"),
          field("charter_cid", &Output::charter_cid, "what members consent to"),
          field("founded_at", &Output::founded_at, "Unix seconds"), field("members", &Output::members),
          field("validators", &Output::validators),
          field("faults_tolerated", &Output::faults_tolerated,
                "validators that may fail while the network goes on; 0: none may"),
          field("approvals_needed", &Output::approvals_needed, "of validators' operators, for a change"),
          field("height", &Output::height, "newest block here"),
          field("time", &Output::time, "its time, Unix seconds"),
          field("epoch", &Output::epoch, "of the newest checkpoint; 0: none yet"),
          field("peer_count", &Output::peer_count, "peers the engine is connected to"),
          field("peers", &Output::peers, "engines of the other nodes"),
          field("lag", &Output::lag,
                "blocks of the engine that others have and this node lacks; absent: the engine does not "
                "answer"),
          field("partitioned", &Output::partitioned,
                "too few validators can be reached to commit; reads are stale"),
          field("is_writing", &Output::is_writing, "whether the network takes writes through this node"),
          field("reason", &Output::reason, "why not"),
          field("awaits_confirmation", &Output::awaits_confirmation,
                "true: restored from a backup, it signs nothing until its operator confirms"));
    }
  };
  static constexpr std::string_view summary = "The federation, its validators, and this node's part in it";
  static void handle(const ReadApi& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// GET /federation/members: in order of their DIDs.
struct ListFederationMembers {
  struct Input {
    std::uint32_t limit = http::kPageItems;
    std::optional<std::string> cursor;
    static constexpr auto fields() {
      return described(http::limit_field(&Input::limit), http::cursor_field(&Input::cursor));
    }
  };
  using Output = http::Page<Member>;
  static constexpr std::string_view summary = "Organisations of the federation";
  static Result<Output> handle(const ReadApi& api, const http::Call& call, const Input& input);
};

}  // namespace icn::federation::api
