#include "federation/directory/profile.h"

#include <algorithm>

#include "codec/json.h"
#include "federation/errors.h"

namespace icn::federation {
namespace {

constexpr std::string_view kDomain{"icn:cooperative-profile:v1\0", 27};

bool is_capability_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

}  // namespace

Bytes profile_bytes(const Profile& profile) {
  codec::Json json = codec::to_json(profile);
  json.erase("signature");
  Bytes out = to_bytes(as_bytes(kDomain));
  append(out, as_bytes(codec::canonical_json(json)));
  return out;
}

Result<void> check_profile(const Profile& profile) {
  std::vector<std::string> names;
  for (const Capability& each : profile.capabilities) {
    if (!is_capability_name(each.type))
      return Error(kBadProfile,
                   "capabilities: \"" + each.type + "\" must be lower case letters, digits, - and _");
    names.push_back(each.type);
  }
  std::ranges::sort(names);
  if (std::ranges::adjacent_find(names) == names.end()) return {};
  return Error(kBadProfile, "capabilities: a type comes twice");
}

Result<void> check_profile_signature(const Profile& profile, const crypto::PublicKey& key) {
  const auto signature = crypto::Signature::from_bytes(profile.signature.bytes);
  if (signature.ok() && crypto::verify(key, profile_bytes(profile), *signature)) return {};
  return Error(kBadProfile, "signature: is not that of " + profile.key.text() + " over this profile");
}

std::vector<std::string> regions_of(std::string_view geo_scope) {
  std::vector<std::string> out;
  while (!geo_scope.empty()) {
    const std::size_t comma = std::min(geo_scope.find(','), geo_scope.size());
    std::string_view part = geo_scope.substr(0, comma);
    geo_scope.remove_prefix(std::min(comma + 1, geo_scope.size()));
    while (!part.empty() && part.front() == ' ') part.remove_prefix(1);
    while (!part.empty() && part.back() == ' ') part.remove_suffix(1);
    std::string region(part);
    for (char& c : region) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if (!region.empty()) out.push_back(std::move(region));
  }
  std::ranges::sort(out);
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace icn::federation
