#include "node/operator_admission.h"

#include "governance/errors.h"

namespace icn::node {
namespace {

using codec::Json;
using identity::InvitedDid;
using identity::InvitedState;
using Wanted = identity::Admissions::Wanted;

Json::Array texts(const std::vector<std::string>& list) { return {list.begin(), list.end()}; }

// One of them at a time: that one is a member already must not keep the others out.
Json enrolled(const Wanted& wanted, const Did& did) {
  Json person = Json::object({{"did", did.text()}, {"roles", texts(wanted.roles)}});
  return Json::object({{"scope", wanted.scope}, {"members", Json::array({std::move(person)})}});
}

InvitedDid answer_of(const Wanted& wanted, const Did& did, const Result<void>& enrolled) {
  InvitedDid out{did, wanted.scope, InvitedState::kMember, {}, {}};
  if (enrolled.ok() || enrolled.error().is(governance::kMemberExists)) return out;
  out.state = InvitedState::kRefused;
  out.reason = enrolled.error().detail();
  const bool members_decide =
      enrolled.error().is(governance::kNotEmpty) || enrolled.error().is(governance::kNotOperator);
  if (!members_decide) return out;
  out.state = InvitedState::kByVote;
  out.action = Json::object({{"type", "AdmitMember"},
                             {"data", Json::object({{"did", did.text()}, {"roles", texts(wanted.roles)}})}});
  return out;
}

// Goes through the DIDs in their order: those that are named first found a scope that has no members.
class Run : public std::enable_shared_from_this<Run> {
 public:
  Run(ledger::Writer& writer, ledger::Gateway& gateway, const identity::NodeCustody& custody, Wanted wanted,
      Executor& executor, std::function<void(std::vector<InvitedDid>)> done)
      : writer_(writer),
        gateway_(gateway),
        custody_(custody),
        wanted_(std::move(wanted)),
        executor_(executor),
        done_(std::move(done)) {}

  void next() {
    if (answers_.size() == wanted_.dids.size()) return done_(std::move(answers_));
    const ledger::Custody::Key key = custody_.node_key();
    auto made = writer_.make(custody_.node_did(), key, "governance.enroll",
                             enrolled(wanted_, wanted_.dids[answers_.size()]));
    if (!made.ok()) return take(made.error());
    gateway_.submit_own(
        executor_, std::move(made).value(), key.secret.public_key(),
        [self = shared_from_this()](const Result<ledger::Commitment>& result) {
          if (!result.ok()) return self->take(result.error());
          self->take(result->outcome.ok ? Result<void>() : Result<void>(result->outcome.error()));
        });
  }

 private:
  void take(const Result<void>& enrolled) {
    answers_.push_back(answer_of(wanted_, wanted_.dids[answers_.size()], enrolled));
    next();
  }

  ledger::Writer& writer_;
  ledger::Gateway& gateway_;
  const identity::NodeCustody& custody_;
  Wanted wanted_;
  Executor& executor_;
  std::function<void(std::vector<InvitedDid>)> done_;
  std::vector<InvitedDid> answers_;
};

}  // namespace

void OperatorAdmission::admit(Wanted wanted, Executor& executor,
                              std::function<void(std::vector<InvitedDid>)> done) {
  std::make_shared<Run>(writer_, gateway_, custody_, std::move(wanted), executor, std::move(done))->next();
}

}  // namespace icn::node
