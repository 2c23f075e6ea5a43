#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "codec/values.h"
#include "ledger/context.h"
#include "ledger/view.h"

namespace icn::ledger {

// One kind of transaction in its three stages: check sees no state, precheck reads, apply writes.
// apply answers the outcome as a JSON object. A failure of precheck or apply is recorded as the
// outcome; what apply had written is undone.
struct TransactionType {
  std::uint16_t number;  // never reused
  std::string_view name;
  bool governable;  // may be the action of a proposal
  std::string_view doc;
  Result<std::unique_ptr<TransactionBody>> (*decode)(const codec::Json&);
  Result<void> (*check)(const Transaction&, const TransactionBody&);
  Result<void> (*precheck)(const ApplyContext&, const TransactionBody&, const View&);
  Result<std::string> (*apply)(const ApplyContext&, const TransactionBody&, View&);
  bool has_outcome_each =
      false;  // its parts succeed and fail by themselves; apply refuses nothing for want of mana
};

// Makes a row from a struct that has `Body` (described), `Output` (described) and the static functions
//   Result<void> check(const Transaction&, const Body&);
//   Result<void> precheck(const ApplyContext&, const Body&, const View&);
//   Result<Output> apply(const ApplyContext&, const Body&, View&);
// and, where it is so, `static constexpr bool has_outcome_each = true`.
template <typename Type>
TransactionType make_transaction_type(std::uint16_t number, std::string_view name, bool governable,
                                      std::string_view doc) {
  struct Holder final : TransactionBody {
    explicit Holder(typename Type::Body held) : value(std::move(held)) {}
    typename Type::Body value;
  };
  constexpr bool has_outcome_each = requires { requires Type::has_outcome_each; };
  return {number,
          name,
          governable,
          doc,
          [](const codec::Json& json) -> Result<std::unique_ptr<TransactionBody>> {
            ICN_TRY_ASSIGN(body, codec::from_json<typename Type::Body>(json));
            return std::unique_ptr<TransactionBody>(std::make_unique<Holder>(std::move(body)));
          },
          [](const Transaction& transaction, const TransactionBody& body) {
            return Type::check(transaction, static_cast<const Holder&>(body).value);
          },
          [](const ApplyContext& context, const TransactionBody& body, const View& view) {
            return Type::precheck(context, static_cast<const Holder&>(body).value, view);
          },
          [](const ApplyContext& context, const TransactionBody& body, View& view) -> Result<std::string> {
            ICN_TRY_ASSIGN(output, Type::apply(context, static_cast<const Holder&>(body).value, view));
            return codec::to_json_text(output);
          },
          has_outcome_each};
}

// The types a ledger knows. Two rows with one number or name are a programmer error (abort).
class TransactionTypes {
 public:
  explicit TransactionTypes(std::vector<TransactionType> rows);
  // Null: unknown.
  const TransactionType* find(std::string_view name) const;
  const std::vector<TransactionType>& rows() const { return rows_; }
  std::string names() const;

 private:
  std::vector<TransactionType> rows_;
};

}  // namespace icn::ledger
