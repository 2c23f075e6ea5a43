#include "economics/balance_change.h"

namespace icn::economics {

// Books::tell writes the members in a fixed order: `{"did":"...","kind":"...","amount":...,`.
std::optional<BalanceChange> read_balance_change(const ledger::Event& event) {
  if (event.type != kBalanceEvent) return std::nullopt;
  const std::string_view data = event.data;
  constexpr std::string_view kKind = ",\"kind\":\"";
  constexpr std::string_view kAmount = "\",\"amount\":";
  const std::size_t kind = data.find(kKind);
  if (kind == std::string_view::npos) return std::nullopt;
  const std::size_t kind_begin = kind + kKind.size();
  const std::size_t amount = data.find(kAmount, kind_begin);
  if (amount == std::string_view::npos) return std::nullopt;
  const std::size_t amount_begin = amount + kAmount.size();
  return BalanceChange{data.substr(kind_begin, amount - kind_begin),
                       data.substr(amount_begin, data.find(',', amount_begin) - amount_begin)};
}

}  // namespace icn::economics
