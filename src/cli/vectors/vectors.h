#pragma once

#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "wasm/engine.h"

namespace icn::cli {

// Answers test vectors with the production code: one JSON line in, one JSON line out, without the line
// ends. What is wrong with a line is its answer, {"error": text}. Source: design.md 8.
//   {"op":"ed25519.verify","pk":hex,"msg":hex,"sig":hex}  {"ok":bool}
//   {"op":"jcs","in":hex}                                 {"out":hex}
//   {"op":"multibase.decode","in":text}                   {"base":name,"out":hex}
//   {"op":"multibase.encode","base":name,"in":hex}        {"out":text}
//   {"op":"multihash","fn":name,"in":hex}                 {"out":hex}
//   {"op":"dagcbor.roundtrip","in":hex}                   {"out":hex}
//   {"op":"cid.parse","in":text}    {"version":number,"codec":number,"codec_name":name,"multihash":hex}
//   {"op":"wasm.validate","in":hex}                       {"ok":bool,"reason":text}
//   {"op":"wasm.call","module":hex,"function":name,"args":[{"type","value"}]}
//                                                         {"results":[{"type","value"}]} or {"trap":code}
// Hex is read in either case. The WebAssembly engine is made when the first line needs it.
// Thread: one at a time.
class Vectors {
 public:
  std::string answer(std::string_view line);

 private:
  Result<wasm::Engine*> engine();

  std::unique_ptr<wasm::Engine> engine_;
};

// Answers every line of `in` that is not empty; writes out whenever no more input is waiting.
void answer_lines(Vectors& vectors, std::istream& in, std::ostream& out);

}  // namespace icn::cli
