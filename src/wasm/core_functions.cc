#include <array>

#include <sodium.h>

#include "wasm/host_functions.h"
#include "wasm/run_context.h"

// Host functions that need nothing but the run itself. Source: domain.md 8.
namespace icn::wasm {
namespace {

constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};

std::int64_t log(HostCall& call) {
  const std::uint32_t level = call.u32(0);
  if (level >= kLevels.size()) return kArgument;
  if (call.u32(2) > kTextBytesMax) return kLimit;
  const auto text = call.read_text(call.u32(1), call.u32(2));
  if (!text) return kArgument;
  std::string line(kLevels[level]);
  line.append(": ").append(*text).append("\n");
  call.run().write_log(as_bytes(line));
  return 0;
}

std::int64_t input_count(HostCall& call) {
  return static_cast<std::int64_t>(call.run().request().inputs.size());
}

std::int64_t input(HostCall& call) {
  const auto& inputs = call.run().request().inputs;
  if (call.u32(0) >= inputs.size()) return kNotFound;
  return call.give(call.u32(1), call.u32(2), inputs[call.u32(0)].bytes);
}

std::int64_t arg(HostCall& call) {
  const auto& args = call.run().request().args;
  if (call.u32(0) >= args.size()) return kNotFound;
  return call.give(call.u32(1), call.u32(2), as_bytes(args[call.u32(0)]));
}

std::int64_t caller(HostCall& call) {
  return call.give(call.u32(0), call.u32(1), as_bytes(call.run().request().caller));
}

std::int64_t set_result(HostCall& call) {
  const auto bytes = call.read(call.u32(0), call.u32(1));
  if (!bytes) return kArgument;
  return call.run().set_result(*bytes) ? 0 : kLimit;
}

std::int64_t report_progress(HostCall& call) {
  if (call.u32(0) > 100) return kArgument;
  if (call.u32(2) > kTextBytesMax) return kLimit;
  const auto text = call.read_text(call.u32(1), call.u32(2));
  if (!text) return kArgument;
  if (auto* observer = call.run().request().observer) observer->on_progress(call.u32(0), *text);
  return 0;
}

std::int64_t now(HostCall& call) { return static_cast<std::int64_t>(call.run().request().start_secs); }

std::int64_t random(HostCall& call) {
  if (call.u32(1) > INT32_MAX) return kLimit;
  const auto out = call.writable(call.u32(0), call.u32(1));
  if (!out) return kArgument;
  call.run().random(*out);
  return static_cast<std::int64_t>(out->size());
}

std::int64_t sha256(HostCall& call) {
  const auto message = call.read(call.u32(0), call.u32(1));
  if (!message) return kArgument;
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), message->data(), message->size());
  return call.give(call.u32(2), call.u32(3), digest);
}

std::int64_t emit_event(HostCall& call) {
  if (call.u32(1) > kTextBytesMax || call.u32(3) > kTextBytesMax) return kLimit;
  const auto name = call.read_text(call.u32(0), call.u32(1));
  const auto json = call.read_text(call.u32(2), call.u32(3));
  if (!name || !json || name->empty()) return kArgument;
  return call.run().emit(*name, *json) ? 0 : kLimit;
}

}  // namespace

void add_core_functions(HostRegistry& registry) {
  const auto add = [&](const char* name, const char* signature, HostHandler handler) {
    registry.add({"icn", name, signature, kHostCallFuel, std::move(handler)});
  };
  add("log", "iii:i", log);
  add("input_count", ":i", input_count);
  add("input", "iii:i", input);
  add("arg", "iii:i", arg);
  add("caller", "ii:i", caller);
  add("set_result", "ii:i", set_result);
  add("report_progress", "iii:i", report_progress);
  add("now", ":l", now);
  add("random", "ii:i", random);
  add("sha256", "iiii:i", sha256);
  add("emit_event", "iiii:i", emit_event);
}

}  // namespace icn::wasm
