#include <memory>
#include <ostream>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

void define_self(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/network/local-peer-id");
    if (!reply) return;
    show_fields(session, *reply,
                {{"peer", "peer_id"}, {"did", "did"}, {"takes part", "enabled"}, {"addresses", "addresses"}});
  });
}

void define_connect(Command command, Session& session) {
  auto address = std::make_shared<std::string>();
  command.argument("ADDRESS", *address, "multiaddress, as `icn network self` prints it on the other node");
  command.runs([address, &session] {
    const auto reply = post(session, "/network/peers", Json::object({{"address", *address}}));
    if (reply) show_fields(session, *reply, {{"peer", "peer_id"}, {"connected", "connected"}});
  });
}

void define_disconnect(Command command, Session& session) {
  struct Options {
    std::string peer;
    std::optional<std::string> ban_secs;
  };
  auto options = std::make_shared<Options>();
  command.argument("PEER", options->peer, "peer id")
      .option("--ban", options->ban_secs, "seconds to keep it out");
  command.runs([options, &session] {
    const auto reply = remove(
        session, target("/network/peers/" + segment(options->peer), {{"ban_secs", options->ban_secs}}));
    if (reply) show_fields(session, *reply, {{"peer", "peer_id"}, {"closed", "closed"}});
  });
}

void define_stats(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, "/network/stats");
    if (!reply) return;
    show_fields(session, *reply,
                {{"peers", "peers"},
                 {"routing table", "kademlia_peers"},
                 {"bytes sent", "bytes_sent"},
                 {"bytes received", "bytes_received"},
                 {"messages sent", "messages_sent"},
                 {"messages received", "messages_received"},
                 {"invalid", "invalid_messages"},
                 {"banned", "banned"},
                 {"latency (ms), min", "latency.min_ms"},
                 {"mean", "latency.mean_ms"},
                 {"max", "latency.max_ms"},
                 {"gossip (ms), mean", "gossip.mean_ms"},
                 {"95 %", "gossip.p95_ms"},
                 {"heartbeats missing", "gossip.missing"}});
  });
}

// The ids of `peer`, or of all that are connected.
std::optional<std::vector<std::string>> peers_to_ping(Session& session, const std::string& peer) {
  if (!peer.empty()) return std::vector{peer};
  const auto reply = get(session, "/network/peers");
  const Json* items = reply ? reply->find("items") : nullptr;
  if (items == nullptr || items->array() == nullptr) return std::nullopt;
  std::vector<std::string> out;
  for (const Json& each : *items->array()) {
    const Json* id = each.find("peer_id");
    if (id != nullptr && id->string() != nullptr) out.push_back(*id->string());
  }
  return out;
}

void define_ping(Command command, Session& session) {
  struct Options {
    std::string peer;
    std::uint64_t count = 1;
  };
  auto options = std::make_shared<Options>();
  command.optional_argument("PEER", options->peer, "peer id; all connected peers when absent")
      .option("--count", options->count, "round trips to each");
  command.runs([options, &session] {
    if (options->count == 0 || options->count > 1'000)
      return session.fail(kUsage, "--count: must be from 1 to 1000");
    const auto peers = peers_to_ping(session, options->peer);
    if (!peers) return;
    Json::Array shown;
    for (std::uint64_t i = 0; i < options->count; ++i) {
      for (const std::string& each : *peers) {
        auto reply = post(session, "/network/peers/" + segment(each) + "/ping", Json(Json::Object{}));
        if (!reply) return;
        shown.push_back(std::move(*reply));
      }
    }
    show_table(session, Json::object({{"items", std::move(shown)}}),
               {{"PEER", "peer_id"},
                {"RTT (ms)", "rtt_ms", Kind::kNumber},
                {"OUR LEDGER IS", "ledger"},
                {"ITS HEIGHT", "height", Kind::kNumber}},
               "no peers");
  });
}

void define_find(Command command, Session& session) {
  auto peer = std::make_shared<std::string>();
  command.optional_argument("PEER", *peer, "peer id to look for; peers near this node when absent");
  command.runs([peer, &session] {
    Json body(Json::Object{});
    if (!peer->empty()) body.set("peer_id", *peer);
    const auto reply = post(session, "/network/discover", body);
    const Json* found = reply ? reply->find("found") : nullptr;
    if (found == nullptr) return;
    if (session.json) return show_json(session, *reply);
    show_table(session, Json::object({{"items", *found}}), {{"PEER", "peer_id"}, {"ADDRESSES", "addresses"}},
               "nobody was found");
  });
}

void define_fetch(Command command, Session& session) {
  struct Options {
    std::string cid;
    bool has_no_pin = false;
  };
  auto options = std::make_shared<Options>();
  command.argument("CID", options->cid, "public content of others")
      .flag("--no-pin", options->has_no_pin, "do not pin it: it may be pruned after a day");
  command.runs([options, &session] {
    const auto reply =
        post(session, "/network/fetch", Json::object({{"cid", options->cid}, {"pin", !options->has_no_pin}}));
    if (reply)
      show_fields(session, *reply,
                  {{"cid", "cid"}, {"blocks", "blocks"}, {"bytes", "bytes"}, {"pinned", "pinned"}});
  });
}

void define_provide(Command command, Session& session) {
  auto cid = std::make_shared<std::string>();
  command.argument("CID", *cid, "a public block of this node");
  command.runs([cid, &session] {
    const auto reply = post(session, "/network/provide", Json::object({{"cid", *cid}}));
    if (reply) show_fields(session, *reply, {{"cid", "cid"}});
  });
}

}  // namespace

void define_network(Command command, Session& session) {
  define_self(command.add("self", "peer id and addresses of this node"), session);
  define_connect(command.add("connect", "connect to a peer (operator)"), session);
  define_disconnect(command.add("disconnect", "close the connection to a peer (operator)"), session);
  define_stats(command.add("stats", "traffic and latency"), session);
  define_ping(command.add("ping", "measure round trips to peers now"), session);
  define_find(command.add("find", "look for peers and connect to them (operator)"), session);
  define_fetch(command.add("fetch", "fetch public content from peers and pin it (operator)"), session);
  define_provide(command.add("provide", "tell the network that this node has a public block (operator)"),
                 session);
}

}  // namespace icn::cli
