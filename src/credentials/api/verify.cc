#include "credentials/api/verify.h"

namespace icn::credentials::api {
namespace {

using codec::Json;

Result<VerifyAnswer> answer_of(const Api& api, const Json& value, const VerifyOptionsBody& body) {
  VerifyOptions options;
  options.now = api.clock.now_secs();
  options.challenge = body.challenge;
  options.domain = body.domain;
  options.context = body.context;
  options.trusted_issuers = body.trusted_issuers;
  OfflineEvidence given(options.now);
  for (const std::string& each : body.status_authorities) given.add_authority(each);
  for (const Json& each : body.did_documents) ICN_TRY(given.add_document(each));
  for (const Json& each : body.status_lists) ICN_TRY(given.add_status_list(each));
  ICN_TRY_ASSIGN(state, api.ledger.snapshot());
  const Known known(state, api.blocks, std::move(given));
  Verification found = verify(value, options, known.evidence);
  return VerifyAnswer{found.verified, std::move(found.checks), std::move(found.disclosed)};
}

// What has no form at all is malformed input; what has one is answered with its checks.
Result<void> check_kind(const Json& value, std::string_view field) {
  if (value.object() || value.string()) return {};
  return Error(errors::kMalformed, std::string(field) + ": must be an object or a text");
}

}  // namespace

Result<VerifyCredential::Output> VerifyCredential::handle(const Api& api, const http::Call&,
                                                          const Input& input) {
  if (input.credential.has_value() == input.presentation.has_value())
    return Error(errors::kMalformed,
                 "verifiableCredential or verifiablePresentation: one of them is required");
  const Json& value = input.credential ? *input.credential : *input.presentation;
  ICN_TRY(check_kind(value, input.credential ? "verifiableCredential" : "verifiablePresentation"));
  if (input.presentation && !is_presentation(value) && value.object())
    return Error(errors::kMalformed, "verifiablePresentation: type must hold \"VerifiablePresentation\"");
  VerifyOptionsBody options = input.options;
  if (input.challenge) options.challenge = input.challenge;
  if (input.context) options.context = input.context;
  return answer_of(api, value, options);
}

Result<PresentCredential::Output> PresentCredential::handle(const Api& api, const http::Call&,
                                                            const Input& input) {
  ICN_TRY(check_kind(input.presentation, "presentation"));
  VerifyOptionsBody options;
  options.challenge = input.challenge;
  options.domain = input.domain;
  ICN_TRY_ASSIGN(verification, answer_of(api, input.presentation, options));
  const std::string bytes =
      input.presentation.string() ? *input.presentation.string() : codec::canonical_json(input.presentation);
  return Output{codec::Cid::of(codec::kRaw, as_bytes(bytes)), std::move(verification)};
}

}  // namespace icn::credentials::api
