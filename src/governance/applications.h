#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "codec/values.h"
#include "ledger/context.h"
#include "ledger/view.h"

// Who asks to belong to the scope of a federation whose members vote on whom they take. An organisation comes
// in by an act of its own, with its stake and its consent to the charter: a proposal with AdmitMember only
// says that it may. Source: domain.md 10 (join policy Vote).
namespace icn::governance {

// Key (scope, who asks).
struct Application {
  Did did;
  TimestampSecs asked_at = 0;
  std::optional<std::string> proposal_id;  // that decided for it; absent: not decided
  static constexpr auto fields() {
    using codec::field;
    return described(field("did", &Application::did), field("asked_at", &Application::asked_at),
                     field("proposal_id", &Application::proposal_id));
  }
  bool operator==(const Application&) const = default;
};

// None: it does not ask.
Result<std::optional<Application>> load_application(const ledger::Reader& state, const std::string& scope,
                                                    const Did& did);
// Notes that `did` asks; of who asks already nothing changes.
Result<void> apply_for_membership(const ledger::BlockContext& block, ledger::View& view,
                                  const std::string& scope, const Did& did);
// A proposal decided for it.   member_state: it does not ask, or was decided for before
Result<void> accept_application(ledger::View& view, const std::string& scope, const Did& did,
                                const std::string& proposal_id);
Result<void> check_undecided(const ledger::Reader& state, const std::string& scope, const Did& did);
// It came in.
Result<void> forget_application(ledger::View& view, const std::string& scope, const Did& did);

}  // namespace icn::governance
