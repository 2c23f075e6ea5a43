#include "reputation/api/attestations.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/account_did.h"

namespace icn::reputation::api {
namespace {

Result<void> is_about_path(const http::Request& request, const codec::Json& transaction) {
  const std::string* did = http::find_parameter(request.path_parameters, "did");
  const codec::Json* body = transaction.find("body");
  const codec::Json* about = body == nullptr ? nullptr : body->find("about");
  if (did != nullptr && about != nullptr && about->string() != nullptr && *about->string() == *did) return {};
  return Error(errors::kMalformed, "body.about: must be the DID of the path");
}

AttestationView view_of(const Attestation& attestation, TimestampSecs now) {
  AttestationView out{attestation.about,     attestation.claim,     state_at(attestation, now), {},
                      attestation.attesters, attestation.challenges};
  if (const TimestampSecs ends = holds_until(attestation, now); ends != 0) out.holds_until = ends;
  return out;
}

}  // namespace

Result<ListAttestations::Output> ListAttestations::handle(const Api& api, const http::Call&,
                                                          const Input& input) {
  ICN_TRY(economics::check_account_did(input.did));
  const std::string list = "reputation/attestations/" + input.did.text();
  ledger::ScanRange range = ledger::prefix_range(ledger::key_of(input.did));
  if (input.cursor) {
    ICN_TRY_ASSIGN(position, api.cursors.open(list, *input.cursor));
    range.from = std::move(position);
    range.from.push_back(0);
  }
  const TimestampSecs now = std::max(api.clock.now_secs(), api.ledger.published()->head.header.time);
  ICN_TRY_ASSIGN(snapshot, api.ledger.snapshot());
  ICN_TRY_ASSIGN(rows, kAttestations.scan(*snapshot, range));
  Output page;
  Bytes last;
  while (true) {
    ICN_TRY_ASSIGN(attestation, rows.next());
    if (!attestation) return page;
    if (page.items.size() == input.limit) {
      page.next_cursor = api.cursors.seal(list, last);
      return page;
    }
    last = to_bytes(rows.key());
    page.items.push_back(view_of(*attestation, now));
  }
}

Result<ledger::PlainWrite> PostAttestation::plain(const Api& api, const http::Call& call,
                                                  const Input& input) {
  ICN_TRY_ASSIGN(from, acting_did(call, input.from, "from"));
  dag::Texts texts = texts_of(api, call, from);
  Attest::Body body{input.did, input.claim, {}};
  if (input.evidence) {
    ICN_TRY_ASSIGN(evidence, texts.add(*input.evidence));
    body.evidence_cid = evidence;
  }
  return texts.write(codec::to_json(body));
}

Result<void> PostAttestation::matches(const http::Request& request, const codec::Json& transaction) {
  return is_about_path(request, transaction);
}

void PostAttestation::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostAttestation>(api.writer, api, std::move(exchange));
}

Result<ledger::PlainWrite> PostChallenge::plain(const Api& api, const http::Call& call, const Input& input) {
  ICN_TRY_ASSIGN(from, acting_did(call, input.from, "from"));
  dag::Texts texts = texts_of(api, call, from);
  ICN_TRY_ASSIGN(reason, texts.add(input.reason));
  return texts.write(codec::to_json(ChallengeAttestation::Body{input.did, input.claim, reason}));
}

Result<void> PostChallenge::matches(const http::Request& request, const codec::Json& transaction) {
  return is_about_path(request, transaction);
}

void PostChallenge::handle(const Api& api, http::ExchangePtr exchange) {
  ledger::answer_write<PostChallenge>(api.writer, api, std::move(exchange));
}

}  // namespace icn::reputation::api
