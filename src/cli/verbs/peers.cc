#include "cli/remote.h"
#include "cli/table.h"
#include "cli/verbs/all.h"

namespace icn::cli {

void define_peers(Command command, Session& session) {
  command.runs([&session] {
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
