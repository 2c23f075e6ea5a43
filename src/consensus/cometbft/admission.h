#pragma once

#include <array>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ledger/ledger.h"

namespace icn::consensus {

using TransactionPtr = std::shared_ptr<const ledger::CheckedTransaction>;

// bad_transaction: of a type that a federation's blocks never hold ("federation.depart").
Result<void> check_kind(const ledger::CheckedTransaction& transaction);

// The bytes under which a transaction travels between validators: its canonical JSON (RFC 8785), signature
// included. The only form that is admitted.
std::string wire_bytes(const ledger::CheckedTransaction& transaction);

// Reads transactions as they come from other nodes and tells which the ledger may see at all: form, key and
// signature, by the state it is given. Remembers what it has verified until a block holds it, so that a
// transaction which is checked, proposed and executed is parsed and verified once. Thread: any.
class Admission {
 public:
  // Remembers twice `remembered_max` at most, and fewer when they are large.
  Admission(const ledger::Rules& rules, std::size_t remembered_max)
      : rules_(rules), remembered_max_(remembered_max) {}

  // One answer each, in order; signatures are verified as one batch. Errors: bad_transaction,
  // unknown_transaction_type, what a type's check() says, key_not_valid, bad_signature.
  // The same state gives the same answers on every node.
  std::vector<Result<TransactionPtr>> read(std::span<const std::string_view> wires,
                                           const ledger::Reader& state);

  // A transaction that was verified elsewhere.
  void remember(std::string_view wire, const TransactionPtr& transaction);
  // A block holds them: nobody asks again.
  void forget(std::span<const TransactionPtr> transactions);

 private:
  using Generation = std::unordered_map<crypto::Hash, TransactionPtr, crypto::HashOfHash>;

  TransactionPtr recall(const crypto::Hash& wire_hash);
  void remember_hash(const crypto::Hash& wire_hash, TransactionPtr transaction);
  Result<std::shared_ptr<ledger::CheckedTransaction>> parse(std::string_view wire,
                                                            const ledger::Reader& state) const;

  const ledger::Rules& rules_;
  std::size_t remembered_max_;
  std::mutex mutex_;
  Generation young_;
  std::size_t young_bytes_ = 0;
  Generation old_;
};

}  // namespace icn::consensus
