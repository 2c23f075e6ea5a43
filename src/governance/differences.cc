#include "governance/differences.h"

#include "credentials/tables.h"
#include "economics/penalties.h"
#include "economics/tables.h"
#include "economics/vouching.h"
#include "governance/errors.h"
#include "governance/tables.h"
#include "ledger/state.h"
#include "reputation/appeals.h"
#include "reputation/score/arithmetic.h"
#include "reputation/score/tables.h"

namespace icn::governance {
namespace {

using codec::Json;
using codec::to_json;

template <typename Record>
Result<std::optional<Record>> decoded(const std::optional<Bytes>& bytes) {
  if (!bytes) return std::optional<Record>();
  ICN_TRY_ASSIGN(record, codec::decode_record<Record>(*bytes));
  return std::optional<Record>(std::move(record));
}

std::string text_of(const Did& did) { return did.text(); }
std::string text_of(const std::string& text) { return text; }
std::string text_of(std::uint64_t number) { return std::to_string(number); }

// "table/part/part" of a row's key.
template <typename... Parts>
Result<std::string> path_of(std::string_view name, ByteView key) {
  std::tuple<Parts...> parts;
  const bool is_key = std::apply([&](Parts&... each) { return storage::parse_key(key, each...); }, parts);
  if (!is_key) return Error(kBroken, "a row of " + std::string(name) + " has another key");
  std::string out(name);
  std::apply([&](const Parts&... each) { ((out += "/" + text_of(each)), ...); }, parts);
  return out;
}

void add(std::vector<Difference>& out, std::string path, std::optional<Json> before,
         std::optional<Json> after) {
  const bool is_same =
      before && after ? codec::write_json(*before) == codec::write_json(*after) : !before && !after;
  if (!is_same) out.push_back({std::move(path), std::move(before), std::move(after)});
}

// The rows of a table whose key has the parts `Parts`; `show` makes JSON of a record.
template <typename Record, typename... Parts, typename Show>
Result<void> add_rows(const ledger::View& view, const storage::TableSchema& table, std::string_view name,
                      const Show& show, std::vector<Difference>& out) {
  return view.changes_since(
      0, table,
      [&](ByteView key, const std::optional<Bytes>& was, const std::optional<Bytes>& is) -> Result<void> {
        ICN_TRY_ASSIGN(path, path_of<Parts...>(name, key));
        ICN_TRY_ASSIGN(before, decoded<Record>(was));
        ICN_TRY_ASSIGN(after, decoded<Record>(is));
        const auto shown = [&](const std::optional<Record>& record) {
          return record ? std::optional<Json>(show(*record)) : std::nullopt;
        };
        add(out, std::move(path), shown(before), shown(after));
        return {};
      });
}

template <typename Record, typename... Parts>
Result<void> add_rows(const ledger::View& view, const storage::TableSchema& table, std::string_view name,
                      std::vector<Difference>& out) {
  return add_rows<Record, Parts...>(
      view, table, name, [](const Record& row) { return to_json(row); }, out);
}

// A record holds what was at its last write: mana has grown since.
Result<void> add_accounts(const ledger::BlockContext& block, const ledger::View& view,
                          std::vector<Difference>& out) {
  std::vector<Difference> locks;
  const auto one = [&](ByteView key, const std::optional<Bytes>& was,
                       const std::optional<Bytes>& is) -> Result<void> {
    ICN_TRY_ASSIGN(did, path_of<Did>("", key));
    ICN_TRY_ASSIGN(before, decoded<economics::Account>(was));
    ICN_TRY_ASSIGN(after, decoded<economics::Account>(is));
    std::optional<Json> balances[2];
    Json locked[2] = {to_json(Millimana{}), to_json(Millimana{})};
    for (auto* account : {&before, &after}) {
      if (!*account) continue;
      const int side = account == &before ? 0 : 1;
      settle_time(**account, block.time);
      balances[side] = to_json((*account)->balance);
      locked[side] = to_json((*account)->locked);
    }
    add(out, "balances" + did, balances[0], balances[1]);
    add(locks, "locked" + did, locked[0], locked[1]);
    return {};
  };
  ICN_TRY(view.changes_since(0, economics::kAccounts.schema(), one));
  out.insert(out.end(), std::make_move_iterator(locks.begin()), std::make_move_iterator(locks.end()));
  return {};
}

// Of whom nothing is known the reputation is that of a beginner.
Result<void> add_reputations(const ledger::BlockContext& block, const ledger::View& view,
                             std::vector<Difference>& out) {
  const auto show = [&](const std::optional<reputation::Standing>& given) {
    const reputation::Standing standing = given.value_or(reputation::Standing{});
    return Json::object({{"score", to_json(reputation::score_at(standing, block.time))},
                         {"contested", std::uint64_t{standing.contested}},
                         {"frozen_until_secs", standing.frozen_until_secs}});
  };
  const auto one = [&](ByteView key, const std::optional<Bytes>& was,
                       const std::optional<Bytes>& is) -> Result<void> {
    ICN_TRY_ASSIGN(path, path_of<Did>("reputation", key));
    ICN_TRY_ASSIGN(before, decoded<reputation::Standing>(was));
    ICN_TRY_ASSIGN(after, decoded<reputation::Standing>(is));
    add(out, std::move(path), show(before), show(after));
    return {};
  };
  return view.changes_since(0, reputation::kStandings.schema(), one);
}

Result<void> add_credentials(const ledger::View& view, std::vector<Difference>& out) {
  const auto one = [&](ByteView, const std::optional<Bytes>& was,
                       const std::optional<Bytes>& is) -> Result<void> {
    ICN_TRY_ASSIGN(before, decoded<credentials::CredentialRecord>(was));
    ICN_TRY_ASSIGN(after, decoded<credentials::CredentialRecord>(is));
    const auto shown = [](const std::optional<credentials::CredentialRecord>& record) {
      return record ? std::optional<Json>(std::string(codec::enum_name(shown_status(*record))))
                    : std::nullopt;
    };
    const auto& known = after ? after : before;
    if (known) add(out, "credentials/" + known->cid.to_string(), shown(before), shown(after));
    return {};
  };
  return view.changes_since(0, credentials::kCredentials.schema(), one);
}

}  // namespace

Result<std::vector<Difference>> differences(const ledger::BlockContext& block, const ledger::View& view) {
  std::vector<Difference> out;
  ICN_TRY((add_rows<ledger::StoredParameter, std::string>(
      view, ledger::kParameters.schema(), "parameters", [](const auto& row) { return Json(row.value); },
      out)));
  ICN_TRY((add_rows<Member, std::string, Did>(view, kMembers.schema(), "members", out)));
  ICN_TRY((add_rows<SoftwareUpgrade, std::string>(view, kSoftwareUpgrades.schema(), "upgrades", out)));
  ICN_TRY((add_rows<Amendment, std::string>(view, kAmendments.schema(), "amendments", out)));
  ICN_TRY((add_rows<Application, std::string, Did>(view, kApplications.schema(), "applications", out)));
  ICN_TRY(add_accounts(block, view, out));
  using economics::kPenalties, economics::kVouches;
  ICN_TRY((add_rows<economics::Penalty, Did, std::string>(view, kPenalties.schema(), "penalties", out)));
  ICN_TRY((add_rows<economics::Vouch, Did>(view, kVouches.schema(), "vouches", out)));
  ICN_TRY(add_reputations(block, view, out));
  using reputation::kAppeals, reputation::kEvents;
  ICN_TRY(
      (add_rows<reputation::Event, Did, std::uint64_t>(view, kEvents.schema(), "reputation_events", out)));
  ICN_TRY((add_rows<reputation::Appeal, Did, std::uint64_t>(view, kAppeals.schema(), "appeals", out)));
  ICN_TRY(add_credentials(view, out));
  ICN_TRY((add_rows<Emergency, std::string>(view, kEmergencies.schema(), "emergencies", out)));
  return out;
}

}  // namespace icn::governance
