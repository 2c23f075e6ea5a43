#pragma once

#include <string>

#include "base/bytes.h"
#include "base/random.h"
#include "codec/records.h"

namespace icn::dag {

// Free text that the ledger names by CID, a DAG-CBOR block: the 16 random bytes of salt keep others from
// finding one that is private, or was withdrawn, by trying.
struct SaltedText {
  Bytes salt;
  std::string text;
  static constexpr auto fields() {
    return described(codec::field("salt", &SaltedText::salt), codec::field("text", &SaltedText::text));
  }
};

Bytes salted_text(Random& random, const std::string& text);
// malformed, bad_dag_cbor: no such block.
Result<std::string> read_salted_text(ByteView block);

}  // namespace icn::dag
