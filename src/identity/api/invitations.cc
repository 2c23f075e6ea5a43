#include "identity/api/invitations.h"

namespace icn::identity::api {

void CreateInvitation::handle(const Api& api, const http::Call& call, Input input,
                              http::Reply<Output> reply) {
  http::NewInvitation wanted{std::move(input.label),       input.role,       std::move(input.scope),
                             std::move(input.dids),        input.expires_at, input.key_ttl,
                             std::move(input.member_roles)};
  api.invitations.create(std::move(wanted), call.executor(),
                         [reply](const Result<http::MadeInvitation>& made) {
                           if (!made.ok()) return reply(made.error());
                           reply(Output{made->code, made->info});
                         });
}

Result<ListInvitations::Output> ListInvitations::handle(const Api& api, const http::Call&,
                                                        const Input& input) {
  constexpr std::string_view kList = "identity.invitations";
  Bytes after;
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(kList, *input.cursor));
    after = std::move(position);
  }
  ICN_TRY_ASSIGN(page, api.invitations.list(std::move(after), input.limit));
  Output output;
  output.items = std::move(page.items);
  if (!page.next.empty()) output.next_cursor = api.cursors.seal(kList, page.next);
  return output;
}

void AcceptInvitation::handle(const Api& api, const http::Call& call, Input input,
                              http::Reply<Output> reply) {
  const http::Caller& caller = call.caller();
  const bool has_proven_did =
      caller.credential == http::Credential::kSession || caller.credential == http::Credential::kSignature;
  api.invitations.accept(input.code, call.idempotency_key().value_or(""),
                         has_proven_did && caller.dids ? *caller.dids : std::vector<Did>(), call.executor(),
                         [reply, &api, &executor = call.executor()](const Result<http::AcceptedCode>& code) {
                           if (!code.ok()) return reply(code.error());
                           const http::NewApiKey& made = code->made;
                           if (api.admissions == nullptr || code->scope.empty() || made.info.dids.empty())
                             return reply(Output{made.key, made.info, {}});
                           api.admissions->admit({code->scope, code->member_roles, made.info.dids}, executor,
                                                 [reply, made](std::vector<InvitedDid> admissions) {
                                                   reply(Output{made.key, made.info, std::move(admissions)});
                                                 });
                         });
}

void RevokeInvitation::handle(const Api& api, const http::Call& call, Input input,
                              http::Reply<Output> reply) {
  api.invitations.revoke(input.id, call.executor(), [reply, id = input.id](const Result<void>& revoked) {
    if (!revoked.ok()) return reply(revoked.error());
    reply(Output{id, true});
  });
}

}  // namespace icn::identity::api
