#include <algorithm>
#include <optional>
#include <string_view>

#include "wasm/run_context.h"
#include "wasm/wasi/abi.h"
#include "wasm/wasi/functions.h"
#include "wasm/wasi/stat.h"

namespace icn::wasm::wasi {

ByteView contents(RunContext& run, const Descriptor& file) {
  const auto& inputs = run.request().inputs;
  if (file.kind != Kind::kInput || file.input >= inputs.size()) return {};
  return inputs[file.input].bytes;
}

std::int64_t give_stat(HostCall& call, std::uint32_t pointer, const Descriptor& file) {
  const bool directory = file.kind == Kind::kRoot;
  const std::uint64_t serial = directory ? 1 : 2 + file.input;
  const std::uint64_t time = call.run().start_ns();
  const std::uint64_t words[] = {
      1,    serial, directory ? kDirectory : kRegularFile, 1, contents(call.run(), file).size(), time,
      time, time};
  for (const std::uint64_t word : words) {
    if (!call.write_u64(pointer, word)) return kFault;
    pointer += 8;
  }
  return kSuccess;
}

namespace {

struct Target {
  std::int32_t error = kSuccess;
  Descriptor file;
};

// What a path below a directory names. There is one directory, and nothing above it.
Target look_up(HostCall& call, std::uint32_t directory, std::uint32_t pointer, std::uint32_t length) {
  const Descriptor* base = call.run().files().find(directory);
  if (base == nullptr) return {kBadDescriptor, {}};
  if (base->kind != Kind::kRoot) return {kNotDirectory, {}};
  if (length > kNameBytesMax) return {kInvalid, {}};
  auto path = call.read_text(pointer, length);
  if (!path) return {kFault, {}};
  while (path->starts_with("./") || path->starts_with("/")) path->remove_prefix(path->find('/') + 1);
  if (path->empty() || *path == ".") return {kSuccess, Descriptor{Kind::kRoot}};
  if (*path == ".." || path->starts_with("../")) return {kNotCapable, {}};
  const auto& inputs = call.run().request().inputs;
  for (std::size_t i = 1; i < inputs.size(); ++i) {
    if (inputs[i].name == *path) return {kSuccess, Descriptor{Kind::kInput, i}};
  }
  return {kNoEntry, {}};
}

std::int64_t path_open(HostCall& call) {
  const std::uint32_t flags = call.u32(4);
  const Target target = look_up(call, call.u32(0), call.u32(2), call.u32(3));
  if (target.error == kNoEntry && (flags & kCreate) != 0) return kReadOnly;
  if (target.error != kSuccess) return target.error;
  if ((flags & kCreate) != 0 && (flags & kExclusive) != 0) return kExists;
  if ((flags & kTruncate) != 0) return kReadOnly;
  if ((flags & kOpenDirectory) != 0 && target.file.kind != Kind::kRoot) return kNotDirectory;
  const auto opened = call.run().files().open(target.file);
  if (!opened) return kNoMoreDescriptors;
  return call.write_u32(call.u32(8), *opened) ? kSuccess : kFault;
}

std::int64_t path_filestat_get(HostCall& call) {
  const Target target = look_up(call, call.u32(0), call.u32(2), call.u32(3));
  if (target.error != kSuccess) return target.error;
  return give_stat(call, call.u32(4), target.file);
}

std::int64_t path_readlink(HostCall& call) {
  const Target target = look_up(call, call.u32(0), call.u32(1), call.u32(2));
  return target.error != kSuccess ? target.error : kInvalid;  // nothing here is a link
}

}  // namespace

void add_path_functions(HostRegistry& registry) {
  add(registry, "path_open", "iiiiillii:i", path_open);
  add(registry, "path_filestat_get", "iiiii:i", path_filestat_get);
  add(registry, "path_readlink", "iiiiii:i", path_readlink);
}

// Files are read-only, and there are no sockets and no signals.
void add_refused_functions(HostRegistry& registry) {
  struct Refused {
    const char* name;
    const char* signature;
    Errno error;
  };
  static constexpr Refused kRefused[] = {
      {"fd_advise", "illi:i", kSuccess},
      {"fd_allocate", "ill:i", kNotSupported},
      {"fd_fdstat_set_flags", "ii:i", kNotSupported},
      {"fd_fdstat_set_rights", "ill:i", kNotCapable},
      {"fd_filestat_set_size", "il:i", kNotCapable},
      {"fd_filestat_set_times", "illi:i", kNotCapable},
      {"fd_pwrite", "iiili:i", kNotCapable},
      {"path_create_directory", "iii:i", kReadOnly},
      {"path_filestat_set_times", "iiiilli:i", kReadOnly},
      {"path_link", "iiiiiii:i", kReadOnly},
      {"path_remove_directory", "iii:i", kReadOnly},
      {"path_rename", "iiiiii:i", kReadOnly},
      {"path_symlink", "iiiii:i", kReadOnly},
      {"path_unlink_file", "iii:i", kReadOnly},
      {"proc_raise", "i:i", kNoSystemCall},
      {"sock_accept", "iii:i", kNotSocket},
      {"sock_recv", "iiiiii:i", kNotSocket},
      {"sock_send", "iiiii:i", kNotSocket},
      {"sock_shutdown", "ii:i", kNotSocket},
  };
  for (const Refused& row : kRefused) {
    add(registry, row.name, row.signature, [error = row.error](HostCall&) -> std::int64_t { return error; });
  }
}

}  // namespace icn::wasm::wasi

namespace icn::wasm {

void add_wasi_functions(HostRegistry& registry) {
  wasi::add_process_functions(registry);
  wasi::add_descriptor_functions(registry);
  wasi::add_path_functions(registry);
  wasi::add_refused_functions(registry);
}

}  // namespace icn::wasm
