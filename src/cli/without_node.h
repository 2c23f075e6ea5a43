#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "codec/json.h"
#include "credentials/offline_evidence.h"

// What a node knows of a credential beside the credential itself. Failures have been said when nothing is
// answered.
namespace icn::cli {

// {id, issuers, json_schema} of a schema, a standard one without asking the node.
std::optional<codec::Json> find_schema(Session& session, const std::string& id);
// Whether `claims` fit it, as the node asks of credentials it signs. False: it has been said.
bool do_claims_fit(Session& session, const std::string& schema, const codec::Json& claims);

// A file of `icn credential evidence`. Format: docs/formats/credentials.md.
struct EvidenceFile {
  std::uint64_t icn_evidence = 1;  // version of the format
  TimestampSecs made_at = 0;
  std::string authority;  // DID of the node that vouches for the status lists
  std::vector<codec::Json> did_documents;
  std::vector<codec::Json> status_lists;
  std::vector<codec::Json> schemas;  // as find_schema() answers them
  static constexpr auto fields() {
    using codec::defaulted_field, codec::field;
    using File = EvidenceFile;
    return described(
        field("icn_evidence", &File::icn_evidence), field("made_at", &File::made_at),
        field("authority", &File::authority), defaulted_field("did_documents", &File::did_documents),
        defaulted_field("status_lists", &File::status_lists), defaulted_field("schemas", &File::schemas));
  }
};

// Asks the node for all that the check of a credential or presentation without a node needs. What it cannot
// give is said on standard error, each on its line, with kNotMet.
std::optional<EvidenceFile> gather_evidence(Session& session, const codec::Json& credential);

// All but the authority and the schemas, which are checked.   malformed, bad_status_list, bad_schema
Result<void> add_evidence_file(const EvidenceFile& file, credentials::OfflineEvidence& evidence);

// What is given, and the schemas of a file: those of a ledger, which claims alone are held against. Both must
// outlive it.
class FileEvidence final : public credentials::Evidence {
 public:
  FileEvidence(const credentials::OfflineEvidence& given, const EvidenceFile& file)
      : given_(given), file_(file) {}

  Result<crypto::PublicKey> key(const std::string& controller, const KeyId& method,
                                const std::string& purpose, std::optional<TimestampSecs> at) const override;
  Result<std::optional<credentials::AnchorEvidence>> anchor(
      const credentials::SecuredCredential& credential) const override;
  Result<credentials::StatusEvidence> status(
      const credentials::SecuredCredential& credential,
      const std::vector<credentials::StatusEntry>& entries) const override;
  Result<std::optional<credentials::SchemaEvidence>> schema(const std::string& id) const override;
  Result<std::vector<std::string>> schema_issuers(const std::string& id) const override;

 private:
  const codec::Json* find(const std::string& id) const;

  const credentials::OfflineEvidence& given_;
  const EvidenceFile& file_;
};

std::optional<EvidenceFile> read_evidence_file(Session& session, const std::string& path);

}  // namespace icn::cli
