#include "credentials/verify.h"

#include <algorithm>

#include "codec/date_time.h"
#include "credentials/claim_schema.h"
#include "credentials/jws.h"

namespace icn::credentials {
namespace {

using codec::Json;

// Who showed a presentation whose own checks hold; without a key: nobody.
struct Presenter {
  std::string did = "nobody";
  std::optional<crypto::PublicKey> key;
};

std::string did_part(const std::string& method) { return method.substr(0, method.find('#')); }

std::string reason_of(const Error& error) { return error.detail() + " (" + std::string(error.code()) + ")"; }

class Checks {
 public:
  explicit Checks(std::optional<std::uint64_t> credential) : credential_(credential) {}
  void add(std::string name, bool ok, std::string reason) {
    list_.push_back({std::move(name), ok, std::move(reason), credential_});
  }
  void add(std::string name, const Result<std::string>& result) {
    add(std::move(name), result.ok(), result.ok() ? *result : reason_of(result.error()));
  }
  std::vector<Check> take() { return std::move(list_); }

 private:
  std::optional<std::uint64_t> credential_;
  std::vector<Check> list_;
};

Result<std::string> check_schema_of(const SecuredCredential& secured, const Evidence& evidence) {
  const Credential& credential = secured.credential;
  if (!credential.schema) return std::string("names no schema");
  ICN_TRY_ASSIGN(schema, evidence.schema(*credential.schema));
  if (!schema) return Error(kSchemaNotFound, "the schema " + *credential.schema + " is not known here");
  if (schema->subject == SchemaSubject::kCredential) {
    ICN_TRY(check_schema(schema->text));
    ICN_TRY(check_claims(schema->text, secured.document));
    return "fits " + *credential.schema;
  }
  // What a holder keeps back is not missing.
  Json known = std::move(schema->text);
  if (secured.format == Format::kSdJwt) known.erase("required");
  ICN_TRY(check_claims(known, credential.claims));
  return "fits " + *credential.schema;
}

Result<std::string> check_validity(const SecuredCredential& secured, TimestampSecs now) {
  const Credential& credential = secured.credential;
  if (credential.valid_from && *credential.valid_from > now + kClockSkewSecs)
    return Error(kExpired, "is valid only from " + codec::write_date_time(*credential.valid_from));
  if (credential.valid_until && *credential.valid_until < now)
    return Error(kExpired, "was valid until " + codec::write_date_time(*credential.valid_until));
  if (secured.seal.expires && *secured.seal.expires < now)
    return Error(kExpired, "its proof was valid until " + codec::write_date_time(*secured.seal.expires));
  if (secured.seal.created && *secured.seal.created > now + kClockSkewSecs)
    return Error(kExpired, "its proof was made in the future");
  if (!credential.valid_until) return std::string("has no end");
  return "until " + codec::write_date_time(*credential.valid_until);
}

Result<std::string> judge(const StatusEvidence& status) {
  if (!status.is_known) return Error(kStatusUnknown, status.source);
  if (status.is_revoked) return Error(kAlreadyRevoked, "was revoked; " + status.source);
  if (status.is_suspended) return Error(kWrongStatus, "is suspended; " + status.source);
  if (!status.paused.empty()) return Error(kWrongStatus, "is paused " + status.paused + "; " + status.source);
  return "neither revoked nor suspended; " + status.source;
}

Result<std::string> check_status(const SecuredCredential& secured,
                                 const std::optional<AnchorEvidence>& anchor, const Evidence& evidence) {
  if (!secured.unknown_status.empty())
    return Error(kStatusUnknown, secured.unknown_status + " is not known here; BitstringStatusListEntry is");
  const auto& entries = anchor ? anchor->other_lists : secured.credential.statuses;
  if (anchor) {
    auto own = judge(anchor->status);
    if (!own.ok() || entries.empty()) return own;
  }
  if (entries.empty()) return std::string("names no status list");
  ICN_TRY_ASSIGN(status, evidence.status(secured, entries));
  return judge(status);
}

Result<std::string> check_usage(const SecuredCredential& secured,
                                const std::optional<AnchorEvidence>& anchor) {
  const auto& limit = secured.credential.terms.usage_limit;
  if (!limit) return std::string("has no limit");
  if (!anchor) return Error(kStatusUnknown, "its uses are not counted here");
  if (anchor->usage_count >= *limit)
    return Error(kUsedUp, "was used " + std::to_string(anchor->usage_count) + " times");
  return std::to_string(anchor->usage_count) + " of " + std::to_string(*limit) + " uses";
}

Result<std::string> check_trust(const SecuredCredential& secured, const VerifyOptions& options,
                                const Evidence& evidence) {
  const Credential& credential = secured.credential;
  const auto& contexts = credential.terms.valid_contexts;
  if (options.context && !contexts.empty() && std::ranges::find(contexts, *options.context) == contexts.end())
    return Error(kNotAuthorised, "is not for the context \"" + *options.context + "\"");
  if (options.trusted_issuers) {
    const bool is_trusted =
        std::ranges::find(*options.trusted_issuers, credential.issuer) != options.trusted_issuers->end();
    if (!is_trusted) return Error(kNotAuthorised, credential.issuer + " is not among the trusted issuers");
  }
  if (credential.schema) {
    ICN_TRY_ASSIGN(allowed, evidence.schema_issuers(*credential.schema));
    if (!allowed.empty() && std::ranges::find(allowed, credential.issuer) == allowed.end())
      return Error(kNotAuthorised, credential.issuer + " may not issue under " + *credential.schema);
  }
  return std::string(options.trusted_issuers ? "is a trusted issuer" : "no trusted issuers were named");
}

// What a seal that shows something to somebody must say.
Result<std::string> check_addressed(const Seal& seal, const VerifyOptions& options) {
  if (seal.purpose != "authentication") return Error(kProofInvalid, "its proof is not for authentication");
  if (options.challenge && (!seal.challenge || *seal.challenge != *options.challenge))
    return Error(kProofInvalid, "answers another challenge");
  if (options.domain && std::ranges::find(seal.domains, *options.domain) == seal.domains.end())
    return Error(kProofInvalid, "is for another domain");
  if (seal.created && *seal.created > options.now + kClockSkewSecs)
    return Error(kProofInvalid, "was made in the future");
  if (seal.expires && *seal.expires < options.now) return Error(kExpired, "has expired");
  return std::string("shown by its holder");
}

Result<std::string> check_key_binding(const SecuredCredential& secured, const VerifyOptions& options) {
  if (!secured.key_binding) return Error(kProofInvalid, "has no key binding");
  if (!secured.holder_key) return Error(kProofInvalid, "the issuer bound it to no key");
  ICN_TRY_ASSIGN(key, read_jwk(*secured.holder_key));
  if (!secured.is_bound_here) return Error(kProofInvalid, "the key binding is of other disclosures");
  if (!crypto::verify(key, secured.key_binding->message, secured.key_binding->signature))
    return Error(kBadSignature, "the key binding is not signed by the holder's key");
  return check_addressed(*secured.key_binding, options);
}

// Inside a presentation. A key binding that comes along answers nobody's challenge: anybody who was shown it
// can show it again.
Result<std::string> check_presented(const SecuredCredential& secured, const VerifyOptions& options,
                                    const Presenter& presenter) {
  const std::string& holder = secured.credential.holder;
  if (secured.key_binding) ICN_TRY(check_key_binding(secured, options));
  if (!holder.empty() && holder != presenter.did)
    return Error(kProofInvalid, "was shown by " + presenter.did + ", not by its holder");
  if (!holder.empty()) return std::string("shown by its holder");
  if (!secured.holder_key) return std::string("belongs to whoever has it");
  ICN_TRY_ASSIGN(key, read_jwk(*secured.holder_key));
  if (presenter.key && *presenter.key == key) return std::string("shown with the key it is bound to");
  return Error(kProofInvalid, "was shown with another key than it is bound to");
}

Result<std::string> check_holder(const SecuredCredential& secured, const VerifyOptions& options,
                                 const std::optional<Presenter>& presenter) {
  if (presenter) return check_presented(secured, options, *presenter);
  if (secured.key_binding) return check_key_binding(secured, options);
  if (options.challenge || options.domain)
    return Error(kProofInvalid, "a challenge or domain needs a presentation or key binding");
  return std::string("no proof of its holder was asked for");
}

void check_issuer(const SecuredCredential& secured, const std::optional<AnchorEvidence>& anchor,
                  const Evidence& evidence, Checks& checks) {
  const Seal& seal = secured.seal;
  Result<crypto::PublicKey> key = Error(kProofInvalid, "its proof was made by another than its issuer");
  if (did_part(seal.method.text()) == secured.credential.issuer) {
    key = seal.purpose != "assertionMethod"
              ? Result<crypto::PublicKey>(Error(kProofInvalid, "its proof is not for assertions"))
              : evidence.key(secured.credential.issuer, seal.method, seal.purpose,
                             anchor ? std::optional(anchor->anchored_at) : std::nullopt);
  }
  checks.add("issuer", key.ok(), key.ok() ? "key " + seal.method.text() : reason_of(key.error()));
  const bool is_signed = key.ok() && crypto::verify(*key, seal.message, seal.signature);
  checks.add("signature", is_signed,
             is_signed  ? "holds"
             : key.ok() ? "is not that of the key (I004)"
                        : "no key to verify it with (I004)");
}

std::vector<Check> check_credential(const Json& value, const VerifyOptions& options, const Evidence& evidence,
                                    std::optional<std::uint64_t> place,
                                    const std::optional<Presenter>& presenter,
                                    std::optional<Json>& disclosed) {
  Checks checks(place);
  const auto secured = read_secured_credential(value);
  if (!secured.ok()) {
    checks.add("form", false, reason_of(secured.error()));
    return checks.take();
  }
  checks.add("form", true, std::string(codec::enum_name(secured->format)));
  checks.add("schema", check_schema_of(*secured, evidence));
  const auto anchor = evidence.anchor(*secured);
  const std::optional<AnchorEvidence> held = anchor.ok() ? *anchor : std::nullopt;
  check_issuer(*secured, held, evidence, checks);
  checks.add("validity", check_validity(*secured, options.now));
  checks.add("status",
             anchor.ok() ? check_status(*secured, held, evidence) : Result<std::string>(anchor.error()));
  checks.add("holder", check_holder(*secured, options, presenter));
  checks.add("usage", check_usage(*secured, held));
  checks.add("trust", check_trust(*secured, options, evidence));
  disclosed = secured->credential.claims;
  return checks.take();
}

// The presentation itself; answers who showed it.
Presenter check_presentation(const SecuredPresentation& shown, const VerifyOptions& options,
                             const Evidence& evidence, Checks& checks) {
  const std::string signer = did_part(shown.seal.method.text());
  Result<std::string> holder = check_addressed(shown.seal, options);
  if (!shown.holder.empty() && shown.holder != signer)
    holder = Error(kProofInvalid, "was signed by another than its holder");
  const auto key = evidence.key(signer, shown.seal.method, "authentication", {});
  const bool is_signed = key.ok() && crypto::verify(*key, shown.seal.message, shown.seal.signature);
  checks.add("signature", is_signed,
             is_signed  ? "holds"
             : key.ok() ? "is not that of the key (I004)"
                        : reason_of(key.error()));
  checks.add("holder", holder);
  return is_signed && holder.ok() ? Presenter{signer, *key} : Presenter{};
}

}  // namespace

Verification verify(const Json& value, const VerifyOptions& options, const Evidence& evidence) {
  Verification out;
  if (!is_presentation(value)) {
    out.checks = check_credential(value, options, evidence, {}, {}, out.disclosed);
  } else {
    Checks own{std::optional<std::uint64_t>()};
    const auto shown = read_secured_presentation(value);
    own.add("form", shown.ok(), shown.ok() ? "presentation" : reason_of(shown.error()));
    std::optional<Presenter> presenter;
    if (shown.ok()) presenter = check_presentation(*shown, options, evidence, own);
    out.checks = own.take();
    // Challenge and domain are the presentation's.
    VerifyOptions inner = options;
    inner.challenge.reset();
    inner.domain.reset();
    std::optional<Json> ignored;
    for (std::size_t i = 0; shown.ok() && i < shown->credentials.size(); ++i) {
      for (Check& each : check_credential(shown->credentials[i], inner, evidence, i, presenter, ignored))
        out.checks.push_back(std::move(each));
    }
  }
  out.verified = std::ranges::all_of(out.checks, [](const Check& each) { return each.ok; });
  if (!out.verified) out.disclosed.reset();
  return out;
}

}  // namespace icn::credentials
