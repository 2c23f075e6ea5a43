#include "network/api/bans.h"

#include "crypto/key_text.h"

namespace icn::network::api {
namespace {

BanView view_of(const Ban& ban) {
  BanView out{ban.peer, {}, ban.until, ban.reason};
  if (const auto key = public_key(ban.peer); key.ok()) out.did = crypto::did_key(*key);
  return out;
}

}  // namespace

Result<ListBans::Output> ListBans::handle(const Api& api, const http::Call&, const Input&) {
  Output output;
  for (const Ban& ban : api.network.standing().bans()) output.items.push_back(view_of(ban));
  output.total = output.items.size();
  return output;
}

Result<BanPeer::Output> BanPeer::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY_ASSIGN(ban, api.network.ban(input.peer_id, input.secs, input.reason));
  return view_of(ban);
}

Result<LiftBan::Output> LiftBan::handle(const Api& api, const http::Call&, const Input& input) {
  ICN_TRY(api.network.lift_ban(input.id));
  return Output{true, input.id};
}

}  // namespace icn::network::api
