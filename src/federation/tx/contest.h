#pragma once

#include "federation/changes.h"
#include "ledger/transaction_type.h"

namespace icn::federation {

// "federation.contest": who answers for an offence says that it is none, while its penalty is locked
// (federation.contest_secs). Opens a change that takes the penalty back when more than 2/3 of the validators'
// operators approve it in time; until then nothing is different. Source: domain.md 5 (slashing).
//   precheck   no_federation, offence_not_found, not_answerable, penalty_closed, change_open
struct ContestPenalty {
  struct Body {
    std::string offence;
    std::optional<codec::Cid> reason_cid;
    static constexpr auto fields() {
      using codec::field;
      return described(field("offence", &Body::offence,
                             "kind, address and height, as GET /federation/offences names it", {1, 128}),
                       field("reason_cid", &Body::reason_cid, "block with what is said against it"));
    }
  };
  using Output = ChangeResult;
  static Result<void> check(const ledger::Transaction& transaction, const Body& body);
  static Result<void> precheck(const ledger::ApplyContext& context, const Body& body,
                               const ledger::View& view);
  static Result<Output> apply(const ledger::ApplyContext& context, const Body& body, ledger::View& view);
};

}  // namespace icn::federation
