#include "federation/misconduct.h"

#include <algorithm>

#include "codec/fields.h"
#include "economics/books.h"
#include "economics/formula.h"
#include "federation/stake.h"
#include "federation/validators.h"

namespace icn::federation {
namespace {

constexpr std::string_view kAttack = "light_client_attack";
constexpr std::size_t kAddressBytes = 20;

// CometBFT's address of a validator: the first 20 bytes of the SHA-256 of its key.
bool has_address(const codec::HexBytes& public_key, const Bytes& address) {
  const crypto::Hash hash = crypto::sha256(ByteView(public_key.bytes));
  return std::ranges::equal(ByteView(hash).first(kAddressBytes), address);
}

std::string reference_of(const OffenceKey& key) {
  const auto& [address, height, kind] = key;
  return kind + " " + hex_encode(address) + " " + std::to_string(height);
}

// "kind address height", as reference_of() writes it. None: something else.
std::optional<OffenceKey> read_reference(const std::string& text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = text.rfind(' ');
  if (first == std::string::npos || second <= first) return std::nullopt;
  const auto address = hex_decode(text.substr(first + 1, second - first - 1));
  if (!address.ok()) return std::nullopt;
  std::uint64_t height = 0;
  for (const char digit : text.substr(second + 1))
    height = height * 10 + static_cast<std::uint64_t>(digit - '0');
  return OffenceKey{*address, height, text.substr(0, first)};
}

Result<void> burn(const ledger::BlockContext& block, const std::string& id, ledger::View& view,
                  std::vector<ledger::Event>& events) {
  const auto key = read_reference(id);
  if (!key) return Error(errors::kInternal, "no offence: " + id);
  ICN_TRY_ASSIGN(offence, kOffences.get(view, *key));
  if (!offence) return Error(errors::kInternal, "no offence: " + id);
  economics::Books books(block, view, &events);
  ICN_TRY(books.slash(offence->operator_did, offence->locked, id));
  ICN_TRY(books.finish());
  offence->burned = offence->locked;
  offence->locked = {};
  return kOffences.put(view, *key, *offence);
}

// Who answers for a validator, and with what is locked already.
struct Culprit {
  Did organization;
  Did operator_did;
  Millimana stake;
  std::string leaving_key;  // of a member that is out; empty: of one that is in
};

// None: no validator of now, nor of a member that has just left, has this address.
Result<std::optional<Culprit>> find_culprit(const ledger::View& view, const Bytes& address) {
  ICN_TRY_ASSIGN(validators, load_validators(view));
  for (const Validator& each : validators) {
    if (!has_address(each.public_key, address)) continue;
    ICN_TRY_ASSIGN(member, kMembers.get(view, each.organization));
    return std::optional(Culprit{each.organization, each.operator_did, member ? member->stake : Millimana{}, ""});
  }
  ICN_TRY_ASSIGN(rows, kLeavingStakes.scan(view, {}));
  while (true) {
    ICN_TRY_ASSIGN(leaving, rows.next());
    if (!leaving) return std::optional<Culprit>();
    if (!leaving->public_key.bytes.empty() && has_address(leaving->public_key, address))
      return std::optional(
          Culprit{leaving->organization, leaving->operator_did, leaving->amount, leaving->key});
  }
}

Result<void> take_of_stake(ledger::View& view, const Culprit& culprit, Millimana amount) {
  if (amount.value == 0) return {};
  if (culprit.leaving_key.empty()) {
    ICN_TRY_ASSIGN(member, kMembers.get(view, culprit.organization));
    if (!member) return Error(errors::kInternal, culprit.organization.text() + " is no member");
    member->stake -= amount;
    return kMembers.put(view, culprit.organization, *member);
  }
  ICN_TRY_ASSIGN(leaving, kLeavingStakes.get(view, culprit.leaving_key));
  if (!leaving) return Error(errors::kInternal, "no stake: " + culprit.leaving_key);
  leaving->amount -= amount;
  return kLeavingStakes.put(view, culprit.leaving_key, *leaving);
}

// The share of federation.stake, or of what the account holds if that is less: of the stake that is locked,
// and what that lacks of the account. All of it is locked afterwards.
Result<Millimana> lock_share(const ledger::BlockContext& block, const Offence& offence,
                             const Culprit& culprit, const std::string& reference, ledger::View& view,
                             std::vector<ledger::Event>& events) {
  economics::Books books(block, view, &events);
  ICN_TRY_ASSIGN(account, books.find(offence.operator_did));
  if (account == nullptr) return Millimana{};
  const ledger::Parameters& parameters = *block.parameters;
  const Millimana held = culprit.stake + economics::available_at(*account, block.running_secs());
  const Millimana share = economics::share_of(
      std::min(Millimana{parameters.federation_stake}, held),
      offence.kind == kAttack ? parameters.federation_attack_ppm : parameters.federation_double_vote_ppm);
  if (share.value <= 0) return Millimana{};
  const Millimana of_stake = std::min(share, culprit.stake);
  if (share > of_stake) ICN_TRY(books.lock(offence.operator_did, share - of_stake, reference));
  ICN_TRY(books.finish());
  ICN_TRY(take_of_stake(view, culprit, of_stake));
  return share;
}

}  // namespace

Result<void> punish(const ledger::BlockContext& block, const ledger::Misconduct& misconduct,
                    ledger::View& view, std::vector<ledger::Event>& events) {
  const OffenceKey key{misconduct.address.bytes, misconduct.height, misconduct.kind};
  ICN_TRY_ASSIGN(is_known, kOffences.contains(view, key));
  if (is_known) return {};
  ICN_TRY_ASSIGN(culprit, find_culprit(view, misconduct.address.bytes));
  if (!culprit) return {};
  Offence offence;
  offence.kind = misconduct.kind;
  offence.organization = culprit->organization;
  offence.operator_did = culprit->operator_did;
  offence.engine_height = misconduct.height;
  offence.found_at = block.time;
  ICN_TRY_ASSIGN(locked, lock_share(block, offence, *culprit, reference_of(key), view, events));
  offence.locked = locked;
  if (locked.value > 0) {
    offence.burn_secs =
        block.running_secs() + static_cast<std::uint64_t>(block.parameters->federation_contest_secs);
    ICN_TRY(ledger::schedule(view, block, offence.burn_secs, kOffenceDue, reference_of(key)));
  }
  events.push_back(
      {"NetworkEvent", codec::write_json(codec::Json::object({{"kind", misconduct.kind},
                                                              {"organization", offence.organization.text()},
                                                              {"engine_height", misconduct.height}}))});
  return kOffences.put(view, key, offence);
}

std::vector<ledger::DueHandler> due_handlers() { return {{kOffenceDue, &burn}, {kStakeDue, &free_stake}}; }

}  // namespace icn::federation
