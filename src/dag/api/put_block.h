#pragma once

#include "dag/api/context.h"

namespace icn::dag::api {

// POST /dag/blocks: stores one block, durably. Its author is the acting DID, which pays the fee; a block put
// again costs nothing. With `key`, `timestamp` and `signature` the author's signature over
//   "icn:block:v1" 0x00 DAG-CBOR{author, cid, scope?, timestamp, type, visibility}
// takes the place of its credentials: then anybody may bring the block, and pays for it.
// Errors: E002 (`cid` names other bytes), E003, E004, E005, E008, future_timestamp, forbidden,
// block_too_large, and those of the codec.
struct PutBlock {
  struct Input {
    Bytes data;
    std::string codec = "raw";
    std::vector<Cid> links;
    BlockType type = BlockType::kData;
    std::string scope;
    Visibility visibility = Visibility::kPrivate;
    std::optional<Did> author;
    std::optional<Cid> cid;
    bool pin = false;
    std::optional<KeyId> key;
    std::optional<TimestampSecs> timestamp;
    std::optional<codec::HexBytes> signature;
    static constexpr std::string_view schema_name = "NewBlock";
    static constexpr auto fields() {
      using codec::defaulted_field, codec::field;
      return described(
          field("data", &Input::data, "the block, base64, at most 2 MiB"),
          defaulted_field("codec", &Input::codec, "raw (default), dag-cbor, dag-pb, dag-json"),
          defaulted_field("links", &Input::links, "linked blocks that need not be held here", {0, 1'000}),
          defaulted_field("type", &Input::type, "default data"),
          defaulted_field("scope", &Input::scope, "whose members may read it", {0, 200}),
          defaulted_field("visibility", &Input::visibility, "default private"),
          field("author", &Input::author, "default: the DID of the credentials"),
          field("cid", &Input::cid, "what the caller expects it to be"),
          defaulted_field("pin", &Input::pin, "keep it until it is unpinned, default false"),
          field("key", &Input::key, "verification method of `signature`"),
          field("timestamp", &Input::timestamp, "Unix seconds, signed"),
          field("signature", &Input::signature, "Ed25519, hex", {64, 64}));
    }
  };
  struct Output {
    Cid cid;
    std::uint64_t size = 0;
    Visibility visibility = Visibility::kPrivate;
    bool created = false;
    Millimana fee;
    static constexpr std::string_view schema_name = "PutBlockResult";
    static constexpr auto fields() {
      using codec::field;
      return described(field("cid", &Output::cid), field("size", &Output::size, "bytes"),
                       field("visibility", &Output::visibility, "as asked"),
                       field("created", &Output::created, "false: it was held already"),
                       field("fee", &Output::fee, "mana owed for it"));
    }
  };
  static constexpr std::string_view summary = "Store a block";
  static constexpr int success_status = 201;
  static void handle(const Api& api, const http::Call& call, Input input, http::Reply<Output> reply);
};

// What an author signs.
Bytes block_signing_bytes(const Cid& cid, const Did& author, TimestampSecs timestamp, BlockType type,
                          Visibility visibility, const std::string& scope);

}  // namespace icn::dag::api
