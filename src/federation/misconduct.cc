#include "federation/misconduct.h"

#include <algorithm>

#include "codec/fields.h"
#include "economics/accounts.h"
#include "economics/books.h"
#include "economics/formula.h"
#include "federation/errors.h"
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

// As offence_name() writes it. None: something else.
std::optional<OffenceKey> read_reference(const std::string& text) {
  const std::size_t first = text.find(' ');
  const std::size_t second = text.rfind(' ');
  if (first == std::string::npos || second <= first) return std::nullopt;
  const auto address = hex_decode(text.substr(first + 1, second - first - 1));
  if (!address.ok()) return std::nullopt;
  const auto height = codec::read_uint64(codec::Json::Number{text.substr(second + 1)});
  if (!height.ok()) return std::nullopt;
  return OffenceKey{*address, *height, text.substr(0, first)};
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

// Who answers for a validator, and with what is locked already: as a member, and of what has left.
struct Culprit {
  Did organization;
  Did operator_did;
  std::optional<Member> member;
  std::vector<LeavingStake> leaving;

  Millimana stake() const {
    Millimana out = member ? member->stake : Millimana{};
    for (const LeavingStake& each : leaving) out += each.amount;
    return out;
  }
};

Result<Culprit> culprit_of(const ledger::View& view, const Did& organization, const Did& operator_did) {
  Culprit out{organization, operator_did, {}, {}};
  ICN_TRY_ASSIGN(member, kMembers.get(view, organization));
  if (member && member->operator_did == operator_did) out.member = std::move(member);
  ICN_TRY_ASSIGN(rows, kLeavingStakes.scan(view, {}));
  while (true) {
    ICN_TRY_ASSIGN(leaving, rows.next());
    if (!leaving) return out;
    if (leaving->organization == organization && leaving->operator_did == operator_did)
      out.leaving.push_back(std::move(*leaving));
  }
}

// None: no validator of now, nor one that is still answered for, has this address.
Result<std::optional<Culprit>> find_culprit(const ledger::View& view, const Bytes& address) {
  ICN_TRY_ASSIGN(validators, load_validators(view));
  for (const Validator& each : validators) {
    if (!has_address(each.public_key, address)) continue;
    ICN_TRY_ASSIGN(culprit, culprit_of(view, each.organization, each.operator_did));
    return std::optional(std::move(culprit));
  }
  ICN_TRY_ASSIGN(former, load_former(view));
  for (const auto& [key, each] : former) {
    if (!has_address({key}, address)) continue;
    ICN_TRY_ASSIGN(culprit, culprit_of(view, each.organization, each.operator_did));
    return std::optional(std::move(culprit));
  }
  return std::optional<Culprit>();
}

// `amount` is at most what it has at stake. What comes free soonest is taken last.
Result<void> take_of_stake(ledger::View& view, Culprit culprit, Millimana amount) {
  if (culprit.member) {
    const Millimana taken = std::min(amount, culprit.member->stake);
    culprit.member->stake -= taken;
    amount -= taken;
    ICN_TRY(kMembers.put(view, culprit.organization, *culprit.member));
  }
  for (auto each = culprit.leaving.rbegin(); each != culprit.leaving.rend() && amount.value > 0; ++each) {
    const Millimana taken = std::min(amount, each->amount);
    each->amount -= taken;
    amount -= taken;
    ICN_TRY(kLeavingStakes.put(view, each->key, *each));
  }
  if (amount.value == 0) return {};
  return Error(errors::kInternal, "more is taken of a stake than there is");
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
  const Millimana held = culprit.stake() + economics::available_at(*account, block.running_secs());
  const Millimana share = economics::share_of(
      std::min(Millimana{parameters.federation_stake}, held),
      offence.kind == kAttack ? parameters.federation_attack_ppm : parameters.federation_double_vote_ppm);
  if (share.value <= 0) return Millimana{};
  const Millimana of_stake = std::min(share, culprit.stake());
  if (share > of_stake) ICN_TRY(books.lock(offence.operator_did, share - of_stake, reference));
  ICN_TRY(books.finish());
  ICN_TRY(take_of_stake(view, culprit, of_stake));
  return share;
}

}  // namespace

std::string offence_name(const OffenceKey& key) {
  const auto& [address, height, kind] = key;
  return kind + " " + hex_encode(address) + " " + std::to_string(height);
}

Result<Offence> load_offence(const ledger::Reader& state, const std::string& name) {
  const auto key = read_reference(name);
  if (!key) return Error(kOffenceNotFound, "there is no offence \"" + name + "\"");
  ICN_TRY_ASSIGN(offence, kOffences.get(state, *key));
  if (!offence) return Error(kOffenceNotFound, "there is no offence \"" + name + "\"");
  return std::move(*offence);
}

Result<void> check_penalty(const ledger::Reader& state, const std::string& name) {
  ICN_TRY_ASSIGN(offence, load_offence(state, name));
  if (offence.locked.value > 0) return {};
  return Error(kPenaltyClosed, offence.lifted_at != 0     ? "the penalty was taken back"
                               : offence.burned.value > 0 ? "the penalty was burned"
                                                          : "nothing was locked");
}

Result<void> lift_penalty(const ledger::BlockContext& block, const std::string& name, ledger::View& view,
                          std::vector<ledger::Event>& events) {
  ICN_TRY(check_penalty(view, name));
  ICN_TRY_ASSIGN(offence, load_offence(view, name));
  ICN_TRY(ledger::unschedule(view, offence.burn_secs, kOffenceDue, name));
  ICN_TRY_ASSIGN(member, kMembers.get(view, offence.organization));
  const Millimana full{block.parameters->federation_stake};
  Millimana again;  // at stake
  if (member && member->operator_did == offence.operator_did && member->stake < full) {
    again = std::min(offence.locked, full - member->stake);
    member->stake += again;
    ICN_TRY(kMembers.put(view, offence.organization, *member));
  }
  if (offence.locked > again)
    ICN_TRY(economics::release(block, view, &events, offence.operator_did, offence.locked - again, name));
  offence.locked = {};
  offence.lifted_at = block.time;
  return kOffences.put(view, *read_reference(name), offence);
}

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
  ICN_TRY_ASSIGN(locked, lock_share(block, offence, *culprit, offence_name(key), view, events));
  offence.locked = locked;
  if (locked.value > 0) {
    offence.burn_secs =
        block.running_secs() + static_cast<std::uint64_t>(block.parameters->federation_contest_secs);
    ICN_TRY(ledger::schedule(view, block, offence.burn_secs, kOffenceDue, offence_name(key)));
  }
  events.push_back(
      {"NetworkEvent", codec::write_json(codec::Json::object({{"kind", misconduct.kind},
                                                              {"organization", offence.organization.text()},
                                                              {"engine_height", misconduct.height}}))});
  return kOffences.put(view, key, offence);
}

std::vector<ledger::DueHandler> due_handlers() {
  return {{kOffenceDue, &burn}, {kStakeDue, &free_stake}, {kFormerDue, &forget_former}};
}

}  // namespace icn::federation
