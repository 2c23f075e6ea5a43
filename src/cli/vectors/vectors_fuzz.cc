#include <cstdlib>

#include "cli/vectors/vectors.h"
#include "codec/json.h"

// Any line has an answer, and the answer is one line of JSON. Operations of the engine are left out: they
// have targets of their own, and a compile for each input would leave no time for the rest.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn;
  const std::string_view line = as_text(ByteView(data, size));
  if (line.find("wasm") != std::string_view::npos || line.find("\\u") != std::string_view::npos) return 0;
  static cli::Vectors vectors;
  const std::string answer = vectors.answer(line);
  if (answer.find('\n') != std::string::npos) std::abort();
  if (!codec::parse_json(answer, {.bytes_max = 1u << 30}).ok()) std::abort();
  return 0;
}
