#include "federation/misconduct.h"

#include <algorithm>

#include "codec/fields.h"
#include "economics/books.h"
#include "economics/formula.h"
#include "federation/validators.h"

namespace icn::federation {
namespace {

constexpr std::string_view kAttack = "light_client_attack";
constexpr std::size_t kAddressBytes = 20;

// CometBFT's address of a validator: the first 20 bytes of the SHA-256 of its key.
bool has_address(const Validator& validator, const Bytes& address) {
  const crypto::Hash hash = crypto::sha256(ByteView(validator.public_key.bytes));
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

// The share of the stake, or of what the account holds if that is less. Locked.
Result<Millimana> lock_share(const ledger::BlockContext& block, const Offence& offence,
                             const std::string& reference, ledger::View& view,
                             std::vector<ledger::Event>& events) {
  economics::Books books(block, view, &events);
  ICN_TRY_ASSIGN(account, books.find(offence.operator_did));
  if (account == nullptr) return Millimana{};
  const ledger::Parameters& parameters = *block.parameters;
  const Millimana stake = std::min(Millimana{parameters.federation_stake},
                                   economics::available_at(*account, block.running_secs()));
  const Millimana share =
      economics::share_of(stake, offence.kind == kAttack ? parameters.federation_attack_ppm
                                                         : parameters.federation_double_vote_ppm);
  if (share.value <= 0) return Millimana{};
  ICN_TRY(books.lock(offence.operator_did, share, reference));
  ICN_TRY(books.finish());
  return share;
}

}  // namespace

Result<void> punish(const ledger::BlockContext& block, const ledger::Misconduct& misconduct,
                    ledger::View& view, std::vector<ledger::Event>& events) {
  const OffenceKey key{misconduct.address.bytes, misconduct.height, misconduct.kind};
  ICN_TRY_ASSIGN(is_known, kOffences.contains(view, key));
  if (is_known) return {};
  ICN_TRY_ASSIGN(validators, load_validators(view));
  const auto found = std::ranges::find_if(
      validators, [&](const Validator& each) { return has_address(each, misconduct.address.bytes); });
  if (found == validators.end()) return {};
  Offence offence;
  offence.kind = misconduct.kind;
  offence.organization = found->organization;
  offence.operator_did = found->operator_did;
  offence.engine_height = misconduct.height;
  offence.found_at = block.time;
  ICN_TRY_ASSIGN(locked, lock_share(block, offence, reference_of(key), view, events));
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

std::vector<ledger::DueHandler> due_handlers() { return {{kOffenceDue, &burn}}; }

}  // namespace icn::federation
