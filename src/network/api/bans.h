#pragma once

#include "network/api/context.h"

namespace icn::network::api {

struct BanView {
  PeerId peer_id;
  Did did;
  TimestampSecs until = 0;
  std::string reason;
  static constexpr std::string_view schema_name = "PeerBan";
  static constexpr auto fields() {
    using codec::field;
    return described(field("peer_id", &BanView::peer_id), field("did", &BanView::did, "of the same key"),
                     field("until", &BanView::until, "Unix seconds: it ends then by itself"),
                     field("reason", &BanView::reason));
  }
};

// GET /network/bans: those in force, in the order of their peer ids.
struct ListBans {
  struct Input {
    static constexpr auto fields() { return codec::described(); }
  };
  using Output = http::Page<BanView>;
  static constexpr std::string_view summary = "Peers this node keeps out, until when and why";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// POST /network/bans: also of a peer that is not connected; of one that is banned the new time counts.
//   bad_peer_id, network_off
struct BanPeer {
  struct Input {
    PeerId peer_id;
    std::uint64_t secs = 3600;
    std::string reason = "by the operator";
    static constexpr std::string_view schema_name = "NewPeerBan";
    static constexpr auto fields() {
      using codec::field, codec::defaulted_field;
      return described(field("peer_id", &Input::peer_id),
                       defaulted_field("secs", &Input::secs, "how long; 3600 unless said", {1, 31'536'000}),
                       defaulted_field("reason", &Input::reason, "for operators of this node", {1, 200}));
    }
  };
  using Output = BanView;
  static constexpr std::string_view summary = "Keep a peer out for a while";
  static constexpr int success_status = 201;
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

// DELETE /network/bans/{id}   bad_peer_id, ban_not_found, network_off
struct LiftBan {
  struct Input {
    PeerId id;
    static constexpr auto fields() { return described(codec::field("id", &Input::id)); }
  };
  struct Output {
    bool lifted = false;
    PeerId peer_id;
    static constexpr std::string_view schema_name = "LiftedPeerBan";
    static constexpr auto fields() {
      return described(codec::field("lifted", &Output::lifted), codec::field("peer_id", &Output::peer_id));
    }
  };
  static constexpr std::string_view summary = "End a peer's ban before its time";
  static Result<Output> handle(const Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::network::api
