#pragma once

#include "identity/api/context.h"
#include "identity/custody.h"
#include "ledger/api/writer.h"

namespace icn::node {

// Grants the start mana to new members: "economics.grant" signed by this node, when it is the operator of the
// network or of a member organization; else nothing happens.
class OperatorGrant final : public identity::StartGrant {
 public:
  // All outlive it.
  OperatorGrant(ledger::Writer& writer, ledger::Gateway& gateway, const identity::NodeCustody& custody)
      : writer_(writer), gateway_(gateway), custody_(custody) {}

  void grant(const Did& did, Executor& executor, std::function<void(const Result<void>&)> done) override;

 private:
  ledger::Writer& writer_;
  ledger::Gateway& gateway_;
  const identity::NodeCustody& custody_;
};

}  // namespace icn::node
