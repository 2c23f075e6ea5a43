#include "http/shared_answers.h"

#include <charconv>

#include "crypto/hash.h"

// A value:  tag 16 | height 8 | size of the type 1 | type | body
//   tag     the first bytes of the keyed BLAKE2b of key and all that follows it
//   height  of the ledger, big-endian: the body holds as long as nothing it depends on changes later
namespace icn::http {
namespace {

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = kTagBytes + 8 + 1;
// Of answers that hold until they change: nobody may ask again.
constexpr std::uint32_t kSecondsMax = 3'600;

Bytes tag_of(ByteView secret, std::string_view key, ByteView rest) {
  Bytes message = to_bytes(as_bytes(key));
  message.push_back(0);
  append(message, rest);
  const crypto::Hash hash = crypto::blake2b(message, secret);
  return to_bytes(ByteView(hash).first(kTagBytes));
}

}  // namespace

void SharedAnswers::set_generation(std::string generation) {
  const std::lock_guard lock(mutex_);
  generation_ = std::move(generation);
}

std::string SharedAnswers::key_of(const std::string& name, std::uint64_t place) const {
  std::string generation;
  {
    const std::lock_guard lock(mutex_);
    generation = generation_;
  }
  if (generation.empty()) return {};
  const crypto::Hash hash = crypto::blake2b(as_bytes(name));
  return "icn:answer:" + generation + ":" + mark_of(place) + ":" +
         hex_encode(ByteView(hash).first(kTagBytes));
}

std::optional<Response> SharedAnswers::find(const std::string& name, const AnswerVersion& version) const {
  const std::string key = key_of(name, version.place);
  if (key.empty()) return std::nullopt;
  const auto value = redis_.get(key);
  if (!value || value->size() < kHeadBytes) return std::nullopt;
  const ByteView all(*value);
  if (!equal_constant_time(all.first(kTagBytes), tag_of(secret_, key, all.subspan(kTagBytes))))
    return std::nullopt;
  if (read_u64(all.subspan(kTagBytes, 8)) < version.changed_height) return std::nullopt;
  const std::size_t type_size = all[kHeadBytes - 1];
  if (all.size() < kHeadBytes + type_size) return std::nullopt;
  Response out;
  out.content_type = to_text(all.subspan(kHeadBytes, type_size));
  out.body = to_text(all.subspan(kHeadBytes + type_size));
  return out;
}

void SharedAnswers::keep(const std::string& name, const AnswerVersion& version,
                         const Response& response) const {
  const std::string key = key_of(name, version.place);
  if (key.empty() || response.content_type.size() > 255) return;
  Bytes rest;
  append_u64(rest, version.known_height);
  rest.push_back(static_cast<std::uint8_t>(response.content_type.size()));
  append(rest, response.content_type);
  append(rest, response.body_text());
  Bytes value = tag_of(secret_, key, rest);
  append(value, rest);
  redis_.put(key, std::move(value), version.seconds_max == 0 ? kSecondsMax : version.seconds_max);
}

std::string SharedAnswers::mark_of(std::uint64_t place) {
  char text[17];
  const auto end = std::to_chars(text, text + sizeof text, place, 16).ptr;
  return std::string(text, end);
}

std::uint64_t SharedAnswers::place_of(std::string_view mark) {
  std::uint64_t out = 0;
  const auto [end, code] = std::from_chars(mark.data(), mark.data() + mark.size(), out, 16);
  return code == std::errc() && end == mark.data() + mark.size() ? out : 0;
}

}  // namespace icn::http
