#include "wasm/wasmtime/disk_cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <vector>

#include <fmt/format.h>
#include <sodium.h>

#include "wasm/errors.h"

namespace icn::wasm {
namespace {

constexpr std::string_view kMagic = "icnwasm1";
constexpr std::size_t kTagBytes = 32;
constexpr std::size_t kSecretBytes = 32;

std::string digest_hex(ByteView bytes) {
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> digest;
  crypto_hash_sha256(digest.data(), bytes.data(), bytes.size());
  return hex_encode(digest);
}

std::optional<Bytes> read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file) return std::nullopt;
  Bytes bytes(static_cast<std::size_t>(file.tellg()));
  file.seekg(0);
  file.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!file) return std::nullopt;
  return bytes;
}

bool write_whole(int file, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file, bytes.data(), bytes.size());
    if (written <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

}  // namespace

Result<DiskCache> DiskCache::open(std::filesystem::path folder, Bytes secret, std::string settings) {
  if (secret.size() != kSecretBytes) {
    return Error(errors::kEngine,
                 fmt::format("the secret of the module cache must have {} bytes", kSecretBytes));
  }
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (!failed) std::filesystem::permissions(folder, std::filesystem::perms::owner_all, failed);
  if (failed) {
    return Error(errors::kEngine,
                 fmt::format("cannot make the folder {}: {}", folder.string(), failed.message()));
  }
  DiskCache cache(std::move(folder), std::move(secret), std::move(settings));
  cache.drop_oldest();
  return cache;
}

DiskCache::DiskCache(std::filesystem::path folder, Bytes secret, std::string settings)
    : folder_(std::move(folder)), secret_(std::move(secret)), settings_(std::move(settings)) {}

std::filesystem::path DiskCache::path_of(std::string_view id) const {
  Bytes name = to_bytes(as_bytes(id));
  name.push_back(0);
  append(name, settings_);
  return folder_ / (digest_hex(name) + ".cwasm");
}

Bytes DiskCache::tag(std::string_view id, ByteView wasm, ByteView code) const {
  const std::string head = fmt::format("{}\n{}\n{}\n{}\n", kMagic, id, settings_, digest_hex(wasm));
  crypto_generichash_state state;
  crypto_generichash_init(&state, secret_.data(), secret_.size(), kTagBytes);
  crypto_generichash_update(&state, reinterpret_cast<const std::uint8_t*>(head.data()), head.size());
  crypto_generichash_update(&state, code.data(), code.size());
  Bytes out(kTagBytes);
  crypto_generichash_final(&state, out.data(), out.size());
  return out;
}

std::optional<Bytes> DiskCache::load(std::string_view id, ByteView wasm, Miss& miss) const {
  miss = Miss::kAbsent;
  auto file = read_file(path_of(id));
  if (!file) return std::nullopt;
  miss = Miss::kRefused;
  const std::size_t head = kMagic.size() + kTagBytes;
  if (file->size() < head || as_text(ByteView(*file).first(kMagic.size())) != kMagic) return std::nullopt;
  const ByteView code = ByteView(*file).subspan(head);
  if (!equal_constant_time(ByteView(*file).subspan(kMagic.size(), kTagBytes), tag(id, wasm, code))) {
    return std::nullopt;
  }
  return to_bytes(code);
}

void DiskCache::store(std::string_view id, ByteView wasm, ByteView code) const {
  const std::filesystem::path path = path_of(id);
  std::string temporary = path.string() + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) return;
  const bool written = write_whole(file, as_bytes(kMagic)) && write_whole(file, tag(id, wasm, code)) &&
                       write_whole(file, code);
  const bool closed = ::close(file) == 0;
  std::error_code failed;
  if (written && closed) std::filesystem::rename(temporary, path, failed);
  if (!written || !closed || failed) std::filesystem::remove(temporary, failed);
}

void DiskCache::remove(std::string_view id) const {
  std::error_code ignored;
  std::filesystem::remove(path_of(id), ignored);
}

void DiskCache::drop_oldest() const {
  struct File {
    std::filesystem::file_time_type time;
    std::uint64_t bytes;
    std::filesystem::path path;
  };
  std::vector<File> files;
  std::uint64_t total = 0;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder_, failed)) {
    std::error_code gone;
    const File file{entry.last_write_time(gone), entry.file_size(gone), entry.path()};
    if (gone) continue;
    total += file.bytes;
    files.push_back(file);
  }
  std::ranges::sort(files, {}, &File::time);
  for (const File& file : files) {
    if (total <= kBytesMax) break;
    std::filesystem::remove(file.path, failed);
    total -= file.bytes;
  }
}

}  // namespace icn::wasm
