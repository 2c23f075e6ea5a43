#include "consensus/cometbft/admission.h"

#include <algorithm>

#include "ledger/errors.h"

namespace icn::consensus {
namespace {

// What a node does to its own copy of the ledger when it goes on without the others.
constexpr std::string_view kOfNodesAlone = "federation.depart";
// Of their canonical form; parsed, a transaction takes some times as much.
constexpr std::size_t kRememberedBytesMax = 16 << 20;

}  // namespace

Result<void> check_kind(const ledger::CheckedTransaction& transaction) {
  if (transaction.envelope().type != kOfNodesAlone) return {};
  return Error(ledger::kBadTransaction, "only a node alone does this; no block of a federation holds it");
}

std::string wire_bytes(const ledger::CheckedTransaction& transaction) {
  // "signature" sorts before "type", the last member, and after all others.
  const std::string_view canonical = transaction.canonical();
  const std::size_t type_size =
      std::string_view(R"(,"type":""})").size() + transaction.envelope().type.size();
  ICN_ASSERT(canonical.size() > type_size);
  const std::size_t place = canonical.size() - type_size;
  std::string out;
  out.reserve(canonical.size() + 144);
  out += canonical.substr(0, place);
  out += R"(,"signature":")";
  out += hex_encode(transaction.envelope().signature.bytes);
  out += '"';
  out += canonical.substr(place);
  return out;
}

TransactionPtr Admission::recall(const crypto::Hash& wire_hash) {
  const std::lock_guard lock(mutex_);
  if (const auto found = young_.find(wire_hash); found != young_.end()) return found->second;
  const auto found = old_.find(wire_hash);
  return found == old_.end() ? nullptr : found->second;
}

void Admission::remember_hash(const crypto::Hash& wire_hash, TransactionPtr transaction) {
  const std::lock_guard lock(mutex_);
  if (young_.size() >= remembered_max_ || young_bytes_ >= kRememberedBytesMax) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += transaction->canonical().size();
  young_.insert_or_assign(wire_hash, std::move(transaction));
}

void Admission::forget(std::span<const TransactionPtr> transactions) {
  std::vector<crypto::Hash> hashes;
  for (const TransactionPtr& each : transactions)
    hashes.push_back(crypto::sha256(as_bytes(wire_bytes(*each))));
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < hashes.size(); ++i) {
    if (young_.erase(hashes[i]) == 1)
      young_bytes_ -= std::min(young_bytes_, transactions[i]->canonical().size());
    old_.erase(hashes[i]);
  }
}

void Admission::remember(std::string_view wire, const TransactionPtr& transaction) {
  remember_hash(crypto::sha256(as_bytes(wire)), transaction);
}

Result<std::shared_ptr<ledger::CheckedTransaction>> Admission::parse(std::string_view wire,
                                                                     const ledger::Reader& state) const {
  ICN_TRY_ASSIGN(transaction, ledger::CheckedTransaction::parse(rules_.types, wire));
  if (wire_bytes(*transaction) != wire)
    return Error(ledger::kBadTransaction, "the bytes are not its canonical JSON");
  const ledger::Transaction& envelope = transaction->envelope();
  ICN_TRY_ASSIGN(key, rules_.resolve_key(state, envelope.sender, envelope.key));
  transaction->set_verified_key(key);
  return std::move(transaction);
}

std::vector<Result<TransactionPtr>> Admission::read(std::span<const std::string_view> wires,
                                                    const ledger::Reader& state) {
  struct Unverified {
    std::size_t index;
    crypto::Hash wire_hash;
  };
  std::vector<Result<TransactionPtr>> out;
  std::vector<Unverified> unverified;
  std::vector<crypto::SignedMessage> messages;
  out.reserve(wires.size());
  for (const std::string_view wire : wires) {
    const crypto::Hash wire_hash = crypto::sha256(as_bytes(wire));
    if (TransactionPtr known = recall(wire_hash)) {
      const ledger::Transaction& envelope = known->envelope();
      auto key = rules_.resolve_key(state, envelope.sender, envelope.key);
      if (!key.ok()) {
        out.emplace_back(key.error());
        continue;
      }
      if (*key == known->verified_key()) {
        out.emplace_back(std::move(known));
        continue;
      }
    }
    auto parsed = parse(wire, state);
    if (!parsed.ok()) {
      out.emplace_back(parsed.error());
      continue;
    }
    messages.push_back(ledger::signed_message(**parsed));
    unverified.push_back({out.size(), wire_hash});
    out.emplace_back(TransactionPtr(std::move(parsed).value()));
  }
  const std::vector<bool> valid = crypto::verify_batch(messages);
  for (std::size_t i = 0; i < unverified.size(); ++i) {
    Result<TransactionPtr>& answer = out[unverified[i].index];
    if (valid[i])
      remember_hash(unverified[i].wire_hash, *answer);
    else
      answer = Error(ledger::kBadSignature);
  }
  return out;
}

}  // namespace icn::consensus
