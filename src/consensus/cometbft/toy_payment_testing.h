#pragma once

#include "ledger/toy_domain.h"

// The toy ledger with a transaction that is refused for want of means.
namespace icn::consensus::followed {

namespace toy = ledger::toy;

// Takes from the counter "purse".
inline constexpr ErrorKind kPoor{Category::kPayment, "poor", "not enough in the purse"};
struct Pay {
  struct Body {
    std::int64_t amount = 0;
    static constexpr auto fields() { return described(codec::field("amount", &Body::amount)); }
  };
  using Output = toy::Counter;
  static Result<void> check(const ledger::Transaction&, const Body&) { return {}; }
  static Result<void> precheck(const ledger::ApplyContext&, const Body&, const ledger::View&) { return {}; }
  static Result<Output> apply(const ledger::ApplyContext&, const Body& body, ledger::View& view) {
    ICN_TRY_ASSIGN(purse, toy::kCounters.get(view, "purse"));
    const Output now{(purse ? purse->value : 0) - body.amount};
    if (now.value < 0) return Error(kPoor, std::to_string(-now.value) + " too little");
    ICN_TRY(toy::kCounters.put(view, "purse", now));
    return now;
  }
};

inline ledger::Rules paying_rules() {
  ledger::Rules out = toy::rules();
  std::vector<ledger::TransactionType> types = out.types.rows();
  types.push_back(ledger::make_transaction_type<Pay>(998, "toy.pay", false, "takes from the purse"));
  out.types = ledger::TransactionTypes(std::move(types));
  return out;
}

}  // namespace icn::consensus::followed
