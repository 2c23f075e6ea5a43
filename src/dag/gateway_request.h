#pragma once

#include "dag/car_walk.h"
#include "http/message.h"

namespace icn::dag {

enum class GatewayFormat { kFile, kRaw, kCar };

// A request to the gateway as its path, query and headers say it.
// Source: IPFS Path Gateway and Trustless Gateway specifications.
struct GatewayRequest {
  Cid cid;           // as written: answers name it so
  std::string path;  // decoded; "" also for a slash alone
  bool has_trailing_slash = false;
  GatewayFormat format = GatewayFormat::kFile;
  bool is_format_in_url = false;
  CarShape car;
  bool is_only_if_cached = false;
  std::string filename;
  bool is_download = false;

  // malformed, bad_cid; not_acceptable (406) for a format that is not offered
  static Result<GatewayRequest> read(const http::Request& request);
};

// [first, past) of `size` bytes as `Range: bytes=` asks; none: no range, several, or another unit: the whole.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t past = 0;
  bool is_satisfiable = true;
};
std::optional<ByteRange> read_range(std::optional<std::string_view> header, std::uint64_t size);

// Whether `If-None-Match` names `etag` (weakly, or is "*").
bool matches_etag(std::optional<std::string_view> header, std::string_view etag);

// By the name's ending, else text or binary by its first bytes.
std::string_view content_type_of(std::string_view name, ByteView beginning);

}  // namespace icn::dag
