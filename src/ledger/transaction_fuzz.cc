#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "ledger/toy_domain.h"
#include "ledger/transaction.h"

// Any bytes as a transaction. What is accepted must come back from its stored form as the same transaction.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const icn::ledger::Rules rules = icn::ledger::toy::rules();
  const auto first = icn::ledger::CheckedTransaction::parse(rules.types, icn::as_text({data, size}));
  if (!first.ok()) return 0;
  const auto again = icn::ledger::CheckedTransaction::from_stored(rules.types, (*first)->canonical(),
                                                                  (*first)->envelope().signature.bytes);
  ICN_ASSERT(again.ok());
  ICN_ASSERT((*again)->hash() == (*first)->hash());
  return 0;
}
