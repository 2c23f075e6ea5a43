#pragma once

#include <cstdint>

// Numbers of WASI preview 1. Source: WebAssembly/WASI, wasi_snapshot_preview1.witx.
namespace icn::wasm::wasi {

enum Errno : std::int32_t {
  kSuccess = 0,
  kTooBig = 1,
  kBadDescriptor = 8,
  kExists = 20,
  kFault = 21,
  kInvalid = 28,
  kIsDirectory = 31,
  kNoMoreDescriptors = 33,
  kNoEntry = 44,
  kNoSystemCall = 52,
  kNotDirectory = 54,
  kNotSocket = 57,
  kNotSupported = 58,
  kReadOnly = 69,
  kNoSeek = 70,
  kNotCapable = 76,
};

enum FileType : std::uint8_t { kDirectory = 3, kRegularFile = 4 };

enum Rights : std::uint64_t {
  kRightRead = 1u << 1,
  kRightSeek = 1u << 2,
  kRightTell = 1u << 5,
  kRightWrite = 1u << 6,
  kRightPathOpen = 1u << 13,
  kRightReadDirectory = 1u << 14,
  kRightPathFilestat = 1u << 18,
  kRightFilestat = 1u << 21,
  kRightPoll = 1u << 27,
};

enum OpenFlags : std::uint32_t { kCreate = 1, kOpenDirectory = 2, kExclusive = 4, kTruncate = 8 };

enum Whence : std::uint32_t { kSet = 0, kCurrent = 1, kEnd = 2 };

inline constexpr std::uint32_t kVectorsMax = 1'024;  // buffers of one read or write
inline constexpr std::uint32_t kNameBytesMax = 4'096;

}  // namespace icn::wasm::wasi
