#pragma once

#include <initializer_list>
#include <string_view>

#include "consensus/cometbft/attestation.h"

// Reads CometBFT's structures as its RPC writes them. Errors of all: engine_failed: what is named is not
// there, or is something else. Source: its libs/json.
namespace icn::consensus::engine_json {

using Path = std::initializer_list<std::string_view>;  // of names of members, from the outside in

Error unexpected(std::string_view what);

// Null: not there.
const codec::Json* at(const codec::Json& json, Path path);
Result<std::string> text(const codec::Json& json, Path path);
Result<codec::HexBytes> hex(const codec::Json& json, Path path);
Result<Bytes> base64(const codec::Json& json, Path path);
// A number, or one that is written as a string.
Result<std::uint64_t> whole(const codec::Json& json, Path path);
// "2026-01-31T12:00:00.123456789Z"
Result<EngineTime> time(const codec::Json& json, Path path);

// A member "signed_header" of header and commit: all but the validators.
Result<EngineAttestation> signed_header(const codec::Json& json);
Result<std::vector<EngineValidator>> validators(const codec::Json& list);

}  // namespace icn::consensus::engine_json
