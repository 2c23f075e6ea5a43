#include "wasm/module_check.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "wasm/binary_reader.h"
#include "wasm/errors.h"

namespace icn::wasm {
namespace {

enum Section : std::uint8_t {
  kCustom = 0,
  kType,
  kImport,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kExport,
  kStart,
  kElement,
  kCode,
  kData,
  kDataCount,
};

constexpr std::uint32_t kSignatureMax = 1'000;  // parameters, and results, of one function
constexpr std::uint32_t kMemoryPagesMax = 65'536;

// Sections stand in this order; DataCount between Element and Code.
int section_rank(std::uint8_t id) {
  if (id == kDataCount) return 2 * kElement + 1;
  return 2 * id;
}

Error invalid(std::string detail) { return Error(errors::kModuleInvalid, std::move(detail)); }
Error over_limit(std::string_view what, std::uint64_t count, std::uint64_t max) {
  return Error(errors::kModuleLimit, fmt::format("the module has {} {}, allowed are {}", count, what, max));
}

class Checker {
 public:
  explicit Checker(const ModuleLimits& limits) : limits_(limits) {}

  Result<ModuleInfo> run(ByteView wasm) {
    if (wasm.size() > limits_.module_bytes_max) {
      return Error(errors::kModuleTooLarge, fmt::format("the module has {} bytes, allowed are {}",
                                                        wasm.size(), limits_.module_bytes_max));
    }
    constexpr std::uint8_t kHeader[] = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
    if (wasm.size() < sizeof(kHeader) || !std::equal(std::begin(kHeader), std::end(kHeader), wasm.begin())) {
      return invalid("the bytes do not begin with the header of a WebAssembly 1 module");
    }
    info_.size_bytes = wasm.size();
    BinaryReader reader(wasm.subspan(sizeof(kHeader)));
    while (!reader.at_end()) {
      const std::uint8_t id = reader.byte();
      const std::uint32_t size = reader.u32();
      const ByteView body = reader.take(size);
      if (reader.failed()) return invalid("a section is longer than the module");
      ICN_TRY(section(id, body));
    }
    if (own_functions_ != bodies_) {
      return invalid(fmt::format("{} functions are declared, {} have code", own_functions_, bodies_));
    }
    return std::move(info_);
  }

 private:
  Result<void> section(std::uint8_t id, ByteView body) {
    BinaryReader reader(body);
    if (id == kCustom) {
      reader.name();
      return reader.failed() ? Result<void>(invalid("a custom section has no name")) : Result<void>();
    }
    if (id > kDataCount) return invalid(fmt::format("unknown section {}", id));
    if (section_rank(id) <= last_rank_) return invalid(fmt::format("section {} is out of order", id));
    last_rank_ = section_rank(id);
    ICN_TRY(contents(id, reader));
    if (reader.failed()) return invalid(fmt::format("section {} ends within an entry", id));
    if (!reader.at_end() && reads_whole(id))
      return invalid(fmt::format("section {} has bytes left over", id));
    return {};
  }

  static bool reads_whole(std::uint8_t id) {
    return id != kGlobal && id != kElement && id != kCode && id != kData;
  }

  Result<void> contents(std::uint8_t id, BinaryReader& reader) {
    if (id == kStart || id == kDataCount) {
      reader.u32();
      return {};
    }
    const std::uint32_t count = reader.u32();
    if (count > reader.remaining())
      return invalid(fmt::format("section {} counts more entries than it holds", id));
    switch (id) {
      case kType:
        return types(reader, count);
      case kImport:
        return imports(reader, count);
      case kFunction:
        return functions(reader, count);
      case kTable:
        return tables(reader, count);
      case kMemory:
        return memories(reader, count);
      case kGlobal:
        return globals(count);
      case kExport:
        return exports(reader, count);
      case kCode:
        bodies_ = count;
        return {};
      default:
        return {};
    }
  }

  Result<void> types(BinaryReader& reader, std::uint32_t count) {
    if (count > limits_.types_max) return over_limit("types", count, limits_.types_max);
    info_.types.reserve(count);
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
      if (reader.byte() != 0x60) return invalid(fmt::format("type {} is not a function type", i));
      FunctionType type;
      for (auto* list : {&type.params, &type.results}) {
        const std::uint32_t length = reader.u32();
        if (length > kSignatureMax) return invalid(fmt::format("type {} has {} values", i, length));
        list->reserve(length);
        for (std::uint32_t j = 0; j < length; ++j) {
          ICN_TRY_ASSIGN(value_type, read_value_type(reader));
          list->push_back(value_type);
        }
      }
      info_.types.push_back(std::move(type));
    }
    return {};
  }

  Result<void> imports(BinaryReader& reader, std::uint32_t count) {
    if (count > limits_.functions_max) return over_limit("imports", count, limits_.functions_max);
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
      Import entry;
      entry.module = reader.name();
      entry.name = reader.name();
      const std::uint8_t kind = reader.byte();
      if (kind > 3) return invalid(fmt::format("import {} is of unknown kind {}", i, kind));
      entry.kind = static_cast<ExternKind>(kind);
      ICN_TRY(import_type(reader, entry));
      info_.imports.push_back(std::move(entry));
    }
    return {};
  }

