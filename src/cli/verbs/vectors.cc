#include "cli/vectors/vectors.h"

#include "cli/verbs/all.h"

namespace icn::cli {

void define_vectors(Command command, Session& session) {
  command.footer(
      "The operations: ed25519.verify, jcs, multibase.decode, multibase.encode, multihash, "
      "dagcbor.roundtrip, cid.parse, wasm.validate, wasm.call.");
  command.runs([&session] {
    Vectors vectors;
    answer_lines(vectors, session.in, session.out);
  });
}

}  // namespace icn::cli
