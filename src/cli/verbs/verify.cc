#include "cli/verbs/verify.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "cli/receipt_check.h"
#include "cli/verbs/all.h"
#include "cli/vote_checks.h"
#include "codec/cid.h"

namespace icn::cli {
namespace {

using codec::Json;

enum class Kind { kUnknown, kCredential, kBallotReceipt, kAuditBundle, kJobReceipt, kProof, kBackup };

bool has(const Json& json, std::initializer_list<std::string_view> names) {
  return json.object() != nullptr &&
         std::ranges::all_of(names, [&](std::string_view name) { return json.find(name) != nullptr; });
}

Kind kind_of(const Json& json) {
  const Json* receipt = json.find("receipt");
  const Json& inner = receipt != nullptr && receipt->object() != nullptr ? *receipt : json;
  if (has(json, {"statement", "leaves", "ballots"})) return Kind::kAuditBundle;
  if (has(json, {"summary", "header_hash", "path"})) return Kind::kProof;
  if (has(inner, {"leaf_hash", "node_signature"})) return Kind::kBallotReceipt;
  if (has(inner, {"executor", "result_cid", "signature"})) return Kind::kJobReceipt;
  const bool is_wrapped = has(json, {"credential"}) || has(json, {"presentation"});
  return is_wrapped || has(json, {"@context", "type"}) ? Kind::kCredential : Kind::kUnknown;
}

// Three parts of base64url with points between, and the disclosures of an SD-JWT.
bool is_jwt(std::string_view text) {
  const auto is_of_jwt = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
           c == '.' || c == '~' || c == '\n' || c == '\r';
  };
  return text.starts_with("ey") && std::ranges::count(text, '.') >= 2 && std::ranges::all_of(text, is_of_jwt);
}

Kind kind_of_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  const int first = file.peek();
  // A receipt's block is a DAG-CBOR map of fewer than 24 members; other bytes that begin no text are a backup's.
  if (first >= 0xA0 && first < 0xB8) return Kind::kJobReceipt;
  if (first != '{' && first != '[' && first != 'e' && first != ' ' && first != '\n')
    return first == std::ifstream::traits_type::eof() ? Kind::kUnknown : Kind::kBackup;
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  if (is_jwt(text)) return Kind::kCredential;
  const auto json = codec::parse_json(text);
  return json.ok() ? kind_of(*json) : Kind::kUnknown;
}

struct Order {
  std::string what;
  bool is_offline = false;
  NodePin pin;
};

void verify(Session& session, const Order& order) {
  std::error_code error;
  const bool is_file = std::filesystem::is_regular_file(order.what, error);
  if (!is_file && std::filesystem::is_directory(order.what, error))
    return verify_backup(session, order.what, "");
  if (!is_file) {
    if (codec::Cid::parse(order.what).ok()) return check_receipt(session, order.what, "");
    return session.fail(kUsage, order.what + ": no file, no folder, and no CID of a job or its receipt");
  }
  switch (kind_of_file(order.what)) {
    case Kind::kCredential: {
      VerifyOrder credential;
      credential.file = order.what;
      credential.is_offline = order.is_offline;
      return show_verified_credential(session, credential);
    }
    case Kind::kBallotReceipt:
      return verify_ballot_receipt(session, order.what, std::nullopt, order.pin);
    case Kind::kAuditBundle:
      return recount_bundle(session, order.what, order.pin);
    case Kind::kJobReceipt:
      return check_receipt(session, order.what, "");
    case Kind::kProof:
      return show_checked_proof(session, {order.what, "", ""});
    case Kind::kBackup:
      return verify_backup(session, order.what, "");
    case Kind::kUnknown:
      break;
  }
  session.fail(kUsage, order.what + ": is nothing that can be verified: no credential or presentation, receipt "
                                    "of a ballot or a job, audit bundle, proof of the ledger or backup");
}

}  // namespace

void define_verify_any(Command command, Session& session) {
  auto order = std::make_shared<Order>();
  order->pin.add_to(command
                        .argument("WHAT", order->what,
                                  "credential, presentation, receipt of a ballot or a job, audit bundle, proof of "
                                  "the ledger, backup; or the CID of a job or its receipt")
                        .flag("--offline", order->is_offline, "of a credential: without a node"));
  command.footer(
      "Does what `icn credential verify`, `vote verify`, `proposal recount`, `job verify`, `ledger check` and\n"
      "`storage verify` do, which have more options. Exit code 3: it does not hold.");
  command.runs([order, &session] { verify(session, *order); });
}

}  // namespace icn::cli
