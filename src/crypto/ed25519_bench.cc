#include <benchmark/benchmark.h>

#include "crypto/batch_verifier.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace icn::crypto {
namespace {

struct Signed {
  explicit Signed(std::size_t count) {
    SeededRandom random(1);
    message = random.bytes(400);
    for (std::size_t i = 0; i < count; ++i) {
      const SecretKey key = SecretKey::generate(random);
      items.push_back({key.public_key(), message, key.sign(message)});
    }
  }
  Bytes message;
  std::vector<SignedMessage> items;
};

void sha256_400_bytes(benchmark::State& state) {
  Bytes message(400);
  for (auto _ : state) message[0] ^= sha256(message)[0];
}
BENCHMARK(sha256_400_bytes);

void make_secret_bytes(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(SecretBytes(64).view().data());
}
BENCHMARK(make_secret_bytes);

void sign(benchmark::State& state) {
  SeededRandom random(1);
  const SecretKey key = SecretKey::generate(random);
  const Bytes message(400);
  for (auto _ : state) benchmark::DoNotOptimize(key.sign(message));
}
BENCHMARK(sign);

void verify_alone(benchmark::State& state) {
  const Signed all(64);
  std::size_t next = 0;
  for (auto _ : state) {
    const SignedMessage& item = all.items[next++ % 64];
    benchmark::DoNotOptimize(verify(item.key, item.message, item.signature));
  }
}
BENCHMARK(verify_alone);

void verify_batch_good(benchmark::State& state) {
  const Signed all(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(verify_batch(all.items));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verify_batch_good)->Arg(1)->Arg(2)->Arg(4)->Arg(8)->Arg(16)->Arg(32)->Arg(64)->Arg(128);

void verify_batch_of_known_keys(benchmark::State& state) {
  const Signed all(static_cast<std::size_t>(state.range(0)));
  BatchVerifier verifier(1024);
  for (auto _ : state) benchmark::DoNotOptimize(verifier.verify(all.items));
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(verify_batch_of_known_keys)->Arg(1)->Arg(8)->Arg(16)->Arg(64);

// range: which ones of 64 are bad, -1 for all, -2 for one in each half.
void verify_batch_of_64_with_bad(benchmark::State& state) {
  Signed all(64);
  auto spoil = [&](std::size_t i) { all.items[i].signature.bytes[33] ^= 1; };
  if (state.range(0) >= 0) spoil(static_cast<std::size_t>(state.range(0)));
  for (std::size_t i = 0; state.range(0) == -1 && i < 64; ++i) spoil(i);
  if (state.range(0) == -2) spoil(0), spoil(63);
  for (auto _ : state) benchmark::DoNotOptimize(verify_batch(all.items));
}
BENCHMARK(verify_batch_of_64_with_bad)->Arg(0)->Arg(31)->Arg(40)->Arg(63)->Arg(-1)->Arg(-2);

}  // namespace
}  // namespace icn::crypto
