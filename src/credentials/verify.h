#pragma once

#include <optional>
#include <string>
#include <vector>

#include "codec/values.h"
#include "credentials/secured.h"

// Is a credential or presentation to be believed? A list of named checks, each with its result; none hides
// another. In this order, as domain.md 3 has them:
//   form        it can be read at all (nothing else is looked at otherwise)
//   schema      its claims fit the schema it names
//   issuer      the issuer is known and its key was valid when it signed
//   signature
//   validity    not before, and expiry
//   status      neither revoked nor suspended, as far as that can be known
//   holder      it is shown by its holder, now: a presentation or key binding, which a challenge or domain
//               that is asked for needs. Inside a presentation a key binding must hold too, and stands for
//               nobody
//   usage       it was used less often than it may be
//   trust       the issuer and the context are among those asked for
namespace icn::credentials {

struct Check {
  std::string name;
  bool ok = false;
  std::string reason;                       // why not, or what was found
  std::optional<std::uint64_t> credential;  // of a presentation: which of its credentials, from 0
  static constexpr std::string_view schema_name = "CredentialCheck";
  static constexpr auto fields() {
    using codec::field;
    return described(field("name", &Check::name,
                           "form, schema, issuer, signature, validity, status, holder, usage, trust"),
                     field("ok", &Check::ok), field("reason", &Check::reason, "why not, or what was found"),
                     field("credential", &Check::credential, "which one of a presentation, from 0"));
  }
};

struct Verification {
  bool verified = false;  // all checks hold
  std::vector<Check> checks;
  std::optional<codec::Json> disclosed;  // claims that were shown, of one credential
};

// What is known of a credential's status.
struct StatusEvidence {
  bool is_known = false;
  bool is_revoked = false;
  bool is_suspended = false;
  std::string source;  // for people
  std::string paused;  // until when and by whom, for people; empty: it is not
};

// What the ledger keeps of a credential.
struct AnchorEvidence {
  TimestampSecs anchored_at = 0;
  std::uint64_t usage_count = 0;
  StatusEvidence status;
  std::vector<StatusEntry> other_lists;  // that the credential names and the ledger does not answer for
};

// A schema is of the claims alone (the ledger's own), or of the whole credential (W3C VC JSON Schema 1.0).
enum class SchemaSubject { kClaims, kCredential };
struct SchemaEvidence {
  codec::Json text;
  SchemaSubject subject = SchemaSubject::kClaims;
};

// Where facts come from: the ledger, or files. Errors are reasons that are shown; kInternal and the like too.
class Evidence {
 public:
  virtual ~Evidence() = default;
  // The key `method` of `controller`, which had to be valid for `purpose` at `at` (none: now).
  virtual Result<crypto::PublicKey> key(const std::string& controller, const KeyId& method,
                                        const std::string& purpose,
                                        std::optional<TimestampSecs> at) const = 0;
  // None: nothing was anchored under this CID and issuer.
  virtual Result<std::optional<AnchorEvidence>> anchor(const SecuredCredential& credential) const = 0;
  // By the lists of `entries`, which are some of the credential's.
  virtual Result<StatusEvidence> status(const SecuredCredential& credential,
                                        const std::vector<StatusEntry>& entries) const = 0;
  // None: not known here.
  virtual Result<std::optional<SchemaEvidence>> schema(const std::string& id) const = 0;
  // Who alone may issue under a schema; none: everybody.
  virtual Result<std::vector<std::string>> schema_issuers(const std::string& id) const = 0;
};

struct VerifyOptions {
  TimestampSecs now = 0;
  std::optional<std::string> challenge;
  std::optional<std::string> domain;
  std::optional<std::string> context;  // in which it is to be used
  std::optional<std::vector<std::string>> trusted_issuers;
};

// `value`: anything read_secured_credential() or read_secured_presentation() takes.
Verification verify(const codec::Json& value, const VerifyOptions& options, const Evidence& evidence);

// How far ahead of ours another clock may be.
inline constexpr TimestampSecs kClockSkewSecs = 60;

}  // namespace icn::credentials
