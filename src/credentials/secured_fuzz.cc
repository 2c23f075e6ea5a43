#include <cstdlib>

#include "credentials/secured.h"
#include "credentials/status_list.h"

// Whatever comes: a text as a JWT or SD-JWT, JSON as a credential or presentation. What is read has the form
// it says, and selecting nothing from an SD-JWT gives one that can be read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace icn;
  using namespace icn::credentials;
  const std::string_view text = as_text(ByteView(data, size));
  const codec::Json as_string{text};
  if (codec::is_utf8(text)) {
    (void)is_presentation(as_string);
    (void)read_secured_credential(as_string);
    (void)read_secured_presentation(as_string);
  }
  const auto token = read_sd_jwt(text);
  if (token.ok()) {
    const auto selected = select_disclosures(text, {});
    if (!selected.ok() || !read_sd_jwt(*selected).ok()) std::abort();
  }
  const auto json = codec::parse_json(text, kCredentialLimits);
  if (json.ok()) {
    (void)read_secured_credential(*json);
    (void)read_secured_presentation(*json);
    (void)read_status_list(*json);
  }
  if (size > 0 && data[0] == 'u') (void)decode_status_list(text);
  return 0;
}
