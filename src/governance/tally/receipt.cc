#include "governance/tally/receipt.h"

#include "crypto/key_text.h"
#include "crypto/merkle.h"

namespace icn::governance::tally {
namespace {

constexpr std::string_view kLeafDomain("icn:ballot-leaf:v1\0", 19);
constexpr std::string_view kReceiptDomain("icn:ballot-receipt:v1\0", 22);

crypto::Hash to_hash(ByteView bytes) {
  crypto::Hash out{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), out.size()), out.begin());
  return out;
}

}  // namespace

crypto::Hash ballot_leaf(const crypto::Hash& transaction_hash, const crypto::PublicKey& key,
                         TimestampSecs accepted_at) {
  Bytes time;
  append_u64(time, accepted_at);
  return crypto::sha256(as_bytes(kLeafDomain), ByteView(transaction_hash), key.view(), ByteView(time));
}

std::string vote_id_of(const crypto::Hash& transaction_hash) {
  return "vo_" + hex_encode(ByteView(transaction_hash).first(16));
}

std::string receipt_signing_bytes(const BallotReceipt& receipt) {
  codec::Json json = codec::to_json(receipt);
  json.erase("node_signature");
  json.erase("inclusion");
  return std::string(kReceiptDomain) + codec::canonical_json(json);
}

void sign_receipt(BallotReceipt& receipt, const crypto::SecretKey& node_key) {
  receipt.node_signature.bytes = to_bytes(node_key.sign(as_bytes(receipt_signing_bytes(receipt))).view());
}

ReceiptVerdict verify_receipt(const BallotReceipt& receipt, std::optional<crypto::PublicKey> node_key) {
  ReceiptVerdict out;
  const bool is_pinned = node_key.has_value();
  if (!node_key) {
    const auto key = crypto::read_did_key(receipt.node_did.text());
    if (key.ok()) node_key = *key;
  }
  const auto signature = crypto::Signature::from_bytes(receipt.node_signature.bytes);
  if (node_key && signature.ok()) {
    out.is_signature_checked = true;
    out.is_signature_valid = crypto::verify(*node_key, as_bytes(receipt_signing_bytes(receipt)), *signature);
    if (!out.is_signature_valid && is_pinned && receipt.node_did != crypto::did_key(*node_key))
      out.detail = "not the node that was named gave this receipt, but " + receipt.node_did.text();
    else if (!out.is_signature_valid)
      out.detail = "the node's signature does not fit the receipt: something was changed";
  } else {
    out.detail = "the node is no did:key: its key must be given";
  }
  if (!receipt.inclusion) return out;
  out.has_inclusion = true;
  std::vector<crypto::Hash> path;
  bool is_whole = receipt.leaf_hash.bytes.size() == 32;
  for (const auto& each : receipt.inclusion->path) {
    is_whole = is_whole && each.bytes.size() == 32;
    path.push_back(to_hash(each.bytes));
  }
  const auto root = is_whole && receipt.sequence > 0
                        ? crypto::merkle_root_by_path(to_hash(receipt.leaf_hash.bytes), receipt.sequence - 1,
                                                      receipt.inclusion->count, path)
                        : std::nullopt;
  out.is_included = root && to_bytes(*root) == receipt.inclusion->root.bytes;
  if (!out.is_included && out.detail.empty()) {
    out.detail = "the path does not lead from this ballot to the root over all ballots";
  }
  return out;
}

}  // namespace icn::governance::tally
