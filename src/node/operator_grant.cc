#include "node/operator_grant.h"

namespace icn::node {
namespace {

codec::Json enrolled(const Did& did) {
  return codec::Json::object({{"members", codec::Json::array({codec::Json::object({{"did", did.text()}})})}});
}

}  // namespace

void OperatorGrant::grant(const Did& did, Executor& executor, std::function<void(const Result<void>&)> done) {
  const auto store = writer_.ledger().store();
  if (!store.ok()) return done(store.error());
  const auto vouches = writer_.ledger().rules().economy.vouches_for(**store, custody_.node_did());
  if (!vouches.ok()) return done(vouches.error());
  if (!*vouches) return done({});
  const ledger::Custody::Key key = custody_.node_key();
  // A member gets the start grant as such.
  const bool is_open = writer_.ledger().published()->parameters.governance_open_membership != 0;
  auto transaction = is_open ? writer_.make(custody_.node_did(), key, "governance.enroll", enrolled(did))
                             : writer_.make(custody_.node_did(), key, "economics.grant",
                                            codec::Json::object({{"to", did.text()}}));
  if (!transaction.ok()) return done(transaction.error());
  gateway_.submit_own(executor, std::move(transaction).value(), key.secret.public_key(),
                      [done = std::move(done)](const Result<ledger::Commitment>& result) {
                        if (!result.ok()) return done(result.error());
                        done(result->outcome.ok ? Result<void>() : Result<void>(result->outcome.error()));
                      });
}

}  // namespace icn::node
