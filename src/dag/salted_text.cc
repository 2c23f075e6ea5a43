#include "dag/salted_text.h"

namespace icn::dag {

Bytes salted_text(Random& random, const std::string& text) {
  return codec::encode_block(SaltedText{random.bytes(16), text});
}

Result<std::string> read_salted_text(ByteView block) {
  ICN_TRY_ASSIGN(read, codec::decode_block<SaltedText>(block));
  return std::move(read.text);
}

}  // namespace icn::dag
