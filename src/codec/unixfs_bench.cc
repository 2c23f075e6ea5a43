#include <benchmark/benchmark.h>

#include <algorithm>

#include "codec/car.h"
#include "codec/unixfs_file.h"

namespace icn::codec {
namespace {

void CidOfOneKibibyte(benchmark::State& state) {
  const Bytes block(1024, 7);
  for (auto _ : state) benchmark::DoNotOptimize(Cid::of(kRaw, block));
  state.SetBytesProcessed(state.iterations() * 1024);
}
BENCHMARK(CidOfOneKibibyte);

void BuildFileOf16MiB(benchmark::State& state) {
  const Bytes content(1 << 20, 7);
  for (auto _ : state) {
    FileBuilder builder([](const Cid&, ByteView) -> Result<void> { return {}; });
    for (int i = 0; i < 16; ++i) benchmark::DoNotOptimize(builder.write(content).ok());
    benchmark::DoNotOptimize(builder.finish().ok());
  }
  state.SetBytesProcessed(state.iterations() * (16 << 20));
}
BENCHMARK(BuildFileOf16MiB);

void ReadCarOf16MiB(benchmark::State& state) {
  Bytes car = encode_car_header({});
  Bytes block(256 << 10, 7);
  for (std::uint8_t i = 0; i < 64; ++i) {
    block[0] = i;
    append_car_block(car, Cid::of(kRaw, block), block);
  }
  for (auto _ : state) {
    CarReader reader([](const std::vector<Cid>&) -> Result<void> { return {}; },
                     [](const Cid&, ByteView) -> Result<void> { return {}; });
    for (std::size_t at = 0; at < car.size(); at += 65536) {
      const ByteView rest = ByteView(car).subspan(at);
      benchmark::DoNotOptimize(reader.feed(rest.first(std::min<std::size_t>(65536, rest.size()))).ok());
    }
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(car.size()));
}
BENCHMARK(ReadCarOf16MiB);

}  // namespace
}  // namespace icn::codec
