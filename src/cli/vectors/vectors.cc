#include "cli/vectors/vectors.h"

#include <algorithm>
#include <array>
#include <istream>
#include <ostream>

#include "base/errors.h"
#include "codec/cid.h"
#include "codec/dag_cbor.h"
#include "codec/json.h"
#include "codec/multibase.h"
#include "codec/utf8.h"
#include "crypto/ed25519.h"
#include "wasm/call.h"
#include "wasm/host_functions.h"
#include "wasm/wasmtime/wasmtime_engine.h"

namespace icn::cli {
namespace {

using codec::Json;

// A module of the largest size, as hex.
constexpr codec::JsonLimits kLineLimits{.bytes_max = 80u << 20, .depth_max = 16, .values_max = 100'000};

Result<std::string> text_of(const Json& line, std::string_view name) {
  const Json* member = line.find(name);
  if (member == nullptr || member->string() == nullptr) {
    return Error(errors::kMalformed, "\"" + std::string(name) + "\" must be a string");
  }
  return *member->string();
}

Result<Bytes> hex_of(const Json& line, std::string_view name) {
  ICN_TRY_ASSIGN(text, text_of(line, name));
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c + 32) : c; });
  auto bytes = hex_decode(text);
  if (!bytes.ok()) return bytes.error().within(name);
  return bytes;
}

Json out_hex(ByteView bytes) { return Json::object({{"out", hex_encode(bytes)}}); }

Result<Json> verify_signature(const Json& line) {
  ICN_TRY_ASSIGN(key_bytes, hex_of(line, "pk"));
  ICN_TRY_ASSIGN(message, hex_of(line, "msg"));
  ICN_TRY_ASSIGN(signature_bytes, hex_of(line, "sig"));
  const auto key = crypto::PublicKey::from_bytes(key_bytes);
  const auto signature = crypto::Signature::from_bytes(signature_bytes);
  return Json::object({{"ok", key.ok() && signature.ok() && crypto::verify(*key, message, *signature)}});
}

Result<Json> canonicalise(const Json& line) {
  ICN_TRY_ASSIGN(in, hex_of(line, "in"));
  ICN_TRY_ASSIGN(value, codec::parse_json(as_text(in), {.bytes_max = 40u << 20, .values_max = 10'000'000}));
  return out_hex(as_bytes(codec::canonical_json(value)));
}

Result<Json> decode_multibase(const Json& line) {
  ICN_TRY_ASSIGN(in, text_of(line, "in"));
  ICN_TRY_ASSIGN(decoded, codec::multibase_decode(in));
  return Json::object({{"base", decoded.base}, {"out", hex_encode(decoded.bytes)}});
}

Result<Json> encode_multibase(const Json& line) {
  ICN_TRY_ASSIGN(base, text_of(line, "base"));
  ICN_TRY_ASSIGN(in, hex_of(line, "in"));
  ICN_TRY_ASSIGN(text, codec::multibase_encode(base, in));
  return Json::object({{"out", text}});
}

Result<Json> hash(const Json& line) {
  ICN_TRY_ASSIGN(function, text_of(line, "fn"));
  ICN_TRY_ASSIGN(in, hex_of(line, "in"));
  ICN_TRY_ASSIGN(multihash, codec::multihash_of(function, in));
  return out_hex(multihash);
}

Result<Json> roundtrip_dag_cbor(const Json& line) {
  ICN_TRY_ASSIGN(in, hex_of(line, "in"));
  ICN_TRY_ASSIGN(value, codec::decode_dag_cbor(in));
  ICN_TRY_ASSIGN(out, codec::encode_dag_cbor(value));
  return out_hex(out);
}

Result<Json> parse_cid(const Json& line) {
  ICN_TRY_ASSIGN(in, text_of(line, "in"));
  ICN_TRY_ASSIGN(cid, codec::Cid::parse(in));
  return Json::object({{"version", cid.version()},
                       {"codec", cid.codec()},
                       {"codec_name", codec::codec_name(cid.codec())},
                       {"multihash", hex_encode(cid.multihash_bytes())}});
}

Result<Json> validate_module(wasm::Engine& engine, const Json& line) {
  ICN_TRY_ASSIGN(module, hex_of(line, "in"));
  const auto info = engine.validate(module);
  return Json::object({{"ok", info.ok()}, {"reason", info.ok() ? std::string() : info.error().detail()}});
}

