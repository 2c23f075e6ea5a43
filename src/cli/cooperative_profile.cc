#include "cli/cooperative_profile.h"

#include <algorithm>

#include "cli/remote.h"
#include "cli/signing.h"
#include "federation/directory/profile.h"

namespace icn::cli {
namespace {

using codec::Json;
using federation::Profile;

// What the ledger keeps of a profile, beside the CID of its block.
Json entry_of(const Profile& profile) {
  Json::Array regions;
  for (const std::string& each : federation::regions_of(profile.geo_scope)) regions.emplace_back(each);
  std::vector<std::string> offered;
  for (const federation::Capability& each : profile.capabilities) offered.push_back(each.type);
  std::ranges::sort(offered);
  return Json::object({{"type", codec::enum_name(profile.type)},
                       {"regions", std::move(regions)},
                       {"capabilities", Json::Array(offered.begin(), offered.end())}});
}

std::optional<Json> register_signed(Session& session, const Json& given) {
  auto profile = codec::from_json<Profile>(given);
  const Result<void> checked =
      profile.ok() ? federation::check_profile(*profile) : Result<void>(profile.error());
  if (!checked.ok()) return session.fail(kUsage, "profile: " + checked.error().detail()), std::nullopt;
  const auto key = signer(session);
  if (!key || !open_session(session)) return std::nullopt;
  profile->updated_at = session.clock.now_secs();
  if (profile->created_at == 0) profile->created_at = profile->updated_at;
  profile->key = key->key_id;
  profile->signature.bytes = to_bytes(key->secret.sign(federation::profile_bytes(*profile)).view());
  const auto block = post(session, "/dag/blocks",
                          Json::object({{"data", base64_encode(codec::encode_block(*profile))},
                                        {"codec", "dag-cbor"},
                                        {"type", "federation"},
                                        {"visibility", "public"}}));
  const Json* cid = block ? block->find("cid") : nullptr;
  if (cid == nullptr) return std::nullopt;
  Json entry = entry_of(*profile);
  entry.set("profile_cid", *cid);
  return write(session, "/cooperative/register", "cooperative.register", "", std::move(entry));
}

}  // namespace

std::optional<Json> register_profile(Session& session, Json profile) {
  if (profile.find("did") == nullptr) {
    const auto did = did_or_own(session);
    if (!did) return std::nullopt;
    profile.set("did", *did);
  }
  if (!session.key_file.empty()) return register_signed(session, profile);
  return post(session, "/cooperative/register", Json::object({{"profile", std::move(profile)}}));
}

}  // namespace icn::cli
