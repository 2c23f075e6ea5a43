#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>

#include "wasm/run_context.h"
#include "wasm/wasi/abi.h"
#include "wasm/wasi/functions.h"
#include "wasm/wasi/stat.h"

namespace icn::wasm::wasi {
namespace {

Descriptor* descriptor(HostCall& call) { return call.run().files().find(call.u32(0)); }

// Copies from `bytes` into the guest's buffers, `position` on; answers how much, or nothing for a bad
// pointer.
std::optional<std::uint32_t> scatter(HostCall& call, ByteView bytes, std::uint64_t position,
                                     std::uint32_t vectors, std::uint32_t count) {
  std::uint32_t total = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto pointer = call.read_u32(vectors + i * 8);
    const auto length = call.read_u32(vectors + i * 8 + 4);
    if (!pointer || !length) return std::nullopt;
    if (position >= bytes.size()) break;
    const std::size_t size = std::min<std::uint64_t>(*length, bytes.size() - position);
    if (!call.write(*pointer, bytes.subspan(position, size))) return std::nullopt;
    position += size;
    total += static_cast<std::uint32_t>(size);
  }
  return total;
}

std::int64_t read_at(HostCall& call, Descriptor& file, std::uint64_t position, std::uint32_t size_pointer,
                     bool moves) {
  if (file.kind == Kind::kRoot) return kIsDirectory;
  if (file.kind != Kind::kInput) return kNotCapable;
  if (call.u32(2) > kVectorsMax) return kInvalid;
  const auto size = scatter(call, contents(call.run(), file), position, call.u32(1), call.u32(2));
  if (!size || !call.write_u32(size_pointer, *size)) return kFault;
  if (moves) file.position = position + *size;
  return kSuccess;
}

std::int64_t fd_read(HostCall& call) {
  Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  return read_at(call, *file, file->position, call.u32(3), true);
}

std::int64_t fd_pread(HostCall& call) {
  Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  return read_at(call, *file, call.u64(3), call.u32(4), false);
}

std::int64_t fd_write(HostCall& call) {
  Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  if (file->kind != Kind::kOutput && file->kind != Kind::kLog) return kNotCapable;
  if (call.u32(2) > kVectorsMax) return kInvalid;
  std::uint64_t total = 0;
  for (std::uint32_t i = 0; i < call.u32(2); ++i) {
    const auto pointer = call.read_u32(call.u32(1) + i * 8);
    const auto length = call.read_u32(call.u32(1) + i * 8 + 4);
    if (!pointer || !length) return kFault;
    const auto bytes = call.read(*pointer, *length);
    if (!bytes) return kFault;
    if (file->kind == Kind::kLog) {
      call.run().write_log(*bytes);
    } else if (!call.run().write_output(*bytes)) {
      call.stop(TrapCode::kHost, fmt::format("standard output is more than the {} bytes a result may have",
                                             call.run().request().capture.result_bytes));
      return kFault;
    }
    total += bytes->size();
  }
  return call.write_u32(call.u32(3), static_cast<std::uint32_t>(total)) ? kSuccess : kFault;
}

std::int64_t seek(HostCall& call, std::int64_t offset, std::uint32_t whence, std::uint32_t out) {
  Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  if (file->kind != Kind::kInput) return kNoSeek;
  if (whence > kEnd) return kInvalid;
  const std::uint64_t base = whence == kSet       ? 0
                             : whence == kCurrent ? file->position
                                                  : contents(call.run(), *file).size();
  const auto signed_base = static_cast<std::int64_t>(base);
  std::int64_t target = 0;
  if (__builtin_add_overflow(signed_base, offset, &target) || target < 0) return kInvalid;
  file->position = static_cast<std::uint64_t>(target);
  return call.write_u64(out, file->position) ? kSuccess : kFault;
}

std::int64_t fd_close(HostCall& call) {
  return call.run().files().close(call.u32(0)) ? kSuccess : kBadDescriptor;
}

std::int64_t fd_renumber(HostCall& call) {
  Files& files = call.run().files();
  Descriptor* from = files.find(call.u32(0));
  Descriptor* to = files.find(call.u32(1));
  if (from == nullptr || to == nullptr) return kBadDescriptor;
  if (from == to) return kSuccess;
  *to = *from;
  files.close(call.u32(0));
  return kSuccess;
}

std::uint64_t rights(Kind kind) {
  switch (kind) {
    case Kind::kInput:
      return kRightRead | kRightSeek | kRightTell | kRightFilestat | kRightPoll;
    case Kind::kOutput:
    case Kind::kLog:
      return kRightWrite | kRightFilestat | kRightPoll;
    case Kind::kRoot:
      return kRightPathOpen | kRightReadDirectory | kRightPathFilestat | kRightFilestat;
  }
  return 0;
}

std::int64_t fd_fdstat_get(HostCall& call) {
  const Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  const std::uint32_t out = call.u32(1);
  const std::uint64_t inherited = file->kind == Kind::kRoot ? rights(Kind::kInput) | rights(Kind::kRoot) : 0;
  const bool given = call.write_u64(out, file->kind == Kind::kRoot ? kDirectory : kRegularFile) &&
                     call.write_u64(out + 8, rights(file->kind)) && call.write_u64(out + 16, inherited);
  return given ? kSuccess : kFault;
}

std::int64_t fd_filestat_get(HostCall& call) {
  const Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  return give_stat(call, call.u32(1), *file);
}

std::int64_t fd_prestat_get(HostCall& call) {
  const Descriptor* file = descriptor(call);
  if (file == nullptr || call.u32(0) != Files::kRootDescriptor) return kBadDescriptor;
  return call.write_u64(call.u32(1), std::uint64_t{1} << 32) ? kSuccess
                                                             : kFault;  // a directory, name of 1 byte
}

std::int64_t fd_prestat_dir_name(HostCall& call) {
  if (descriptor(call) == nullptr || call.u32(0) != Files::kRootDescriptor) return kBadDescriptor;
  if (call.u32(2) < 1) return kTooBig;
  return call.write(call.u32(1), as_bytes("/")) ? kSuccess : kFault;
}

void append_little_endian(Bytes& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

// Entries ".", "..", then the inputs from the second on; the last one is cut off where the buffer ends.
std::int64_t fd_readdir(HostCall& call) {
  const Descriptor* file = descriptor(call);
  if (file == nullptr) return kBadDescriptor;
  if (file->kind != Kind::kRoot) return kNotDirectory;
  const auto& inputs = call.run().request().inputs;
  const std::uint32_t capacity = call.u32(2);
  const std::uint64_t entries = 2 + (inputs.empty() ? 0 : inputs.size() - 1);
  Bytes listing;
  for (std::uint64_t i = call.u64(3); i < entries && listing.size() < capacity; ++i) {
    const std::string_view name = i == 0 ? "." : i == 1 ? ".." : std::string_view(inputs[i - 1].name);
    append_little_endian(listing, i + 1, 8);
    append_little_endian(listing, i < 2 ? 1 : i + 1, 8);
    append_little_endian(listing, name.size(), 4);
    append_little_endian(listing, i < 2 ? kDirectory : kRegularFile, 4);
    append(listing, name);
  }
  if (listing.size() > capacity) listing.resize(capacity);
  const bool given = call.write(call.u32(1), listing) &&
                     call.write_u32(call.u32(4), static_cast<std::uint32_t>(listing.size()));
  return given ? kSuccess : kFault;
}

}  // namespace

void add_descriptor_functions(HostRegistry& registry) {
  add(registry, "fd_read", "iiii:i", fd_read);
  add(registry, "fd_pread", "iiili:i", fd_pread);
  add(registry, "fd_write", "iiii:i", fd_write);
  add(registry, "fd_seek", "ilii:i",
      [](HostCall& call) { return seek(call, call.i64(1), call.u32(2), call.u32(3)); });
  add(registry, "fd_tell", "ii:i", [](HostCall& call) { return seek(call, 0, kCurrent, call.u32(1)); });
  add(registry, "fd_close", "i:i", fd_close);
  add(registry, "fd_renumber", "ii:i", fd_renumber);
  add(registry, "fd_fdstat_get", "ii:i", fd_fdstat_get);
  add(registry, "fd_filestat_get", "ii:i", fd_filestat_get);
  add(registry, "fd_prestat_get", "ii:i", fd_prestat_get);
  add(registry, "fd_prestat_dir_name", "iii:i", fd_prestat_dir_name);
  add(registry, "fd_readdir", "iiili:i", fd_readdir);
  for (const char* name : {"fd_sync", "fd_datasync"}) {
    add(registry, name, "i:i",
        [](HostCall& call) -> std::int64_t { return descriptor(call) ? kSuccess : kBadDescriptor; });
  }
}

}  // namespace icn::wasm::wasi
