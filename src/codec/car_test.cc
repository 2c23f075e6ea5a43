#include "codec/car.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "codec/errors.h"
#include "codec/varint.h"

namespace icn::codec {
namespace {

// ipld/ipld, specs/transport/car/fixture: carv1-basic.car and carv2-basic.car.
constexpr std::string_view kVersion1Fixture =
    "63a265726f6f747382d82a58250001711220f88bc853804cf294fe417e4fa83028689fcdb1b1592c5102e1474dbc200f"
    "ab8bd82a5825000171122069ea0740f9807a28f4d932c62e7c1c83be055e55072c90266ab3e79df63a365b6776657273"
    "696f6e015b01711220f88bc853804cf294fe417e4fa83028689fcdb1b1592c5102e1474dbc200fab8ba2646c696e6bd8"
    "2a582300122002acecc5de2438ea4126a3010ecb1f8a599c8eff22fff1a1dcffe999b27fd3de646e616d6564626c6970"
    "8301122002acecc5de2438ea4126a3010ecb1f8a599c8eff22fff1a1dcffe999b27fd3de122e0a2401551220b6fbd675"
    "f98e2abd22d4ed29fdc83150fedc48597e92dd1a7a24381d44a274511204626561721804122f0a22122079a982de3c99"
    "07953d4d323cee1d0fb1ed8f45f8ef02870c0cb9e09246bd530a12067365636f6e641895012801551220b6fbd675f98e"
    "2abd22d4ed29fdc83150fedc48597e92dd1a7a24381d44a27451636363638001122079a982de3c9907953d4d323cee1d"
    "0fb1ed8f45f8ef02870c0cb9e09246bd530a122d0a240155122081cc5b17018674b401b42f35ba07bb79e211239c23bf"
    "fe658da1577e3e6468771203646f671804122d0a221220e7dc486e97e6ebe5cdabab3e392bdad128b6e09acc94bb4e2a"
    "a2af7b986d24d0120566697273741833280155122081cc5b17018674b401b42f35ba07bb79e211239c23bffe658da157"
    "7e3e64687762626262511220e7dc486e97e6ebe5cdabab3e392bdad128b6e09acc94bb4e2aa2af7b986d24d0122d0a24"
    "0155122061be55a8e2f6b4e172338bddf184d6dbee29c98853e0a0485ecee7f27b9af0b4120363617418042801551220"
    "61be55a8e2f6b4e172338bddf184d6dbee29c98853e0a0485ecee7f27b9af0b461616161360171122069ea0740f9807a"
    "28f4d932c62e7c1c83be055e55072c90266ab3e79df63a365ba2646c696e6bf6646e616d65656c696d626f";
constexpr std::string_view kVersion2Fixture =
    "0aa16776657273696f6e02000000000000000000000000000000003300000000000000c001000000000000f301000000"
    "00000038a265726f6f747381d82a5823001220fb16f5083412ef1371d031ed4aa239903d84efdadf1ba3cd678e6475b1"
    "a232f86776657273696f6e01511220fb16f5083412ef1371d031ed4aa239903d84efdadf1ba3cd678e6475b1a232f812"
    "2d0a221220d9c0d5376d26f1931f7ad52d7acc00fc1090d2edb0808bf61eeb0a152826f6261204f09f8da418a4018501"
    "1220d9c0d5376d26f1931f7ad52d7acc00fc1090d2edb0808bf61eeb0a152826f62612310a221220d745b7757f5b4593"
    "eeab7820306c7bc64eb496a7410a0d07df7a34ffec4b97f1120962617272656c657965183a122e0a2401551220a2e1c4"
    "0da1ae335d4dffe729eb4d5ca23b74b9e51fc535f4a804a261080c294d1204f09f90a11807581220d745b7757f5b4593"
    "eeab7820306c7bc64eb496a7410a0d07df7a34ffec4b97f112340a2401551220b474a99a2705e23cf905a484ec6d14ef"
    "58b56bbe62e9292783466ec363b5072d120a666973686d6f6e67657218042801551220b474a99a2705e23cf905a484ec"
    "6d14ef58b56bbe62e9292783466ec363b5072d666973682b01551220a2e1c40da1ae335d4dffe729eb4d5ca23b74b9e5"
    "1fc535f4a804a261080c294d6c6f62737465720100000028000000c800000000000000a2e1c40da1ae335d4dffe729eb"
    "4d5ca23b74b9e51fc535f4a804a261080c294d9401000000000000b474a99a2705e23cf905a484ec6d14ef58b56bbe62"
    "e9292783466ec363b5072d6b01000000000000d745b7757f5b4593eeab7820306c7bc64eb496a7410a0d07df7a34ffec"
    "4b97f11201000000000000d9c0d5376d26f1931f7ad52d7acc00fc1090d2edb0808bf61eeb0a152826f6268b00000000"
    "000000fb16f5083412ef1371d031ed4aa239903d84efdadf1ba3cd678e6475b1a232f83900000000000000";

// By the npm package @ipld/car 5 (CarWriter): the blocks {link: CID of "bread", n: 1}, "bread" and "".
constexpr std::string_view kWritten =
    "3aa265726f6f747381d82a582500017112207736963cd1c5ef48539047fb700f05eb15e3f8bb8080b7114379c9a1d920"
    "8b886776657273696f6e0156017112207736963cd1c5ef48539047fb700f05eb15e3f8bb8080b7114379c9a1d9208b88"
    "a2616e01646c696e6bd82a58250001551220985604c2b60243122c24d4e18363e6434c535923be05f760204a1aef023a"
    "ae9b2901551220985604c2b60243122c24d4e18363e6434c535923be05f760204a1aef023aae9b627265616424015512"
    "20e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kWrittenWithoutRoots =
    "11a265726f6f7473806776657273696f6e012901551220985604c2b60243122c24d4e18363e6434c535923be05f760204a1aef02"
    "3aae9b"
    "6272656164";

struct Read {
  std::vector<Cid> roots;
  std::vector<std::pair<Cid, Bytes>> blocks;
  int root_calls = 0;
};

Result<Read> read_car(ByteView car, std::size_t step, CarLimits limits = {}) {
  Read read;
  CarReader reader(
      [&](const std::vector<Cid>& roots) -> Result<void> {
        read.roots = roots;
        ++read.root_calls;
        EXPECT_TRUE(read.blocks.empty());
        return {};
      },
      [&](const Cid& cid, ByteView block) -> Result<void> {
        read.blocks.emplace_back(cid, to_bytes(block));
        return {};
      },
      limits);
  for (std::size_t at = 0; at < car.size(); at += step) {
    ICN_TRY(reader.feed(car.subspan(at, std::min(step, car.size() - at))));
  }
  ICN_TRY(reader.finish());
  return read;
}

Bytes from_hex(std::string_view hex) { return hex_decode(hex).value(); }

std::vector<std::string> cids_of(const Read& read) {
  std::vector<std::string> cids;
  for (const auto& [cid, block] : read.blocks) cids.push_back(cid.to_string());
  return cids;
}

TEST(Car, ReadsTheVersion1FixtureInChunksOfAnySize) {
  const Bytes car = from_hex(kVersion1Fixture);
  for (const std::size_t step : {1u, 2u, 40u, 99u, 715u}) {
    const Read read = read_car(car, step).value();
    EXPECT_EQ(read.root_calls, 1);
    ASSERT_EQ(read.roots.size(), 2u);
    EXPECT_EQ(read.roots[0].to_string(), "bafyreihyrpefhacm6kkp4ql6j6udakdit7g3dmkzfriqfykhjw6cad5lrm");
    EXPECT_EQ(read.roots[1].to_string(), "bafyreidj5idub6mapiupjwjsyyxhyhedxycv4vihfsicm2vt46o7morwlm");
    EXPECT_EQ(cids_of(read),
              (std::vector<std::string>{"bafyreihyrpefhacm6kkp4ql6j6udakdit7g3dmkzfriqfykhjw6cad5lrm",
                                        "QmNX6Tffavsya4xgBi2VJQnSuqy9GsxongxZZ9uZBqp16d",
                                        "bafkreifw7plhl6mofk6sfvhnfh64qmkq73oeqwl6sloru6rehaoujituke",
                                        "QmWXZxVQ9yZfhQxLD35eDR8LiMRsYtHxYqTFCBbJoiJVys",
                                        "bafkreiebzrnroamgos2adnbpgw5apo3z4iishhbdx77gldnbk57d4zdio4",
                                        "QmdwjhxpxzcMsR3qUuj7vUL8pbA7MgR3GAxWi2GLHjsKCT",
                                        "bafkreidbxzk2ryxwwtqxem4l3xyyjvw35yu4tcct4cqeqxwo47zhxgxqwq",
                                        "bafyreidj5idub6mapiupjwjsyyxhyhedxycv4vihfsicm2vt46o7morwlm"}));
  }
}

TEST(Car, ReadsTheVersion2FixtureAndPassesOverItsIndex) {
  const Bytes car = from_hex(kVersion2Fixture);
  for (const std::size_t step : {1u, 2u, 40u, 99u, 715u}) {
    const Read read = read_car(car, step).value();
    ASSERT_EQ(read.roots.size(), 1u);
    EXPECT_EQ(read.roots[0].to_string(), "QmfEoLyB5NndqeKieExd1rtJzTduQUPEV8TwAYcUiy3H5Z");
    EXPECT_EQ(cids_of(read),
              (std::vector<std::string>{"QmfEoLyB5NndqeKieExd1rtJzTduQUPEV8TwAYcUiy3H5Z",
                                        "QmczfirA7VEH7YVvKPTPoU69XM3qY4DC39nnTsWd4K3SkM",
                                        "Qmcpz2FHJD7VAhg1fxFXdYJKePtkx1BsHuCrAgWVnaHMTE",
                                        "bafkreifuosuzujyf4i6psbneqtwg2fhplc2wxptc5euspa2gn3bwhnihfu",
                                        "bafkreifc4hca3inognou377hfhvu2xfchn2ltzi7yu27jkaeujqqqdbjju"}));
  }
}

TEST(Car, WritesWhatTheReferenceImplementationWrites) {
  const Cid bread = Cid::of(kRaw, as_bytes("bread"));
  const Bytes record = from_hex(
      "a2616e01646c696e6bd82a58250001551220985604c2b60243122c24d4e18363e6434c535923be05f760204a1aef023aae9b");
  const std::vector<Cid> roots = {Cid::of(kDagCbor, record)};
  Bytes car = encode_car_header(roots);
  append_car_block(car, roots[0], record);
  append_car_block(car, bread, as_bytes("bread"));
  append_car_block(car, Cid::of(kRaw, {}), {});
  EXPECT_EQ(hex_encode(car), kWritten);

  Bytes without_roots = encode_car_header({});
  append_car_block(without_roots, bread, as_bytes("bread"));
  EXPECT_EQ(hex_encode(without_roots), kWrittenWithoutRoots);
  EXPECT_EQ(read_car(car, 13).value().blocks.size(), 3u);
}

// A CARv2 around `car`, by hand from the specification.
Bytes version2(ByteView car, std::uint64_t offset, std::uint64_t size, std::size_t padding,
               std::size_t tail) {
  Bytes out = from_hex("0aa16776657273696f6e02");
  out.resize(out.size() + 16);
  for (const std::uint64_t number : {offset, size, std::uint64_t{0}}) {
    for (int i = 0; i < 8; ++i) out.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  out.resize(out.size() + padding);
  append(out, car);
  out.resize(out.size() + tail, 0xff);
  return out;
}

TEST(Car, FindsThePayloadOfVersion2BetweenPaddings) {
  const Bytes inner = from_hex(kWritten);
  for (const std::size_t step : {1u, 7u, 1000u}) {
    const Bytes padded = version2(inner, 51 + 100, inner.size(), 100, 33);
    EXPECT_EQ(read_car(padded, step).value().blocks.size(), 3u);
    const Bytes bare = version2(inner, 51, inner.size(), 0, 0);
    EXPECT_EQ(read_car(bare, step).value().blocks.size(), 3u);
  }
}

TEST(Car, RefusesAVersion2WhosePayloadDoesNotFit) {
  const Bytes inner = from_hex(kWritten);
  const Bytes archives[] = {
      version2(inner, 50, inner.size(), 0, 0),       // begins inside the header
      version2(inner, 51, inner.size() - 1, 0, 10),  // ends inside a block
      version2(inner, 51, inner.size() + 1, 0, 0),   // cut off
      version2(inner, 51, 0, 0, 0),                  // nothing
      version2(inner, 52, inner.size(), 0, 0),       // begins a byte late
      version2(version2(inner, 51, inner.size(), 0, 0), 51, inner.size() + 51, 0, 0),
  };
  for (const Bytes& archive : archives) {
    for (const std::size_t step : {1u, 1000u})
      EXPECT_TRUE(read_car(archive, step).error().is(errors::kBadCar));
  }
}

TEST(Car, EveryCutIsNoticed) {
  const Bytes car = from_hex(kWritten);
  // Whole after its header (59 bytes) and after each block.
  const std::vector<std::size_t> whole = {59, 59 + 87, 59 + 87 + 42, car.size()};
  for (std::size_t size = 0; size <= car.size(); ++size) {
    const bool ends_well = std::find(whole.begin(), whole.end(), size) != whole.end();
    EXPECT_EQ(read_car(ByteView(car).first(size), 1000).ok(), ends_well) << size;
  }
}

TEST(Car, BytesThatTheirCidDoesNotNameAreRefused) {
  Bytes car = from_hex(kWrittenWithoutRoots);
  car.back() ^= 1;
  EXPECT_TRUE(read_car(car, 1000).error().is(errors::kCidMismatch));
  // A CID of sha3-512 (0x14), which is not computed.
  Bytes unknown = encode_car_header({});
  append_car_block(unknown, Cid::parse("f01551401aa").value(), as_bytes("x"));
  EXPECT_TRUE(read_car(unknown, 1000).error().is(errors::kUnsupportedCodec));
}

TEST(Car, RefusesHeadersThatAreNone) {
  for (const std::string_view hex : {
           "00",                                    // no bytes
           "0aa16776657273696f6e01",                // no roots
           "0aa16776657273696f6e03",                // version 3
           "11a265726f6f7473806776657273696f6e02",  // version 2 with roots
           "08a165726f6f747380",                    // no version
           "11a26776657273696f6e0165726f6f747380",  // keys out of order
           "8000",                                  // a padded size
           "ffffffffffffffffff01",                  // a size of ten bytes
           "3c68746d6c3e",                          // "<html>"
       }) {
    const Result<Read> read = read_car(from_hex(hex), 1000);
    ASSERT_FALSE(read.ok()) << hex;
    EXPECT_TRUE(read.error().is(errors::kBadCar)) << hex << ": " << read.error().detail();
  }
}

TEST(Car, SizesAreBoundedBeforeTheyAreRead) {
  Bytes header;
  append_varint(header, (64 << 10) + 1);
  EXPECT_TRUE(read_car(header, 1000).error().is(errors::kTooLarge));
  Bytes block = encode_car_header({});
  append_varint(block, 3 << 20);
  EXPECT_TRUE(read_car(block, 1000).error().is(errors::kTooLarge));

  const Bytes large(100, 1);
  Bytes car = encode_car_header({});
  append_car_block(car, Cid::of(kRaw, large), large);
  EXPECT_TRUE(read_car(car, 1000, {.block_size_max = 100}).ok());
  EXPECT_TRUE(read_car(car, 1000, {.block_size_max = 99}).error().is(errors::kTooLarge));
}

TEST(Car, AnErrorOfACallbackEndsTheReading) {
  CarReader reader([](const std::vector<Cid>&) -> Result<void> { return {}; },
                   [](const Cid&, ByteView) -> Result<void> { return Error(errors::kStorageFull); });
  EXPECT_TRUE(reader.feed(from_hex(kWritten)).error().is(errors::kStorageFull));
}

}  // namespace
}  // namespace icn::codec
