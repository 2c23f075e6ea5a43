#include "bench/store_load.h"

#include "base/errors.h"
#include "base/log.h"
#include "node/engines.h"

namespace icn::bench {
namespace {

// Different ones, so that compression finds as little as in real data; few, so that they stay in the cache.
std::vector<Bytes> values_of(const ValueSize& size) {
  constexpr std::size_t kCount = 64;
  SeededRandom random(1);
  std::vector<Bytes> out;
  for (std::size_t i = 0; i < kCount; ++i) out.push_back(random.bytes(size.value_bytes));
  return out;
}

}  // namespace

void set_key_of_number(Bytes& key, std::uint64_t number) {
  key.clear();
  append_u64(key, number * 0x9E3779B97F4A7C15U);
  append_u64(key, number);
}

Bytes key_of_number(std::uint64_t number) {
  Bytes key;
  set_key_of_number(key, number);
  return key;
}

Result<void> fill(const Subject& subject, const ValueSize& size) {
  constexpr std::uint64_t kStep = 7919;  // a prime: every key comes once
  const std::vector<Bytes> values = values_of(size);
  const Subject::Put put = subject.putter(values);
  for (std::uint64_t i = 0; i < size.keys; ++i) ICN_TRY(put(i * kStep % size.keys, i % values.size()));
  return {};
}

// Each measurement has keys and values of its own: a store may leave out a write that changes nothing.
std::function<Result<double>()> writing(const Subject& subject, const ValueSize& size, std::size_t threads,
                                        std::size_t seconds) {
  return [subject, size, threads, seconds, seed = std::uint64_t{0}]() mutable {
    const std::vector<Bytes> values = values_of(size);
    return rate_of_each(threads, seconds, [&]() -> Once {
      return [&, put = subject.putter(values), random = SeededRandom(++seed)](SeededRandom&) mutable {
        return put(random.below(size.keys), random.below(values.size()));
      };
    });
  };
}

std::function<Result<double>()> reading(const Subject& subject, const ValueSize& size, std::size_t threads,
                                        std::size_t seconds) {
  return [subject, size, threads, seconds, seed = std::uint64_t{0}]() mutable {
    return rate_of_each(threads, seconds, [&]() -> Once {
      return [&, get = subject.getter(), random = SeededRandom(++seed)](SeededRandom&) mutable {
        return get(random.below(size.keys));
      };
    });
  };
}

const storage::TableSchema& OurStore::table() {
  static const storage::TableSchema kTable{1, "bench", {}};
  return kTable;
}

Result<OurStore> OurStore::open(const config::Settings& settings, const std::filesystem::path& folder) {
  OurStore out;
  out.engine_ = node::make_engine(settings, folder, node::WritePattern::kSingleRows, make_silent_log());
  ICN_TRY_ASSIGN(opened, out.engine_->open({table()}));
  out.store_ = std::move(opened);
  return out;
}

Subject OurStore::subject(storage::Durability durability) const {
  storage::Store* const to = store_.get();
  return {[to, durability](const std::vector<Bytes>& values) -> Subject::Put {
            std::vector<std::vector<storage::Row>> batches(values.size());
            for (std::size_t i = 0; i < values.size(); ++i)
              batches[i].push_back({&table(), {}, values[i], {}, {}});
            return [to, durability, batches = std::move(batches)](std::uint64_t number,
                                                                  std::size_t value) mutable {
              set_key_of_number(batches[value][0].key, number);
              return to->write(batches[value], durability);
            };
          },
          [to]() -> Subject::Get {
            return [to, key = Bytes()](std::uint64_t number) mutable -> Result<void> {
              set_key_of_number(key, number);
              ICN_TRY_ASSIGN(found, to->get(table(), key));
              return found ? Result<void>() : Error(errors::kInternal, "a key is missing");
            };
          }};
}

}  // namespace icn::bench
