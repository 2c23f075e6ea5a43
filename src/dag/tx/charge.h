#pragma once

#include <vector>

#include "base/mana.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::dag {

// "dag.charge": the home node of some accounts burns what they owe for block writes, once a minute. An
// account that has less gives all it has available; what is missing is named. Source: domain.md 5,
// design.md 6. Until accounts name their home nodes, that is the network's operator.
//   check      malformed (no or more than 1,000 items, an account twice)
//   precheck   not_home_node
struct Charge {
  struct Item {
    Did account;
    Millimana amount;
    std::uint64_t blocks = 0;
    std::uint64_t bytes = 0;
    static constexpr auto fields() {
      using codec::field;
      return described(field("account", &Item::account, "DID that wrote"),
                       field("amount", &Item::amount, "mana owed", {1, kMillimanaMax.value}),
                       field("blocks", &Item::blocks, "blocks written"),
                       field("bytes", &Item::bytes, "bytes written"));
    }
  };
  struct Body {
    std::vector<Item> items;
    static constexpr auto fields() {
      return described(codec::field("items", &Body::items, "one an account", {1, 1'000}));
    }
  };
  struct Unpaid {
    Did account;
    Millimana amount;
    static constexpr std::string_view schema_name = "UnpaidCharge";
    static constexpr auto fields() {
      return described(codec::field("account", &Unpaid::account), codec::field("amount", &Unpaid::amount));
    }
  };
  struct Output {
    Millimana burned;
    std::vector<Unpaid> unpaid;
    static constexpr std::string_view schema_name = "ChargeResult";
    static constexpr auto fields() {
      return described(codec::field("burned", &Output::burned, "mana burned altogether"),
                       codec::field("unpaid", &Output::unpaid, "what accounts did not have"));
    }
  };

  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::dag
