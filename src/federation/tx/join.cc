#include "federation/tx/join.h"

#include "federation/errors.h"
#include "governance/applications.h"
#include "governance/scope.h"
#include "identity/did.h"
#include "identity/key_resolver.h"

namespace icn::federation {
namespace {

constexpr std::string_view kTicketDomain{"icn:federation-invitation:v1\0", 29};

Error not_valid(const std::string& why) { return Error(kInvitationNotValid, why); }

Result<void> check_ticket(const ledger::ApplyContext& context, const Ticket& ticket,
                          const ledger::View& view) {
  if (ticket.network != context.block.network)
    return not_valid("the invitation is to network \"" + ticket.network + "\"");
  if (ticket.expires <= context.block.time)
    return not_valid("the invitation expired at " + std::to_string(ticket.expires));
  if (ticket.organization && *ticket.organization != context.sender())
    return not_valid("the invitation is for " + ticket.organization->text());
  ICN_TRY_ASSIGN(validators, load_validators(view));
  if (find_operator(validators, ticket.inviter) == nullptr)
    return not_valid(ticket.inviter.text() + " operates no validator");
  const auto key = identity::resolve_key(view, ticket.inviter, ticket.key);
  if (!key.ok()) return not_valid(key.error().detail());
  ICN_TRY_ASSIGN(signature, crypto::Signature::from_bytes(ticket.signature.bytes));
  if (!crypto::verify(*key, ticket_bytes(ticket), signature)) return not_valid("its signature does not hold");
  ICN_TRY_ASSIGN(spent, kSpentTickets.contains(view, ticket.nonce.bytes));
  if (spent) return Error(kInvitationSpent, "the invitation was used; ask for another one");
  return {};
}

// One a sender, so that asking again and again adds nothing.
Change join_change(const ledger::ApplyContext& context, const JoinFederation::Body& body) {
  Change change = new_change(context, ChangeKind::kAdmitMember, context.sender());
  const auto of_sender = crypto::sha256(as_bytes("join " + context.sender().text()));
  change.id = "ch_" + hex_encode(ByteView(of_sender).first(16));
  change.name = body.name;
  change.operator_did = context.sender();
  change.former_network = body.former_network;
  return change;
}

// Asks the members, or takes whom they have decided for.
Result<JoinFederation::Output> join_by_vote(const ledger::ApplyContext& context, ledger::View& view,
                                            const Change& change, JoinFederation::Output output) {
  const std::string scope = governance::federation_scope(context.block.network);
  ICN_TRY_ASSIGN(application, governance::load_application(view, scope, context.sender()));
  if (!application) {
    ICN_TRY(governance::apply_for_membership(context.block, view, scope, context.sender()));
    ICN_TRY_ASSIGN(opened, open_change(context, view, change));
    output.change_id = opened.change_id;
    output.scope = scope;
    return output;
  }
  ICN_TRY(governance::forget_application(view, scope, context.sender()));
  ICN_TRY(admit(context, view, change));
  ICN_TRY(close_change(context, view, change.id));
  output.status = JoinState::kJoined;
  return output;
}

}  // namespace

Bytes ticket_bytes(const Ticket& ticket) {
  codec::Json json = codec::to_json(ticket);
  json.erase("signature");
  Bytes out = to_bytes(as_bytes(kTicketDomain));
  append(out, as_bytes(codec::canonical_json(json)));
  return out;
}

Result<void> JoinFederation::check(const ledger::Transaction& transaction, const Body&) {
  if (auto did = identity::parse_did(transaction.sender.text()); !did.ok())
    return did.error().within("sender");
  return {};
}

Result<void> JoinFederation::precheck(const ledger::ApplyContext& context, const Body& body,
                                      const ledger::View& view) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  if (body.charter_cid.value_or(codec::Cid()) != federation.charter) {
    return Error(kWrongCharter, federation.charter.empty()
                                    ? "charter_cid: the federation has no charter"
                                    : "charter_cid: consent is to " + federation.charter.to_string());
  }
  const Change change = join_change(context, body);
  ICN_TRY(check_applies(view, change));
  if (federation.policy == JoinPolicy::kInviteOnly) {
    if (!body.ticket) return Error(kNotInvited, "ticket: the operator of a validator makes invitations");
    return check_ticket(context, *body.ticket, view);
  }
  if (federation.policy == JoinPolicy::kVote) {
    const std::string scope = governance::federation_scope(context.block.network);
    ICN_TRY_ASSIGN(application, governance::load_application(view, scope, context.sender()));
    if (!application || application->proposal_id) return {};
    return Error(kVoteOpen, "scope " + scope + " has passed no proposal with AdmitMember of " +
                                context.sender().text() + " yet");
  }
  if (federation.policy != JoinPolicy::kApproval) return {};
  ICN_TRY_ASSIGN(open, kChanges.get(view, change.id));
  if (open && status_of(*open, context.block.running_secs()) == ChangeStatus::kOpen)
    return Error(kChangeOpen, change.id + " waits for approvals already");
  return {};
}

Result<JoinFederation::Output> JoinFederation::apply(const ledger::ApplyContext& context, const Body& body,
                                                     ledger::View& view) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  Output output;
  output.faults_tolerated = faults_tolerated(federation.validator_count);
  const Change change = join_change(context, body);
  if (federation.policy == JoinPolicy::kVote) return join_by_vote(context, view, change, std::move(output));
  if (federation.policy == JoinPolicy::kApproval) {
    ICN_TRY_ASSIGN(opened, open_change(context, view, change));
    output.change_id = opened.change_id;
    output.approvals_needed = opened.approvals_needed;
    return output;
  }
  if (federation.policy == JoinPolicy::kInviteOnly)
    ICN_TRY(kSpentTickets.put(view, body.ticket->nonce.bytes, {context.sender(), context.block.time}));
  ICN_TRY(admit(context, view, change));
  output.status = JoinState::kJoined;
  return output;
}

Result<void> LeaveFederation::check(const ledger::Transaction&, const Body&) { return {}; }

Result<void> LeaveFederation::precheck(const ledger::ApplyContext& context, const Body&,
                                       const ledger::View& view) {
  ICN_TRY(load_federation(view));
  ICN_TRY_ASSIGN(member, member_of_operator(view, context.sender()));
  if (!member) return Error(kNotMemberOperator, context.sender().text() + " acts for no member");
  return check_applies(view, new_change(context, ChangeKind::kRemoveMember, member->organization));
}

Result<LeaveFederation::Output> LeaveFederation::apply(const ledger::ApplyContext& context, const Body&,
                                                       ledger::View& view) {
  ICN_TRY_ASSIGN(federation, load_federation(view));
  ICN_TRY_ASSIGN(member, member_of_operator(view, context.sender()));
  if (!member) return Error(kNotMemberOperator, context.sender().text() + " acts for no member");
  ICN_TRY(erase_member(context.block, view, federation, member->organization, context.events));
  return Output{member->organization, federation.validator_count,
                faults_tolerated(federation.validator_count)};
}

}  // namespace icn::federation
