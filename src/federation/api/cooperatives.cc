#include "federation/api/cooperatives.h"

#include <algorithm>

#include "base/errors.h"
#include "federation/errors.h"
#include "http/errors.h"

namespace icn::federation::api {
namespace {

constexpr std::size_t kSearchedMax = 20'000;
constexpr std::size_t kProfileBytesMax = 256 << 10;

// The profile, when its block is at this node and is one.
std::optional<Profile> held_profile(const ReadApi& api, const codec::Cid& cid) {
  const auto block = api.blocks.get(cid);
  if (!block.ok() || (*block)->bytes.size() > kProfileBytesMax) return std::nullopt;
  auto profile = codec::decode_block<Profile>(as_bytes((*block)->bytes));
  return profile.ok() ? std::optional<Profile>(std::move(*profile)) : std::nullopt;
}

Result<CooperativeEntry> entry_of(const ReadApi& api, const ledger::Reader& state, const Cooperative& each) {
  CooperativeEntry out{each.did, each.profile, each.type,          each.regions,   each.capabilities,
                       {},       {},           each.registered_at, each.updated_at};
  ICN_TRY_ASSIGN(is_member, kMembers.contains(state, each.did));
  if (is_member) out.federations.push_back(api.ledger.published()->network.network);
  if (auto profile = held_profile(api, each.profile)) out.name = std::move(profile->name);
  return out;
}

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return text;
}

bool has(const std::vector<std::string>& list, const std::string& text) {
  return std::ranges::find(list, text) != list.end();
}

bool is_wanted(const ReadApi& api, const SearchCooperatives::Input& input, const Cooperative& each,
               const CooperativeEntry& entry) {
  if (input.type && each.type != *input.type) return false;
  if (input.capability && !has(each.capabilities, *input.capability)) return false;
  if (input.region && !has(each.regions, lower(*input.region))) return false;
  if (input.federation && !has(entry.federations, *input.federation)) return false;
  if (!input.query) return true;
  const auto profile = held_profile(api, each.profile);
  const std::string wanted = lower(*input.query);
  return profile && (lower(profile->name).find(wanted) != std::string::npos ||
                     lower(profile->description).find(wanted) != std::string::npos);
}

// Completes, signs and checks what was sent.
Result<Profile> finished_profile(const Api& api, const http::Call& call, Profile profile) {
  ICN_TRY(check_profile(profile));
  ICN_TRY_ASSIGN(store, api.ledger.store());
  if (!profile.signature.bytes.empty()) {
    ICN_TRY_ASSIGN(key, api.ledger.rules().resolve_key(*store, profile.did, profile.key));
    ICN_TRY(check_profile_signature(profile, key));
    return profile;
  }
  ICN_TRY_ASSIGN(key, api.writer.custody().key_for(call.caller(), profile.did));
  ICN_TRY_ASSIGN(known, kCooperatives.get(*store, profile.did));
  profile.updated_at = api.clock.now_secs();
  profile.created_at = known ? known->registered_at : profile.updated_at;
  profile.key = key.id;
  profile.signature.bytes = to_bytes(key.secret.sign(profile_bytes(profile)).view());
  return profile;
}

RegisterCooperative::Body body_of(const Profile& profile, const codec::Cid& cid) {
  RegisterCooperative::Body body{cid, profile.type, regions_of(profile.geo_scope), {}};
  for (const Capability& each : profile.capabilities) body.capabilities.push_back(each.type);
  std::ranges::sort(body.capabilities);
  return body;
}

}  // namespace

void RegisterProfile::handle(const Api& api, http::ExchangePtr exchange) {
  const ledger::WriteOptions options{transaction, success_status, {}};
  auto source = http::InputSource::of(exchange->request());
  if (!source.ok()) return exchange->reply(source.error());
  if (ledger::is_signed_transaction(source->body()))
    return api.writer.submit_signed(std::move(exchange), source->take_body(), options);
  auto input = http::read_input<Input>(*source, codec::UnknownMembers::kRefuse);
  if (!input.ok()) return exchange->reply(input.error());
  // Whoever registers may act as the cooperative: before anything is kept in its name.
  const http::Call call(*exchange);
  const Did did = input->profile.did;
  if (auto key = api.writer.custody().key_for(call.caller(), did); !key.ok())
    return exchange->reply(key.error());
  const auto profile = finished_profile(api, call, std::move(input->profile));
  if (!profile.ok()) return exchange->reply(profile.error());
  auto block = dag::make_block(codec::kDagCbor, codec::encode_block(*profile));
  if (!block.ok()) return exchange->reply(block.error());
  const ledger::PlainWrite write{did, codec::to_json(body_of(*profile, block->cid))};
  dag::PutOptions put;
  put.author = did;
  put.time = api.clock.now_secs();
  put.type = dag::BlockType::kFederation;
  put.visibility = dag::Visibility::kPublic;
  const codec::Cid cid = block->cid;
  std::vector<dag::NewBlock> blocks;
  blocks.push_back(std::move(*block));
  api.blocks.put_later(exchange->executor(), std::move(blocks), std::move(put), {},
                       [&api, exchange, write, options, cid](const Result<void>& done) {
                         if (!done.ok()) return exchange->reply(done.error());
                         api.announce(cid);
                         api.writer.submit_plain(exchange, write, options);
                       });
}

