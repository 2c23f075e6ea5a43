#include <memory>
#include <ostream>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/federation_life.h"

namespace icn::cli {
namespace {

using codec::Json;

constexpr std::string_view kPeersPath = "/federation/peers";

void define_peer_list(Command command, Session& session) {
  command.runs([&session] {
    const auto reply = get(session, std::string(kPeersPath));
    if (!reply) return;
    show_table(session, *reply,
               {{"NAME", "name"},
                {"CONNECTED", "is_connected"},
                {"VALIDATES", "is_validator"},
                {"ORGANIZATION", "organization", Kind::kId},
                {"ENGINE", "peer"}},
               "no other engines are known here");
  });
}

void define_add_peer(Command command, Session& session) {
  auto peer = std::make_shared<std::string>();
  command.argument("PEER", *peer, "id@host:port, as `icn federation validator` prints it at the other node")
      .footer("This node's CometBFT dials it from now on, also after a restart.");
  command.runs([peer, &session] {
    const auto reply = post(session, std::string(kPeersPath), Json::object({{"peer", *peer}}));
    if (!reply) return;
    show_fields(
        session, *reply,
        {{"peer", "peer"}, {"name", "name"}, {"validates", "is_validator"}, {"connected", "is_connected"}});
  });
}

void define_sync(Command command, Session& session) {
  auto epoch = std::make_shared<std::optional<std::uint64_t>>();
  command.option("--from-epoch", *epoch, "checkpoint from which on this node must have every block");
  command.runs([epoch, &session] {
    Json body = Json(Json::Object());
    if (*epoch) body.set("from_epoch", **epoch);
    const auto reply = post(session, "/federation/sync", body);
    if (!reply) return;
    show_fields(session, *reply, {{"fetches blocks", "started"}, {"blocks behind", "behind"}});
  });
}

void define_confirm_validator(Command command, Session& session) {
  command.footer(
      "A node restored from a backup follows the federation and signs nothing: what it signed before is not "
      "known\n"
      "here, and who signs twice loses stake. Make sure that the node it was before runs nowhere any more.");
  command.runs([&session] {
    const auto reply = post(session, "/federation/validator/confirm", Json(Json::Object()));
    if (!reply) return;
    show_fields(session, *reply, {{"signs after block of the engine", "height"}});
    if (!session.json) session.err << "next: restart the node. Its validator signs again from then on\n";
  });
}

}  // namespace

void define_federation_peers(Command& command, Session& session) {
  define_peer_list(command.add("peers", "engines of the federation's other nodes"), session);
  define_add_peer(command.add("add-peer", "tell this node's engine of another one (operator)"), session);
  define_confirm_validator(
      command.add("confirm-validator", "let the validator of a restored node sign again (operator)"),
      session);
  define_sync(command.add("sync", "fetch what other nodes have and this one lacks (operator)"), session);
}

}  // namespace icn::cli
