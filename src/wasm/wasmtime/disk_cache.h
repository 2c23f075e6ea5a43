#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

namespace icn::wasm {

// Compiled modules in a folder of this node. Machine code is run as it is read, so a file counts only with
// its BLAKE2b tag under the node's secret, which covers the module's id and bytes and the settings it was
// compiled with as well.
//   file = "icnwasm1" tag(32) code
//   name = hex SHA-256 of id 0x00 settings, ".cwasm"
// Thread: any. A file that cannot be written is left out: the cache is never needed.
class DiskCache {
 public:
  enum class Miss { kAbsent, kRefused };

  static constexpr std::uint64_t kBytesMax = std::uint64_t{4} << 30;  // the oldest files go when it opens

  // kEngine: the folder cannot be made or the secret is not 32 bytes.
  static Result<DiskCache> open(std::filesystem::path folder, Bytes secret, std::string settings);

  std::optional<Bytes> load(std::string_view id, ByteView wasm, Miss& miss) const;
  void store(std::string_view id, ByteView wasm, ByteView code) const;
  void remove(std::string_view id) const;

 private:
  DiskCache(std::filesystem::path folder, Bytes secret, std::string settings);
  std::filesystem::path path_of(std::string_view id) const;
  Bytes tag(std::string_view id, ByteView wasm, ByteView code) const;
  void drop_oldest() const;

  std::filesystem::path folder_;
  Bytes secret_;
  std::string settings_;
};

}  // namespace icn::wasm
