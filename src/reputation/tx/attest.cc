#include "reputation/tx/attest.h"

#include <algorithm>

#include "base/errors.h"
#include "economics/account_did.h"
#include "economics/accounts.h"
#include "reputation/errors.h"
#include "reputation/note.h"
#include "reputation/score/arithmetic.h"
#include "reputation/score/record.h"

namespace icn::reputation {
namespace {

Result<void> check_subject(const Did& about, const std::string& claim) {
  if (auto did = economics::check_account_did(about); !did.ok()) return did.error().within("about");
  const auto is_allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == ':' || c == '.';
  };
  if (std::ranges::all_of(claim, is_allowed)) return {};
  return Error(errors::kMalformed, "claim: must be of a-z, 0-9 and - _ : .");
}

Result<void> check_score(const ledger::ApplyContext& context, const ledger::View& view, Points least) {
  const Did& sender = context.sender();
  ICN_TRY_ASSIGN(is_verified, economics::may_pay(view, sender));
  if (!is_verified) return Error(kNotVerified, sender.text() + " is unverified");
  ICN_TRY_ASSIGN(standing, load_standing(view, sender));
  const Points score = score_at(standing, context.block.time);
  if (score >= least) return {};
  return Error(kReputationTooLow, sender.text() + " has a reputation of " + codec::to_json_text(score) +
                                      ", " + codec::to_json_text(least) + " is needed");
}

// Somebody and what they own are one voice, the newest.
Result<void> drop_own(const ledger::Reader& state, std::vector<Voice>& voices, const Did& sender) {
  std::vector<Voice> kept;
  for (Voice& each : voices) {
    ICN_TRY_ASSIGN(is_own, is_ones_own(state, sender, each.did));
    if (!is_own) kept.push_back(std::move(each));
  }
  voices = std::move(kept);
  return {};
}

AttestationOutput output_of(const Attestation& attestation, TimestampSecs now) {
  AttestationOutput out{
      attestation.about, attestation.claim, state_at(attestation, now), attestation.attesters.size(), {}};
  if (const TimestampSecs ends = holds_until(attestation, now); ends != 0) out.holds_until = ends;
  return out;
}

}  // namespace

Result<void> Attest::check(const ledger::Transaction& transaction, const Body& body) {
  ICN_TRY(check_subject(body.about, body.claim));
  if (body.about == transaction.sender) return Error(kAttestsSelf);
  return {};
}

Result<void> Attest::precheck(const ledger::ApplyContext& context, const Body& body,
                              const ledger::View& view) {
  ICN_TRY(check_score(context, view, kAttesterScoreMin));
  ICN_TRY_ASSIGN(is_own, is_ones_own(view, context.sender(), body.about));
  if (is_own)
    return Error(kAttestsSelf, body.about.text() + " and the sender are of one owner, or one is the other's");
  return {};
}

Result<Attest::Output> Attest::apply(const ledger::ApplyContext& context, const Body& body,
                                     ledger::View& view) {
  ICN_TRY_ASSIGN(stored, kAttestations.get(view, {body.about, body.claim}));
  Attestation attestation = stored.value_or(Attestation{body.about, body.claim, {}, {}});
  ICN_TRY(drop_own(view, attestation.attesters, context.sender()));
  add_voice(attestation.attesters, {context.sender(), context.block.time, body.evidence_cid});
  ICN_TRY(kAttestations.put(view, {body.about, body.claim}, attestation));
  return output_of(attestation, context.block.time);
}

Result<void> ChallengeAttestation::check(const ledger::Transaction&, const Body& body) {
  ICN_TRY(check_subject(body.about, body.claim));
  if (!body.reason_cid.empty()) return {};
  return Error(errors::kMalformed, "reason_cid: must name the block with the reason");
}

Result<void> ChallengeAttestation::precheck(const ledger::ApplyContext& context, const Body&,
                                            const ledger::View& view) {
  return check_score(context, view, kChallengerScoreMin);
}

Result<ChallengeAttestation::Output> ChallengeAttestation::apply(const ledger::ApplyContext& context,
                                                                 const Body& body, ledger::View& view) {
  ICN_TRY_ASSIGN(attestation, kAttestations.get(view, {body.about, body.claim}));
  if (!attestation)
    return Error(kAttestationNotFound, "nobody attested " + body.claim + " of " + body.about.text());
  add_voice(attestation->challenges, {context.sender(), context.block.time, body.reason_cid});
  ICN_TRY(kAttestations.put(view, {body.about, body.claim}, *attestation));
  return output_of(*attestation, context.block.time);
}

}  // namespace icn::reputation
