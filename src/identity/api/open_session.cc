#include "identity/api/open_session.h"

#include "base/errors.h"

namespace icn::identity::api {

Result<OpenSession::Output> OpenSession::handle(const Api& api, const http::Call&, const Input& input) {
  Output output;
  if (!input.challenge && !input.key && !input.signature) {
    http::SessionChallenge made = api.sessions.challenge();
    output.challenge = std::move(made.challenge);
    output.audience = std::move(made.audience);
    output.expires_at = made.expires_at;
    return output;
  }
  if (!input.challenge || !input.key || !input.signature) {
    return Error(errors::kMalformed,
                 "challenge, key and signature: all three open a session, none asks for a "
                 "challenge");
  }
  ICN_TRY_ASSIGN(session, api.sessions.open(*input.challenge, *input.key, input.signature->bytes));
  output.token = std::move(session.token);
  output.expires_at = session.expires_at;
  return output;
}

}  // namespace icn::identity::api
