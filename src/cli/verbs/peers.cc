#include <memory>

#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {
namespace {

using codec::Json;

struct Options {
  bool has_run = false;  // a verb below has, in whose place nothing else does
  std::string peer;
  std::uint64_t secs = 3600;
  std::string reason = "by the operator";
};

const std::vector<View> kBanViews{
    {"PEER", "peer_id", Kind::kId}, {"UNTIL", "until", Kind::kTime}, {"REASON", "reason"}};

void define_ban(Command command, Session& session, const std::shared_ptr<Options>& options) {
  command.argument("PEER", options->peer, "peer id")
      .option("--secs", options->secs, "for how long")
      .option("--reason", options->reason, "for operators of this node");
  command.runs([options, &session] {
    options->has_run = true;
    const auto reply = post(
        session, "/network/bans",
        Json::object({{"peer_id", options->peer}, {"secs", options->secs}, {"reason", options->reason}}));
    if (reply)
      show_fields(session, *reply,
                  {{"peer", "peer_id"}, {"until", "until", Kind::kTime}, {"reason", "reason"}});
  });
}

void define_bans(Command command, Session& session, const std::shared_ptr<Options>& options) {
  command.runs([options, &session] {
    options->has_run = true;
    const auto reply = get(session, "/network/bans");
    if (reply) show_table(session, *reply, kBanViews, "no peer is banned");
  });
}

void define_unban(Command command, Session& session, const std::shared_ptr<Options>& options) {
  command.argument("PEER", options->peer, "peer id");
  command.runs([options, &session] {
    options->has_run = true;
    const auto reply = remove(session, "/network/bans/" + segment(options->peer));
    if (reply) show_fields(session, *reply, {{"peer", "peer_id"}, {"lifted", "lifted"}});
  });
}

}  // namespace

void define_peers(Command command, Session& session) {
  auto options = std::make_shared<Options>();
  define_bans(command.add_optional("bans", "peers this node keeps out, until when and why (operator)"),
              session, options);
  define_ban(command.add_optional("ban", "keep a peer out for a while (operator)"), session, options);
  define_unban(command.add_optional("unban", "end a peer's ban before its time (operator)"), session,
               options);
  command.runs([options, &session] {
    if (options->has_run) return;
    const auto reply = get(session, "/network/peers");
    if (!reply) return;
    show_table(session, *reply,
               {{"PEER", "peer_id", Kind::kId},
                {"DIRECTION", "direction"},
                {"RTT (ms)", "rtt_ms", Kind::kNumber},
                {"SCORE", "score", Kind::kNumber},
                {"AGENT", "agent"},
                {"SINCE", "connected_at", Kind::kTime},
                {"ADDRESSES", "addresses"}},
               "no peers");
  });
}

}  // namespace icn::cli