  Result<void> import_type(BinaryReader& reader, Import& entry) {
    switch (entry.kind) {
      case ExternKind::kFunction: {
        entry.type = reader.u32();
        return add_function(entry.type);
      }
      case ExternKind::kTable:
        return table(reader);
      case ExternKind::kMemory:
        return memory(reader);
      case ExternKind::kGlobal: {
        ICN_TRY(read_value_type(reader));
        if (reader.byte() > 1) return invalid("a global is neither constant nor variable");
        return globals(1);
      }
    }
    return {};
  }

  Result<void> add_function(std::uint32_t type) {
    if (type >= info_.types.size()) return invalid(fmt::format("type {} does not exist", type));
    function_types_.push_back(type);
    ++info_.function_count;
    if (info_.function_count > limits_.functions_max) {
      return over_limit("functions", info_.function_count, limits_.functions_max);
    }
    return {};
  }

  Result<void> functions(BinaryReader& reader, std::uint32_t count) {
    if (count > limits_.functions_max) return over_limit("functions", count, limits_.functions_max);
    own_functions_ = count;
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) ICN_TRY(add_function(reader.u32()));
    return {};
  }

  Result<void> tables(BinaryReader& reader, std::uint32_t count) {
    if (count > limits_.tables_max) return over_limit("tables", count, limits_.tables_max);
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) ICN_TRY(table(reader));
    return {};
  }

  Result<void> table(BinaryReader& reader) {
    const std::uint8_t element = reader.byte();
    if (!reader.failed() && element != 0x70 && element != 0x6f) return invalid("a table holds no references");
    ICN_TRY_ASSIGN(start, read_limits(reader));
    ++info_.table_count;
    if (info_.table_count > limits_.tables_max)
      return over_limit("tables", info_.table_count, limits_.tables_max);
    if (start > limits_.table_elements_max) {
      return over_limit("elements in a table", start, limits_.table_elements_max);
    }
    return {};
  }

  Result<void> memories(BinaryReader& reader, std::uint32_t count) {
    if (count > 1) return invalid("more than one memory");
    for (std::uint32_t i = 0; i < count; ++i) ICN_TRY(memory(reader));
    return {};
  }

  Result<void> memory(BinaryReader& reader) {
    ICN_TRY_ASSIGN(pages, read_limits(reader, kMemoryPagesMax));
    if (++info_.memory_count > 1) return invalid("more than one memory");
    info_.memory_start_bytes = pages * kPageBytes;
    if (info_.memory_start_bytes > limits_.memory_bytes_max) {
      return over_limit("bytes of memory at its start", info_.memory_start_bytes, limits_.memory_bytes_max);
    }
    return {};
  }

  Result<void> globals(std::uint32_t count) {
    info_.global_count += count;
    if (info_.global_count > limits_.globals_max)
      return over_limit("globals", info_.global_count, limits_.globals_max);
    return {};
  }

  Result<void> exports(BinaryReader& reader, std::uint32_t count) {
    if (count > limits_.exports_max) return over_limit("exports", count, limits_.exports_max);
    for (std::uint32_t i = 0; i < count && !reader.failed(); ++i) {
      Export entry;
      entry.name = reader.name();
      const std::uint8_t kind = reader.byte();
      if (kind > 3) return invalid(fmt::format("export {} is of unknown kind {}", i, kind));
      entry.kind = static_cast<ExternKind>(kind);
      const std::uint32_t index = reader.u32();
      if (entry.kind == ExternKind::kFunction) {
        if (index >= function_types_.size()) return invalid(fmt::format("function {} does not exist", index));
        entry.type = function_types_[index];
      }
      info_.exports.push_back(std::move(entry));
    }
    return {};
  }

  static Result<ValueType> read_value_type(BinaryReader& reader) {
    switch (reader.byte()) {
      case 0x7f:
        return ValueType::kI32;
      case 0x7e:
        return ValueType::kI64;
      case 0x7d:
        return ValueType::kF32;
      case 0x7c:
        return ValueType::kF64;
      case 0x7b:
        return ValueType::kV128;
      case 0x70:
        return ValueType::kFuncref;
      case 0x6f:
        return ValueType::kExternref;
      default:
        return invalid("a value has an unknown type");
    }
  }

  // Answers the lower limit. Other flags are threads and 64-bit memories, which are off.
  static Result<std::uint64_t> read_limits(BinaryReader& reader, std::uint32_t max_allowed = UINT32_MAX) {
    const std::uint8_t flags = reader.byte();
    if (flags > 1) return invalid("shared or 64-bit memories and tables are not supported");
    const std::uint32_t low = reader.u32();
    const std::uint32_t high = flags == 1 ? reader.u32() : max_allowed;
    if (reader.failed()) return invalid("a limit is cut off");
    if (low > max_allowed || high > max_allowed) return invalid("a memory is larger than 4 GiB");
    if (low > high) return invalid("a lower limit is above the upper one");
    return std::uint64_t{low};
  }

  const ModuleLimits& limits_;
  ModuleInfo info_;
  std::vector<std::uint32_t> function_types_;
  std::uint32_t own_functions_ = 0;
  std::uint32_t bodies_ = 0;
  int last_rank_ = 0;
};

}  // namespace

Result<ModuleInfo> check_module(ByteView wasm, const ModuleLimits& limits) {
  return Checker(limits).run(wasm);
}

const Export* ModuleInfo::find_function(std::string_view name) const {
  const auto found = std::ranges::find_if(exports, [&](const Export& entry) {
    return entry.kind == ExternKind::kFunction && entry.name == name;
  });
  return found == exports.end() ? nullptr : &*found;
}

}  // namespace icn::wasm