void GetProfile::handle(const ReadApi& api, const http::Call& call, Input input, http::Reply<Output> reply) {
  const auto snapshot = api.ledger.snapshot();
  if (!snapshot.ok()) return reply(snapshot.error());
  if (input.did.text().size() > storage::kKeySizeMax / 2) return reply(Error(kNoProfile));
  const auto found = kCooperatives.get(**snapshot, input.did);
  if (!found.ok()) return reply(found.error());
  if (!*found) return reply(Error(kNoProfile, "no cooperative " + input.did.text() + " is registered here"));
  const auto answer = [&api, cooperative = **found, snapshot = *snapshot, reply] {
    auto entry = entry_of(api, *snapshot, cooperative);
    if (!entry.ok()) return reply(entry.error());
    Output out{std::move(*entry), held_profile(api, cooperative.profile), false};
    if (out.profile && out.profile->did == cooperative.did) {
      const auto key = api.ledger.rules().resolve_key(*snapshot, cooperative.did, out.profile->key);
      out.verified = key.ok() && check_profile_signature(*out.profile, *key).ok();
    }
    reply(Result<Output>(std::move(out)));
  };
  if (held_profile(api, (*found)->profile)) return answer();
  api.fetch((*found)->profile, call.executor(), answer);
}

Result<SearchCooperatives::Output> SearchCooperatives::handle(const ReadApi& api, const http::Call&,
                                                              const Input& input) {
  constexpr std::string_view kList = "cooperative/search";
  ledger::ScanRange range;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kCooperatives.scan(*snapshot, range));
  Output page;
  for (std::size_t searched = 0;; ++searched) {
    ICN_TRY_ASSIGN(each, rows.next());
    if (!each) return page;
    if (page.items.size() == input.limit || searched == kSearchedMax) {
      page.next_cursor = api.cursors.seal(kList, ledger::key_of(each->did));
      return page;
    }
    ICN_TRY_ASSIGN(entry, entry_of(api, *snapshot, *each));
    if (is_wanted(api, input, *each, entry)) page.items.push_back(std::move(entry));
  }
}

Result<ListProviders::Output> ListProviders::handle(const ReadApi& api, const http::Call&,
                                                    const Input& input) {
  const std::string list = "cooperative/capabilities/" + input.type;
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(input.type));
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
  }
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kOfferings.scan(*snapshot, range));
  Output page;
  while (true) {
    ICN_TRY_ASSIGN(offering, rows.next());
    if (!offering) return page;
    std::string type;
    Did did;
    if (!storage::parse_key(rows.key(), type, did))
      return Error(storage::kCorrupt, "the key of an offering cannot be read");
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(list, ledger::key_of(type, did));
      return page;
    }
    ICN_TRY_ASSIGN(each, kCooperatives.get(*snapshot, did));
    if (!each) continue;
    ICN_TRY_ASSIGN(entry, entry_of(api, *snapshot, *each));
    page.items.push_back(std::move(entry));
  }
}

Result<GetRegistryStats::Output> GetRegistryStats::handle(const ReadApi& api, const http::Call&,
                                                          const Input&) {
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kCooperatives.scan(*snapshot, {}));
  Output out;
  while (true) {
    ICN_TRY_ASSIGN(each, rows.next());
    if (!each) return out;
    ++out.total;
    ++out.by_type[std::string(codec::enum_name(each->type))];
    for (const std::string& region : each->regions) ++out.by_region[region];
    ICN_TRY_ASSIGN(is_member, kMembers.contains(*snapshot, each->did));
    if (is_member) ++out.by_federation[api.ledger.published()->network.network];
  }
}

}  // namespace icn::federation::api
