#include "credentials/salted_text.h"

#include "codec/records.h"

namespace icn::credentials {
namespace {

struct SaltedText {
  Bytes salt;
  std::string text;
  static constexpr auto fields() {
    return described(codec::field("salt", &SaltedText::salt), codec::field("text", &SaltedText::text));
  }
};

}  // namespace

Bytes salted_text(Random& random, const std::string& text) {
  return codec::encode_block(SaltedText{random.bytes(16), text});
}

Result<std::string> read_salted_text(ByteView block) {
  ICN_TRY_ASSIGN(read, codec::decode_block<SaltedText>(block));
  return std::move(read.text);
}

}  // namespace icn::credentials
