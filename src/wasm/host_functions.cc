#include "wasm/host_functions.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/assert.h"
#include "wasm/errors.h"

namespace icn::wasm {
namespace {

ValueType type_of_letter(char letter) {
  switch (letter) {
    case 'i':
      return ValueType::kI32;
    case 'l':
      return ValueType::kI64;
    case 'f':
      return ValueType::kF32;
    default:
      ICN_ASSERT(letter == 'd');
      return ValueType::kF64;
  }
}

}  // namespace

std::int32_t guest_error(const Error& error) {
  switch (error.category()) {
    case Category::kMalformed:
      return kArgument;
    case Category::kUnauthenticated:
    case Category::kForbidden:
      return kNotPermitted;
    case Category::kNotFound:
      return kNotFound;
    case Category::kPayment:
      return kMana;
    case Category::kConflict:
    case Category::kTooLarge:
    case Category::kRule:
    case Category::kRateLimited:
      return kLimit;
    case Category::kInternal:
    case Category::kUnavailable:
    case Category::kStorageFull:
      return kInternal;
  }
  return kInternal;
}

bool HostCall::charge(std::uint64_t fuel) {
  if (fuel <= fuel_) {
    fuel_ -= fuel;
    return true;
  }
  fuel_ = 0;
  stop(TrapCode::kFuel, "all fuel consumed in a host function");
  return false;
}

void HostCall::stop(TrapCode code, std::string message) {
  if (!stopped()) trap_ = Trap{code, std::move(message), {}};
}

void HostCall::exit(std::uint32_t code) {
  if (!stopped()) exit_code_ = code;
}

std::optional<std::span<std::uint8_t>> HostCall::writable(std::uint32_t pointer, std::uint32_t length) {
  if (stopped() || std::uint64_t{pointer} + length > memory_.size() || !charge(length)) return std::nullopt;
  return memory_.subspan(pointer, length);
}

std::optional<ByteView> HostCall::read(std::uint32_t pointer, std::uint32_t length) {
  const auto view = writable(pointer, length);
  if (!view) return std::nullopt;
  return ByteView(*view);
}

std::optional<std::string_view> HostCall::read_text(std::uint32_t pointer, std::uint32_t length) {
  const auto view = read(pointer, length);
  if (!view) return std::nullopt;
  return as_text(*view);
}

bool HostCall::write(std::uint32_t pointer, ByteView bytes) {
  if (bytes.size() > UINT32_MAX) return false;
  const auto view = writable(pointer, static_cast<std::uint32_t>(bytes.size()));
  if (!view) return false;
  if (!bytes.empty()) std::memcpy(view->data(), bytes.data(), bytes.size());
  return true;
}

// Guest memory is little-endian. Source: WebAssembly Core 2.0, 4.4.7.
std::optional<std::uint64_t> HostCall::read_u64(std::uint32_t pointer) {
  const auto view = read(pointer, 8);
  if (!view) return std::nullopt;
  std::uint64_t value = 0;
  for (int i = 7; i >= 0; --i) value = (value << 8) | (*view)[static_cast<std::size_t>(i)];
  return value;
}

std::optional<std::uint32_t> HostCall::read_u32(std::uint32_t pointer) {
  const auto view = read(pointer, 4);
  if (!view) return std::nullopt;
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = (value << 8) | (*view)[static_cast<std::size_t>(i)];
  return value;
}

bool HostCall::write_u32(std::uint32_t pointer, std::uint32_t value) {
  std::array<std::uint8_t, 4> bytes;
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(value);
    value >>= 8;
  }
  return write(pointer, bytes);
}

bool HostCall::write_u64(std::uint32_t pointer, std::uint64_t value) {
  std::array<std::uint8_t, 8> bytes;
  for (auto& byte : bytes) {
    byte = static_cast<std::uint8_t>(value);
    value >>= 8;
  }
  return write(pointer, bytes);
}

std::int64_t HostCall::give(std::uint32_t pointer, std::uint32_t capacity, ByteView bytes) {
  if (std::uint64_t{pointer} + capacity > memory_.size()) return kArgument;
  if (bytes.size() > INT32_MAX) return kLimit;
  if (bytes.size() <= capacity && !write(pointer, bytes)) return kArgument;
  return static_cast<std::int64_t>(bytes.size());
}

FunctionType HostFunction::type() const {
  const std::size_t colon = signature.find(':');
  ICN_ASSERT(colon != std::string::npos && colon <= HostCall::kParamsMax && signature.size() <= colon + 2);
  FunctionType type;
  for (std::size_t i = 0; i < colon; ++i) type.params.push_back(type_of_letter(signature[i]));
  if (colon + 1 < signature.size()) type.results.push_back(type_of_letter(signature[colon + 1]));
  return type;
}

void HostRegistry::add(HostFunction function) {
  ICN_ASSERT(find(function.module, function.name) == nullptr);
  ICN_ASSERT(function.handler != nullptr);
  static_cast<void>(function.type());
  functions_.push_back(std::move(function));
}

const HostFunction* HostRegistry::find(std::string_view module, std::string_view name) const {
  const auto found = std::ranges::find_if(functions_, [&](const HostFunction& function) {
    return function.module == module && function.name == name;
  });
  return found == functions_.end() ? nullptr : &*found;
}

Result<void> HostRegistry::check_imports(const ModuleInfo& info) const {
  for (const Import& import : info.imports) {
    const HostFunction* known =
        import.kind == ExternKind::kFunction ? find(import.module, import.name) : nullptr;
    if (known == nullptr) {
      std::string names;
      for (const HostFunction& function : functions_) {
        if (function.module == import.module || function.module == "icn") {
          names += fmt::format("{}{}.{}", names.empty() ? "" : ", ", function.module, function.name);
        }
      }
      return Error(errors::kUnknownImport,
                   fmt::format("unknown import {}.{}; known are {}{}", import.module.substr(0, 100),
                               import.name.substr(0, 100), names,
                               import.module == "wasi_snapshot_preview1" ? "" : " and WASI preview 1"));
    }
    if (info.types[import.type] != known->type()) {
      return Error(
          errors::kUnknownImport,
          fmt::format("import {}.{} has the type {}, the host's is {}", import.module, import.name,
                      function_type_text(info.types[import.type]), function_type_text(known->type())));
    }
  }
  return {};
}

HostRegistry standard_host_functions() {
  HostRegistry registry;
  add_core_functions(registry);
  add_service_functions(registry);
  add_refused_functions(registry);
  add_wasi_functions(registry);
  return registry;
}

}  // namespace icn::wasm
