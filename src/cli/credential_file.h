#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "cli/session.h"
#include "codec/json.h"

// What `icn credential` does with files and keys on this machine. Failures have been said when nothing is
// answered.
namespace icn::cli {

// What is to be issued.
struct CredentialOrder {
  std::string holder;
  std::string type = "Skill";
  std::vector<std::string> claims;  // "name=value"
  std::optional<std::string> schema;
  std::uint64_t days = 365;
  std::string format = "eddsa-jcs-2022";
  std::vector<std::string> disclosable;
  bool is_public = false;
  std::optional<std::uint64_t> usage_limit;
  std::vector<std::string> contexts, revocable_by;
};
struct IssuedHere {
  codec::Json credential;
  codec::Json answer;  // of the node
};
std::optional<IssuedHere> issue_by_node(Session& session, const CredentialOrder& order);
// Signs with the key of --key; the node learns the CID and what the ledger keeps of it. `keep` gets the
// credential before the ledger does, which learns nothing when it answers false.
std::optional<IssuedHere> issue_here(Session& session, const CredentialOrder& order,
                                     const std::function<bool(const codec::Json&)>& keep = {});

// What a file of a credential holds: JSON as JSON, a JWT or SD-JWT as it is.
std::string credential_text(const codec::Json& credential);
std::optional<codec::Json> read_credential_file(Session& session, const std::string& path);
std::optional<codec::Json> read_json_file(Session& session, const std::string& path);

// Opens `sealed` of an answer with the key of --key, if there is one and that is needed.
bool open_if_sealed(Session& session, codec::Json& answer);

struct VerifyOrder {
  std::string file;
  bool is_offline = false;
  std::optional<std::string> evidence;  // file of `icn credential evidence`
  std::vector<std::string> documents, status_lists, authorities, trusted_issuers;
  std::optional<std::string> challenge, domain, context;
};
// {verified, checks, disclosed}; with a file of evidence also {vouched_by, is_pinned, evidence_made_at}: who
// made it and whether --authority names them.
std::optional<codec::Json> verify_by_node(Session& session, const VerifyOrder& order);
std::optional<codec::Json> verify_offline(Session& session, const VerifyOrder& order);

struct StatusOrder {
  std::string cid, reason;
  std::string change = "revoke";      // suspend, lift
  std::optional<std::string> issuer;  // where several anchored the CID
};

// Revokes ("revoke"), suspends or lifts, as the acting DID, signed here with --key.
std::optional<codec::Json> change_status(Session& session, const StatusOrder& order);

// Registers a schema as its author, with the key of --key: `body` as POST /identity/credentials/schemas takes
// it.
std::optional<codec::Json> register_schema_here(Session& session, const codec::Json& body);

struct AnchorOrder {
  std::string cid, verifier;
  std::vector<std::string> fields;
  std::optional<std::string> issuer;  // where several anchored the CID
};
// As the credential's holder, signed here with --key.
std::optional<codec::Json> anchor_disclosure(Session& session, const AnchorOrder& order);

struct DiscloseOrder {
  std::string file, out;
  std::vector<std::string> fields;
  std::string verifier, challenge;
  bool is_whole = false;  // in a presentation
};
void disclose(Session& session, const DiscloseOrder& order);

}  // namespace icn::cli
