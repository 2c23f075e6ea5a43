#include "codec/records.h"
#include "crypto/merkle.h"
#include "governance/tally/errors.h"
#include "governance/tally/recount.h"

namespace icn::governance::tally {
namespace {

constexpr std::string_view kEligibleDomain("icn:eligible:v1\0", 16);
constexpr std::string_view kDelegationDomain("icn:delegation-leaf:v1\0", 23);
constexpr std::string_view kTransactionDomain("icn:tx:v1\0", 10);
constexpr std::string_view kCommitDomain("icn:ballot-commit:v1\0", 21);
constexpr std::string_view kAuditDomain("icn:audit:v1\0", 13);
constexpr codec::JsonLimits kBundleLimits{
    .bytes_max = std::size_t{1} << 30, .depth_max = 32, .values_max = std::size_t{1} << 26};

}  // namespace

crypto::Hash eligible_leaf(const Did& did, std::uint64_t weight) {
  Bytes tail{0};
  append_u64(tail, weight);
  return crypto::sha256(as_bytes(kEligibleDomain), as_bytes(did.text()), ByteView(tail));
}

crypto::Hash delegation_leaf(const DelegationRecord& delegation) {
  const std::string text = codec::canonical_json(codec::to_json(delegation));
  return crypto::sha256(as_bytes(kDelegationDomain), as_bytes(text));
}

ListRoot root_of(std::span<const crypto::Hash> leaves) {
  return {leaves.size(), {to_bytes(crypto::merkle_root(leaves))}};
}

std::string transaction_signing_bytes(codec::Json transaction) {
  if (transaction.object() != nullptr) transaction.erase("signature");
  return std::string(kTransactionDomain) + codec::canonical_json(transaction);
}

crypto::Hash transaction_hash(codec::Json transaction) {
  return crypto::sha256(as_bytes(transaction_signing_bytes(std::move(transaction))));
}

crypto::Hash ballot_commitment(const std::string& proposal_id, std::uint32_t revision, const Did& voter,
                               const BallotContent& content, ByteView salt) {
  const codec::Json sealed = codec::Json::object({{"proposal_id", proposal_id},
                                                  {"revision", std::uint64_t{revision}},
                                                  {"voter", voter.text()},
                                                  {"ballot", codec::to_json(content)},
                                                  {"salt", hex_encode(salt)}});
  return crypto::sha256(as_bytes(kCommitDomain), as_bytes(codec::canonical_json(sealed)));
}

std::string statement_signing_bytes(const AuditStatement& statement) {
  return std::string(kAuditDomain) + codec::canonical_json(codec::to_json(statement));
}

void sign_bundle(AuditBundle& bundle, const crypto::SecretKey& node_key) {
  const std::string bytes = statement_signing_bytes(bundle.statement);
  bundle.node_signature.bytes = to_bytes(node_key.sign(as_bytes(bytes)).view());
}

std::string bundle_text(const AuditBundle& bundle) { return codec::to_json_text(bundle) + "\n"; }

Result<AuditBundle> read_bundle(std::string_view text) {
  auto json = codec::parse_json(text, kBundleLimits);
  if (!json.ok()) {
    if (json.error().category() == Category::kTooLarge) return std::move(json).error();
    return Error(kBadBundle, json.error().detail());
  }
  auto bundle = codec::from_json<AuditBundle>(*json);
  if (!bundle.ok()) return Error(kBadBundle, bundle.error().detail());
  if (bundle->format != kBundleFormat) {
    return Error(kBadBundle, "format must be \"" + std::string(kBundleFormat) + "\"");
  }
  return bundle;
}

}  // namespace icn::governance::tally
