// RFC 9421 and RFC 9530 header fields. What must hold: what was parsed, written again, parses to the same.

#include "base/assert.h"
#include "http/authentication/message_signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn::http;
  const std::string_view text = icn::as_text({data, size});
  if (const auto input = parse_signature_input(text); input.ok()) {
    const auto again = parse_signature_input(input->label + "=" + input->parameters);
    ICN_ASSERT(again.ok());
    ICN_ASSERT(again->parameters == input->parameters && again->components == input->components &&
               again->key_id == input->key_id && again->created == input->created &&
               again->nonce == input->nonce);
    Request request;
    request.set_target("/a?b=c");
    request.headers.add("host", "a.example");
    static_cast<void>(signature_base(request, *input));
  }
  static_cast<void>(parse_signature(text, "sig1"));
  if (const auto digest = parse_content_digest(text); digest.ok()) {
    ICN_ASSERT(*parse_content_digest(content_digest(*digest)) == *digest);
  }
  return 0;
}
