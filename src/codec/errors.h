#pragma once

#include "base/errors.h"

// Errors of the decoders. All say in their detail what was wrong and what is allowed.
namespace icn::codec::errors {

using namespace icn::errors;

inline constexpr ErrorKind kBadVarint{Category::kMalformed, "bad_varint", "not a canonical varint"};
inline constexpr ErrorKind kBadMultibase{Category::kMalformed, "bad_multibase", "not a multibase text"};
inline constexpr ErrorKind kBadMultihash{Category::kMalformed, "bad_multihash", "not a multihash"};
inline constexpr ErrorKind kBadCid{Category::kMalformed, "bad_cid", "not a CID"};
inline constexpr ErrorKind kBadDagCbor{Category::kMalformed, "bad_dag_cbor", "not canonical DAG-CBOR"};
inline constexpr ErrorKind kBadDagJson{Category::kMalformed, "bad_dag_json", "not DAG-JSON"};
inline constexpr ErrorKind kBadDagPb{Category::kMalformed, "bad_dag_pb", "not a DAG-PB node"};
inline constexpr ErrorKind kBadUnixFs{Category::kMalformed, "bad_unixfs", "not a UnixFS node"};
inline constexpr ErrorKind kUnsupportedUnixFs{Category::kRule, "unsupported_unixfs",
                                              "a kind of UnixFS node that is not supported"};
inline constexpr ErrorKind kPathNotFound{Category::kNotFound, "path_not_found", "no such path below the CID"};
inline constexpr ErrorKind kBadCar{Category::kMalformed, "bad_car", "not a CAR archive"};
inline constexpr ErrorKind kCidMismatch{Category::kMalformed, "E002", "CID does not match"};
inline constexpr ErrorKind kUnsupportedCodec{Category::kRule, "unsupported_codec",
                                             "a codec or hash function that is not supported"};

}  // namespace icn::codec::errors
