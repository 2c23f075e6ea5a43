#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <filesystem>

#include "crypto/key_store.h"

namespace icn::crypto {
namespace {

struct Store {
  Store() {
    std::string pattern = (std::filesystem::temp_directory_path() / "key_store.XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
  }
  ~Store() { std::filesystem::remove_all(folder); }
  std::string path() const { return folder + "/keys.json"; }
  std::string folder;
  SystemRandom random;
};

// What one custody key costs identity: a new key, its seed sealed.
void generate_and_seal(benchmark::State& state) {
  Store store;
  const auto keys = KeyStore::create(store.path(), as_bytes("p"), kRandomCost, store.random);
  for (auto _ : state) {
    const SecretKey key = SecretKey::generate(store.random);
    benchmark::DoNotOptimize(keys->seal(key.seed().view(), key.public_key().view()));
  }
}
BENCHMARK(generate_and_seal);

// And using it again: open, expand, sign.
void open_and_sign(benchmark::State& state) {
  Store store;
  const auto keys = KeyStore::create(store.path(), as_bytes("p"), kRandomCost, store.random);
  const SecretKey key = SecretKey::generate(store.random);
  const Bytes sealed = keys->seal(key.seed().view(), key.public_key().view());
  for (auto _ : state) {
    const auto seed = keys->open(sealed, key.public_key().view());
    benchmark::DoNotOptimize(SecretKey::from_seed(seed->view()).sign(as_bytes("message")));
  }
}
BENCHMARK(open_and_sign);

void unlock(benchmark::State& state) {
  Store store;
  const KdfCost cost = state.range(0) == 0 ? kRandomCost : kPersonCost;
  if (!KeyStore::create(store.path(), as_bytes("p"), cost, store.random)) std::abort();
  for (auto _ : state) benchmark::DoNotOptimize(KeyStore::unlock(store.path(), as_bytes("p"), store.random));
}
BENCHMARK(unlock)->Arg(0)->Arg(1)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace icn::crypto
