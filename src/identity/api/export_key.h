#pragma once

#include "identity/api/context.h"

namespace icn::identity::api {

// POST /identity/did/{did}/custody/export: the secret key the node keeps, once, for its owner. Logged.
struct ExportKey {
  struct Input {
    Did did;
    static constexpr auto fields() { return described(codec::field("did", &Input::did)); }
  };
  struct Output {
    Did did;
    std::string secret_key_multibase;
    static constexpr auto fields() {
      using codec::field;
      return described(field("did", &Output::did),
                       field("secret_key_multibase", &Output::secret_key_multibase,
                             "Ed25519 secret key as a Multikey, z3u2...; never shown again"));
    }
  };
  static constexpr std::string_view summary = "Take out the key the node keeps for a DID, once";
  static Result<Output> handle(Api& api, const http::Call& call, const Input& input);
};

}  // namespace icn::identity::api
