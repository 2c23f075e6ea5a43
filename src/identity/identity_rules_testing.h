#pragma once

#include <string>
#include <vector>

#include "identity/guardianship.h"
#include "identity/key_resolver.h"
#include "identity/operations.h"
#include "identity/tx/change_services.h"
#include "identity/tx/create_did.h"
#include "identity/tx/deactivate_did.h"
#include "identity/tx/manage_did.h"
#include "identity/tx/recover.h"
#include "identity/tx/rotate_key.h"
#include "identity/tx/set_controllers.h"
#include "identity/tx/set_guardians.h"
#include "ledger/rules.h"

// The rules of a ledger of DIDs, with accounts that only count, for tests.
namespace icn::identity::testing {

inline constexpr TimestampSecs kGenesisTime = 1'700'000'000;
inline constexpr ErrorKind kNoMana{Category::kPayment, "exceeds_balance", "not enough mana"};

struct Balance {
  std::int64_t millimana = 0;
  static constexpr auto fields() { return described(codec::field("millimana", &Balance::millimana)); }
};
inline const ledger::Table<Did, Balance> kBalances{59, "test_balances"};

inline Result<void> burn_fee(const ledger::BlockContext&, ledger::View& view, const Did& payer, Millimana fee,
                             std::string_view, const std::string&) {
  ICN_TRY_ASSIGN(balance, kBalances.get(view, payer));
  if (!balance || balance->millimana < fee.value) return Error(kNoMana, payer.text() + " has too little");
  return kBalances.put(view, payer, {balance->millimana - fee.value});
}
inline Result<bool> has_account(const ledger::View& view, const Did& did) {
  return kBalances.contains(view, did);
}
inline Result<void> grant_start(const ledger::BlockContext&, ledger::View& view, const Did& did,
                                const std::string&) {
  return kBalances.put(view, did, {1'750'000});
}

// As the registry does it.
template <typename Type>
struct Held : Type {
  static Result<void> precheck(const ledger::ApplyContext& context, const typename Type::Body& body,
                               const ledger::View& view) {
    ICN_TRY(check_not_frozen(context, view));
    return Type::precheck(context, body, view);
  }
};

// Frozen DIDs are nobody's case here.
inline std::vector<ledger::DueHandler> handlers_and_a_judge() {
  std::vector<ledger::DueHandler> out = due_handlers();
  out.push_back({kFrozenDue, [](const ledger::BlockContext&, const std::string&, ledger::View&,
                                std::vector<ledger::Event>&) { return Result<void>(); }});
  return out;
}

inline ledger::Rules make_rules() {
  using ledger::make_transaction_type;
  return {ledger::TransactionTypes({
              make_transaction_type<Held<CreateDid>>(20, "identity.create", false, "makes a DID"),
              make_transaction_type<Held<RotateKey>>(21, "identity.rotate", false, "gives it a new key"),
              make_transaction_type<Held<DeactivateDid>>(22, "identity.deactivate", false, "ends it"),
              make_transaction_type<Held<ChangeServices>>(23, "identity.services", false, "its services"),
              make_transaction_type<Held<SetControllers>>(28, "identity.controllers", false, "controllers"),
              make_transaction_type<Held<ManageDid>>(29, "identity.manage", false, "by a controller"),
              make_transaction_type<Held<SetGuardians>>(30, "identity.guardians", false, "guardians"),
              make_transaction_type<Held<RecoverDid>>(31, "identity.recover", false, "asks for a key"),
              make_transaction_type<Held<ApproveRecovery>>(32, "identity.approve_recovery", false, "agrees"),
              make_transaction_type<Held<CancelRecovery>>(33, "identity.cancel_recovery", false, "stops it"),
          }),
          handlers_and_a_judge(),
          invariants(),
          {},
          &resolve_key,
          {&burn_fee, &has_account, &grant_start}};
}

}  // namespace icn::identity::testing
