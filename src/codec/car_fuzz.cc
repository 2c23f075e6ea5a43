#include <algorithm>
#include <cstdlib>

#include "codec/car.h"

namespace {

using namespace icn;

struct Seen {
  bool ok = false;
  std::size_t roots = 0;
  std::size_t blocks = 0;
  std::size_t bytes = 0;
  bool operator==(const Seen&) const = default;
};

Seen read(ByteView car, std::size_t step) {
  Seen seen;
  codec::CarReader reader(
      [&](const std::vector<codec::Cid>& roots) -> Result<void> {
        seen.roots = roots.size();
        return {};
      },
      [&](const codec::Cid& cid, ByteView block) -> Result<void> {
        if (!cid.verify(block).ok()) std::abort();
        ++seen.blocks;
        seen.bytes += block.size();
        return {};
      });
  for (std::size_t at = 0; at < car.size(); at += step) {
    if (!reader.feed(car.subspan(at, std::min(step, car.size() - at))).ok()) return seen;
  }
  seen.ok = reader.finish().ok();
  return seen;
}

}  // namespace

// However an archive is cut into chunks, the same is read from it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView in(data, size);
  const Seen whole = read(in, size + 1);
  if (whole != read(in, 1) || whole != read(in, 17)) std::abort();
  return 0;
}
