#include "economics/tx/declare.h"

#include "economics/accounts.h"
#include "economics/errors.h"

namespace icn::economics {

// Means are made of what accounts declare: keys that nobody knows could move them as they like.
Result<void> DeclareCapacity::precheck(const ledger::ApplyContext& context, const Body&,
                                       const ledger::View& view) {
  ICN_TRY_ASSIGN(is_verified, may_pay(view, context.sender()));
  return is_verified ? Result<void>() : Result<void>(Error(kNotVerified));
}

Result<DeclareCapacity::Output> DeclareCapacity::apply(const ledger::ApplyContext& context, const Body& body,
                                                       ledger::View& view) {
  ICN_TRY_ASSIGN(kept, declare_capacity(context.block, view, context.sender(), body));
  Output output;
  output.did = context.sender();
  if (kept) {
    output.declared = kept->declared;
    output.counted = kept->counted;
  }
  return output;
}

}  // namespace icn::economics
