#pragma once

#include "identity/api/context.h"
#include "identity/custody.h"
#include "ledger/api/writer.h"

namespace icn::node {

// Takes who accepts an invitation into its scope: "governance.enroll" signed by this node. The ledger does it
// while the scope has no members and where membership is open; everywhere else members decide, and the
// answer says what to propose to them.
class OperatorAdmission final : public identity::Admissions {
 public:
  // All outlive it.
  OperatorAdmission(ledger::Writer& writer, ledger::Gateway& gateway, const identity::NodeCustody& custody)
      : writer_(writer), gateway_(gateway), custody_(custody) {}

  void admit(Wanted wanted, Executor& executor,
             std::function<void(std::vector<identity::InvitedDid>)> done) override;

 private:
  ledger::Writer& writer_;
  ledger::Gateway& gateway_;
  const identity::NodeCustody& custody_;
};

}  // namespace icn::node
