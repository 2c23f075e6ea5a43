#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace icn::wasm::wasi {

// The open descriptors of one command: 0 reads the first input, 1 writes the result, 2 the log, 3 is the
// directory "/" with the other inputs in it. Nothing of the machine's own files can be reached.
enum class Kind : std::uint8_t { kInput, kOutput, kLog, kRoot };

struct Descriptor {
  Kind kind = Kind::kInput;
  std::size_t input = 0;  // index into RunRequest::inputs, which may end before it: then empty
  std::uint64_t position = 0;
};

class Files {
 public:
  static constexpr std::size_t kDescriptorsMax = 1'024;
  static constexpr std::uint32_t kRootDescriptor = 3;

  explicit Files(std::size_t input_count) : input_count_(input_count) {}

  Descriptor* find(std::uint32_t descriptor);
  std::optional<std::uint32_t> open(Descriptor descriptor);  // the lowest free number; none: too many
  bool close(std::uint32_t descriptor);
  std::size_t input_count() const { return input_count_; }

 private:
  void open_standard();

  std::size_t input_count_;
  std::vector<std::optional<Descriptor>> open_;
};

}  // namespace icn::wasm::wasi
