#include <benchmark/benchmark.h>

#include "codec/cbor_stream.h"

namespace icn::codec {
namespace {

const Cid kCid = Cid::of(kRaw, as_bytes("bench"));

void write_record(CborWriter& writer) {
  writer.map(6);
  writer.text("to");
  writer.text("did:icn:person:5f3a9c0b7e214d68");
  writer.text("memo");
  writer.link(kCid);
  writer.text("time");
  writer.integer(1760000000);
  writer.text("nonce");
  writer.bytes(ByteView(kCid.bytes()).first(16));
  writer.text("sender");
  writer.text("did:icn:person:0a1b2c3d4e5f6071");
  writer.text("amount_millimana");
  writer.integer(12500);
}

void WriteRecord(benchmark::State& state) {
  Bytes buffer;
  for (auto _ : state) {
    buffer.clear();
    CborWriter writer(std::move(buffer));
    write_record(writer);
    buffer = writer.take();
    benchmark::DoNotOptimize(buffer.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * buffer.size()));
}
BENCHMARK(WriteRecord);

void ReadRecord(benchmark::State& state) {
  CborWriter writer;
  write_record(writer);
  const Bytes bytes = writer.take();
  for (auto _ : state) {
    CborReader reader(bytes);
    std::uint64_t fields = reader.map().value();
    std::size_t total = 0;
    while (fields-- > 0) {
      total += reader.key().value().size();
      switch (reader.peek().value()) {
        case CborKind::kText:
          total += reader.text().value().size();
          break;
        case CborKind::kLink:
          total += reader.link().value().bytes().size();
          break;
        case CborKind::kBytes:
          total += reader.bytes().value().size();
          break;
        default:
          total += static_cast<std::size_t>(reader.integer().value());
      }
    }
    benchmark::DoNotOptimize(total);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}
BENCHMARK(ReadRecord);

void CidToString(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(kCid.to_string());
}
BENCHMARK(CidToString);

void CidParse(benchmark::State& state) {
  const std::string text = kCid.to_string();
  for (auto _ : state) benchmark::DoNotOptimize(Cid::parse(text).ok());
}
BENCHMARK(CidParse);

}  // namespace
}  // namespace icn::codec