Result<std::vector<wasm::Value>> arguments_of(const Json& line) {
  std::vector<wasm::Value> values;
  const Json* args = line.find("args");
  if (args == nullptr) return values;
  if (args->array() == nullptr) return Error(errors::kMalformed, "\"args\" must be an array");
  for (const Json& each : *args->array()) {
    ICN_TRY_ASSIGN(type_name, text_of(each, "type"));
    ICN_TRY_ASSIGN(bits, text_of(each, "value"));
    ICN_TRY_ASSIGN(type, wasm::parse_value_type(type_name));
    ICN_TRY_ASSIGN(value, wasm::value_from_bits(type, bits));
    values.push_back(value);
  }
  return values;
}

Result<Json> call_module(wasm::Engine& engine, const Json& line) {
  ICN_TRY_ASSIGN(module, hex_of(line, "module"));
  ICN_TRY_ASSIGN(function, text_of(line, "function"));
  ICN_TRY_ASSIGN(arguments, arguments_of(line));
  ICN_TRY_ASSIGN(outcome, wasm::call_function(engine, module, function, std::move(arguments)));
  if (outcome.trap) {
    return Json::object(
        {{"trap", wasm::trap_code_name(outcome.trap->code)}, {"message", outcome.trap->message}});
  }
  if (outcome.end == wasm::End::kExit) {
    return Json::object({{"exit_code", std::uint64_t{outcome.exit_code}}});
  }
  Json::Array results;
  for (const wasm::Value& value : outcome.values) {
    results.push_back(
        Json::object({{"type", wasm::value_type_name(value.type)}, {"value", wasm::value_bits(value)}}));
  }
  return Json::object({{"results", std::move(results)}});
}

using PlainOperation = Result<Json> (*)(const Json& line);
constexpr std::array<std::pair<std::string_view, PlainOperation>, 7> kPlainOperations{{
    {"ed25519.verify", verify_signature},
    {"jcs", canonicalise},
    {"multibase.decode", decode_multibase},
    {"multibase.encode", encode_multibase},
    {"multihash", hash},
    {"dagcbor.roundtrip", roundtrip_dag_cbor},
    {"cid.parse", parse_cid},
}};

using EngineOperation = Result<Json> (*)(wasm::Engine& engine, const Json& line);
constexpr std::array<std::pair<std::string_view, EngineOperation>, 2> kEngineOperations{{
    {"wasm.validate", validate_module},
    {"wasm.call", call_module},
}};

Error unknown_operation(std::string_view name) {
  std::string known;
  for (const auto& [each, run] : kPlainOperations) known += std::string(each) + ", ";
  for (const auto& [each, run] : kEngineOperations) known += std::string(each) + ", ";
  return Error(errors::kMalformed, "no operation is called \"" + std::string(name) + "\"; there are " +
                                       known.substr(0, known.size() - 2));
}

}  // namespace

Result<wasm::Engine*> Vectors::engine() {
  if (engine_ == nullptr) {
    wasm::WasmtimeOptions options;
    options.instances_max = 1;
    ICN_TRY_ASSIGN(made, wasm::make_wasmtime_engine(wasm::standard_host_functions(), std::move(options)));
    engine_ = std::move(made);
  }
  return engine_.get();
}

std::string Vectors::answer(std::string_view text) {
  const auto run = [&]() -> Result<Json> {
    ICN_TRY_ASSIGN(line, codec::parse_json(text, kLineLimits));
    ICN_TRY_ASSIGN(operation, text_of(line, "op"));
    for (const auto& [name, plain] : kPlainOperations) {
      if (operation == name) return plain(line);
    }
    for (const auto& [name, with_engine] : kEngineOperations) {
      if (operation != name) continue;
      ICN_TRY_ASSIGN(engine_found, engine());
      return with_engine(*engine_found, line);
    }
    return unknown_operation(operation);
  };
  const Result<Json> answer = run();
  std::string out = answer.ok() ? codec::write_json(*answer)
                                : codec::write_json(Json::object(
                                      {{"error", answer.error().detail()}, {"code", answer.error().code()}}));
  // Reasons may quote bytes of the input.
  if (!codec::is_utf8(out)) {
    std::replace_if(
        out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  }
  return out;
}

void answer_lines(Vectors& vectors, std::istream& in, std::ostream& out) {
  std::string line;
  while (std::getline(in, line)) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (line.empty()) continue;
    out << vectors.answer(line) << '\n';
    if (in.rdbuf()->in_avail() <= 0) out.flush();
  }
  out.flush();
}

}  // namespace icn::cli
