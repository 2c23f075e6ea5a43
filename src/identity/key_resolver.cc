#include "identity/key_resolver.h"

#include <charconv>

#include "crypto/key_text.h"
#include "identity/errors.h"
#include "identity/tables.h"
#include "ledger/errors.h"

namespace icn::identity {
namespace {

constexpr std::string_view kDidKeyPrefix = "did:key:";

Error not_valid(const Did& sender, const KeyId& key, std::string_view why) {
  return Error(ledger::kKeyNotValid, "\"" + key.text().substr(0, 200) + "\" cannot sign for \"" +
                                         sender.text().substr(0, 200) + "\": " + std::string(why));
}

// A did:key has one method, named by the key itself.
Result<crypto::PublicKey> resolve_did_key(const Did& sender, const KeyId& key) {
  const std::string_view did = sender.text();
  const std::string_view multikey = did.substr(kDidKeyPrefix.size());
  const std::string_view text = key.text();
  if (text.size() != did.size() + 1 + multikey.size() || !text.starts_with(did) || text[did.size()] != '#' ||
      !text.ends_with(multikey)) {
    return not_valid(sender, key, "the only key of a did:key is the DID, '#' and what follows did:key:");
  }
  auto public_key = crypto::read_multikey(multikey);
  if (!public_key.ok()) return not_valid(sender, key, public_key.error().detail());
  return public_key;
}

// The number in "<did>#key-<number>"; 0: the id has another form.
std::uint32_t number_of(const Did& did, const KeyId& key) {
  const std::string_view text = key.text();
  constexpr std::string_view kMiddle = "#key-";
  if (!text.starts_with(did.text()) || !text.substr(did.text().size()).starts_with(kMiddle)) return 0;
  const std::string_view digits = text.substr(did.text().size() + kMiddle.size());
  std::uint32_t number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_whole = code == std::errc() && end == digits.data() + digits.size() && digits[0] != '0';
  return is_whole ? number : 0;
}

}  // namespace

Result<crypto::PublicKey> resolve_key(const storage::Reader& state, const Did& sender, const KeyId& key) {
  if (is_did_key(sender.text())) return resolve_did_key(sender, key);
  if (!is_did_icn(sender.text())) return not_valid(sender, key, "senders are did:key and did:icn");
  const std::uint32_t number = number_of(sender, key);
  if (number == 0) return not_valid(sender, key, "the keys of a did:icn are <did>#key-1, #key-2, ...");
  if (sender.text().size() > storage::kKeySizeMax / 2) return not_valid(sender, key, "no such DID");
  ICN_TRY_ASSIGN(document, kDocuments.get(state, sender));
  if (!document) return not_valid(sender, key, "the ledger has no such DID");
  for (const DocumentKey& each : document->keys) {
    if (each.number == number) return crypto::PublicKey::from_bytes(each.public_key.bytes);
  }
  if (number <= document->keys_made) {
    return Error(kKeyRevoked, key.text() + (document->deactivated ? ": the DID is deactivated"
                                                                  : " was retired by a rotation"));
  }
  return not_valid(sender, key, "the DID never had that key");
}

}  // namespace icn::identity
