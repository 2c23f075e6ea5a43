#pragma once

#include <string>
#include <string_view>

#include "codec/dag_cbor.h"

namespace icn::codec {

// Canonical DAG-JSON: no white space, keys in byte order, links {"/": "bafy..."}, bytes
// {"/": {"bytes": base64 without padding}}, floats always with a point or an exponent.
//   bad_dag_json   a key twice, text that is no UTF-8, a float that is not finite, an empty link,
//                  or a map that would be read as a link or as bytes
//   too_large      deeper than 64 containers
// Source: IPLD DAG-JSON specification.
Result<std::string> encode_dag_json(const Value& value);

struct DagJsonLimits {
  int depth_max = 64;
  std::size_t size_max = std::size_t{2} << 20;
  std::size_t values_max = 1'000'000;
};

// Reads any spacing and order of keys; all else strictly. A number without point and exponent is an
// integer and must lie in -2^64 to 2^64 - 1.
//   bad_dag_json, too_large
Result<Value> decode_dag_json(std::string_view text, const DagJsonLimits& limits = {});

}  // namespace icn::codec
