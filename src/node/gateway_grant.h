#pragma once

#include <string>

#include "base/ids.h"
#include "codec/fields.h"
#include "codec/values.h"
#include "config/settings.h"
#include "crypto/key_store.h"

namespace icn::node {

// What a node that writes gives its gateways: whose gateways they are, and secrets derived from its key
// store. With these a gateway can tell a valid API key, read and make cursors, share answers and say where a
// request came from; it cannot sign, open a session, make an API key or unseal anything.
struct GatewayGrant {
  std::string network;
  Did node_did;
  codec::HexBytes api_keys;
  codec::HexBytes cursors;
  codec::HexBytes answers;
  codec::HexBytes forwarding;
  static constexpr auto fields() {
    using codec::field;
    return described(field("network", &GatewayGrant::network), field("node_did", &GatewayGrant::node_did),
                     field("api_keys", &GatewayGrant::api_keys), field("cursors", &GatewayGrant::cursors),
                     field("answers", &GatewayGrant::answers),
                     field("forwarding", &GatewayGrant::forwarding));
  }
};

GatewayGrant make_grant(const config::Settings& settings, const crypto::KeyStore& keys, const Did& node_did);

// Mode 0600; replaces what is there. Errors of crypto::write_file_durably().
Result<void> write_grant(const GatewayGrant& grant, const std::string& file);
// Of gateway.grant_file.   malformed: it is none, or others than its owner may read it; key_store_file
Result<GatewayGrant> read_grant(const config::Settings& settings);

}  // namespace icn::node
