#include "credentials/api/verify.h"

#include "credentials/api/foreign_evidence.h"

namespace icn::credentials::api {
namespace {

using codec::Json;

constexpr std::size_t kGivenListBytesMax = std::size_t{8} << 20;

VerifyOptions options_of(const Api& api, const VerifyOptionsBody& body) {
  VerifyOptions options;
  options.now = api.clock.now_secs();
  options.challenge = body.challenge;
  options.domain = body.domain;
  options.context = body.context;
  options.trusted_issuers = body.trusted_issuers;
  if (!options.trusted_issuers && !api.trusted_issuers.empty()) options.trusted_issuers = api.trusted_issuers;
  return options;
}

Result<OfflineEvidence> given_of(const VerifyOptionsBody& body, TimestampSecs now) {
  OfflineEvidence given(now);
  for (const std::string& each : body.status_authorities) given.add_authority(each);
  for (const Json& each : body.did_documents) ICN_TRY(given.add_document(each));
  for (const Json& each : body.status_lists) {
    ICN_TRY(given.add_status_list(each));
    // Lists compress a thousandfold: a small request must not make much work.
    if (given.list_bytes() > kGivenListBytesMax)
      return Error(kBadStatusList, "status_lists: are larger than 8 MiB altogether");
  }
  return given;
}

// Reads what is needed of the web, judges and answers `done`.
void judge(const Api& api, const http::Call& call, const Json& value, const VerifyOptionsBody& body,
           std::function<void(Result<VerifyAnswer>)> done) {
  const VerifyOptions options = options_of(api, body);
  auto given = given_of(body, options.now);
  if (!given.ok()) return done(given.error());
  gather_foreign(api, call.caller(), value, std::move(*given), call.executor(),
                 [&api, value, options, done = std::move(done)](Result<OfflineEvidence> gathered) {
                   if (!gathered.ok()) return done(gathered.error());
                   auto state = api.ledger.snapshot();
                   if (!state.ok()) return done(state.error());
                   const Known known(std::move(*state), api.blocks, std::move(*gathered));
                   Verification found = verify(value, options, known.evidence);
                   api.metrics.count_verification(found.verified);
                   done(VerifyAnswer{found.verified, std::move(found.checks), std::move(found.disclosed)});
                 });
}

// What has no form at all is malformed input; what has one is answered with its checks.
Result<void> check_kind(const Json& value, std::string_view field) {
  if (value.object() || value.string()) return {};
  return Error(errors::kMalformed, std::string(field) + ": must be an object or a text");
}

}  // namespace

void VerifyCredential::handle(const Api& api, const http::Call& call, Input input,
                              http::Reply<Output> reply) {
  if (input.credential.has_value() == input.presentation.has_value())
    return reply(
        Error(errors::kMalformed, "verifiableCredential or verifiablePresentation: one of them is required"));
  const Json& value = input.credential ? *input.credential : *input.presentation;
  auto kind = check_kind(value, input.credential ? "verifiableCredential" : "verifiablePresentation");
  if (!kind.ok()) return reply(kind.error());
  if (input.presentation && !is_presentation(value) && value.object())
    return reply(
        Error(errors::kMalformed, "verifiablePresentation: type must hold \"VerifiablePresentation\""));
  VerifyOptionsBody options = input.options;
  if (input.challenge) options.challenge = input.challenge;
  if (input.context) options.context = input.context;
  judge(api, call, value, options, [reply](const Result<VerifyAnswer>& answer) { reply(answer); });
}

void PresentCredential::handle(const Api& api, const http::Call& call, Input input,
                               http::Reply<Output> reply) {
  if (auto kind = check_kind(input.presentation, "presentation"); !kind.ok()) return reply(kind.error());
  VerifyOptionsBody options;
  options.challenge = input.challenge;
  options.domain = input.domain;
  const std::string bytes =
      input.presentation.string() ? *input.presentation.string() : codec::canonical_json(input.presentation);
  const codec::Cid cid = codec::Cid::of(codec::kRaw, as_bytes(bytes));
  judge(api, call, input.presentation, options, [reply, cid](const Result<VerifyAnswer>& answer) {
    if (!answer.ok()) return reply(answer.error());
    reply(Output{cid, *answer});
  });
}

}  // namespace icn::credentials::api
