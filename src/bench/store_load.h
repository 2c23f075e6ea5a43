#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include "bench/rates.h"
#include "config/settings.h"
#include "storage/store.h"

namespace icn::bench {

// Values under keys of 16 bytes: the load of the performance guide's table of storage backends.
struct ValueSize {
  std::size_t value_bytes;
  std::uint64_t keys;
};
inline constexpr ValueSize kSmallValues{200, 200'000};
inline constexpr ValueSize kLargeValues{64 << 10, 2'000};

Bytes key_of_number(std::uint64_t number);
// The same into memory that is there already, as peers do.
void set_key_of_number(Bytes& key, std::uint64_t number);

// What rows are written to and read from: our store, or a peer. Both members make what one thread calls.
struct Subject {
  // Puts one of `values`, which outlive the call, under a number's key.
  using Put = std::function<Result<void>(std::uint64_t number, std::size_t value)>;
  using Get = std::function<Result<void>(std::uint64_t number)>;  // a missing key is an error
  std::function<Put(const std::vector<Bytes>& values)> putter;
  std::function<Get()> getter;
};

// Puts each key once, in no order.
Result<void> fill(const Subject& subject, const ValueSize& size);

// Measures with keys in random order. The subject outlives the measurement.
std::function<Result<double>()> writing(const Subject& subject, const ValueSize& size, std::size_t threads,
                                        std::size_t seconds);
std::function<Result<double>()> reading(const Subject& subject, const ValueSize& size, std::size_t threads,
                                        std::size_t seconds);

// One of the node's stores with a table of its own, as the node opens it.
class OurStore {
 public:
  static Result<OurStore> open(const config::Settings& settings, const std::filesystem::path& folder);

  Subject subject(storage::Durability durability) const;
  storage::Store& store() const { return *store_; }
  static const storage::TableSchema& table();

 private:
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace icn::bench
