#include "codec/unixfs.h"

#include <gtest/gtest.h>

#include <map>

#include "codec/dag_cbor.h"
#include "codec/errors.h"
#include "codec/unixfs_file.h"

namespace icn::codec {
namespace {

// A block store and what was asked of it.
struct Blocks {
  std::map<Cid, Bytes> blocks;
  std::vector<Cid> loaded;

  BlockSink sink() {
    return [this](const Cid& cid, ByteView block) -> Result<void> {
      EXPECT_TRUE(cid.verify(block).ok());
      blocks[cid] = to_bytes(block);
      return {};
    };
  }
  BlockLoader loader() {
    return [this](const Cid& cid) -> Result<Bytes> {
      loaded.push_back(cid);
      const auto found = blocks.find(cid);
      if (found == blocks.end()) return Error(errors::kNotFound, cid.to_string());
      return found->second;
    };
  }
  Cid put(const UnixFsBlock& block) {
    blocks[block.cid] = block.bytes;
    return block.cid;
  }
};

// The content of the published values below: byte k is (31 k + 17 (k >> 8) + 101 (k >> 18)) mod 256.
Bytes content(std::uint64_t size) {
  Bytes bytes(size);
  for (std::uint64_t k = 0; k < size; ++k) {
    bytes[k] = static_cast<std::uint8_t>(k * 31 + (k >> 8) * 17 + (k >> 18) * 101);
  }
  return bytes;
}

Result<BuiltFile> build(Blocks& blocks, ByteView bytes, std::size_t step, FileLayout layout = {}) {
  FileBuilder builder(blocks.sink(), layout);
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    ICN_TRY(builder.write(bytes.subspan(at, std::min(step, bytes.size() - at))));
  }
  return builder.finish();
}

Result<Bytes> read_all(FileReader& reader) {
  Bytes all;
  while (true) {
    ICN_TRY_ASSIGN(piece, reader.next());
    if (!piece) return all;
    EXPECT_FALSE(piece->empty());
    append(all, ByteView(*piece));
  }
}

struct KnownFile {
  std::uint64_t size;
  FileLayout layout;
  std::string_view cid;
  std::uint64_t cumulative_size;
};

// By the npm package ipfs-unixfs-importer 17 (cidVersion 1, rawLeaves, reduceSingleLeafToSelf, fixedSize
// chunks, balanced layout) over the content above.
constexpr FileLayout kSmall{16, 3};
const KnownFile kKnownFiles[] = {
    {0, {}, "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku", 0},
    {1, {}, "bafkreidogqfzz75tpkmjzjke425xqcrmpcib2p5tg44hnbirumdbpl5adu", 1},
    {262144, {}, "bafkreibomyvygaoxghmqpuyhz3dd5wtapxb25bvfmxjzbxe4wk2alwjx5q", 262144},
    {262145, {}, "bafybeiek6omh26vv4tv4df7stuhnewlbpsvvqtss75nhzgmcex7zpwrsee", 262249},
    {524293, {}, "bafybeiawzrtubs2oqy6gyuxk65jkivcg7tlfumq6wlk3lt3wwlbbblclyi", 524447},
    {45613056, {}, "bafybeiaejexdeia6wdllppo7rfptb2wdi6peaqlxli46iqap7xwdy7vfmi", 45621766},
    {45613057, {}, "bafybeidniwxl7hgffrsniklzfopikvn4h74ygnjflz2m5eh22c2k45nsre", 45621926},
    {45875300, {}, "bafybeig2zcebaxonher243e4y7erxrlxeylezckso2fz52ecak2ya74b2i", 45884225},
    {49, kSmall, "bafybeib5guqjfdkegmxgvzywrzeftinwy52qa25w3vbejf4b4jirzyasku", 344},
    {432, kSmall, "bafybeigaw74qhi5i7n6o5wbbh7hbficvng2zobwyhqczy75mgmughlq5pe", 2323},
    {433, kSmall, "bafybeifwh6ihzxcs2tbq75q5ablpctt57f5t52bvcxdpcbsuehdb3gww4e", 2582},
    {487, kSmall, "bafybeie3wnr4izkfgv7tairotisjagxx5cmttl2oikgiijzjwvbmptk4we", 2828},
};

TEST(UnixFsFile, HasTheCidThatIpfsGivesIt) {
  for (const KnownFile& known : kKnownFiles) {
    Blocks blocks;
    const Bytes bytes = content(known.size);
    const BuiltFile built = build(blocks, bytes, 1000003, known.layout).value();
    EXPECT_EQ(built.cid.to_string(), known.cid) << known.size;
    EXPECT_EQ(built.cumulative_size, known.cumulative_size) << known.size;
    EXPECT_EQ(built.size, known.size);
    FileReader reader = FileReader::open(built.cid, blocks.loader()).value();
    EXPECT_EQ(reader.size(), known.size);
    EXPECT_TRUE(read_all(reader).value() == bytes) << known.size;
  }
}

TEST(UnixFsFile, TheCutsOfTheWriterDoNotMatter) {
  const Bytes bytes = content(487);
  for (const std::size_t step : {1u, 7u, 16u, 17u, 487u}) {
    Blocks blocks;
    EXPECT_EQ(build(blocks, bytes, step, kSmall).value().cid.to_string(),
              "bafybeie3wnr4izkfgv7tairotisjagxx5cmttl2oikgiijzjwvbmptk4we");
  }
}

TEST(UnixFsFile, EveryRangeIsReadAndLoadsNoLeafOutsideIt) {
  Blocks blocks;
  const Bytes bytes = content(200);
  const Cid root = build(blocks, bytes, 200, kSmall).value().cid;
  FileReader reader = FileReader::open(root, blocks.loader()).value();
  for (std::size_t begin = 0; begin <= 200; begin += 3) {
    for (std::size_t end = begin; end <= 205; end += 5) {
      blocks.loaded.clear();
      reader.select(begin, end);
      const Bytes part = read_all(reader).value();
      const std::size_t stop = std::min<std::size_t>(end, 200);
      EXPECT_EQ(part, to_bytes(ByteView(bytes).subspan(begin, stop - begin))) << begin << " to " << end;
      const auto leaves = std::count_if(blocks.loaded.begin(), blocks.loaded.end(),
                                        [](const Cid& cid) { return cid.codec() == kRaw; });
      const std::size_t wanted = begin == stop ? 0 : (stop - 1) / 16 - begin / 16 + 1;
      EXPECT_EQ(static_cast<std::size_t>(leaves), wanted);
    }
  }
}

TEST(UnixFsFile, AnErrorOfSinkOrLoaderComesThrough) {
  const BlockSink full = [](const Cid&, ByteView) -> Result<void> { return Error(errors::kStorageFull); };
  FileBuilder builder(full);
  EXPECT_TRUE(builder.write(content(262144)).error().is(errors::kStorageFull));

  Blocks blocks;
  const Cid root = build(blocks, content(487), 487, kSmall).value().cid;
  blocks.blocks.erase(Cid::of(kRaw, ByteView(content(487)).subspan(480)));
  FileReader reader = FileReader::open(root, blocks.loader()).value();
  EXPECT_TRUE(read_all(reader).error().is(errors::kNotFound));
}

TEST(UnixFsFile, SizesThatDoNotAgreeAreRefused) {
  Blocks blocks;
  const Cid leaf = Cid::identity(kRaw, as_bytes("bread"));
  const Cid liar = blocks.put(encode_unixfs_file({{leaf, 4, 4}}));
  FileReader reader = FileReader::open(liar, blocks.loader()).value();
  EXPECT_TRUE(read_all(reader).error().is(errors::kBadUnixFs));
  // Type File, filesize 9, one block size 5 (by hand).
  PbNode node{{{leaf, "", 5}}, hex_decode("080218092005").value()};
  EXPECT_TRUE(decode_unixfs(kDagPb, encode_dag_pb(node)).error().is(errors::kBadUnixFs));
  node.data = hex_decode("0802180520052005").value();
  EXPECT_TRUE(decode_unixfs(kDagPb, encode_dag_pb(node)).error().is(errors::kBadUnixFs));
  // Two block sizes of 2^63.
  node.links.push_back(node.links[0]);
  node.data = hex_decode(
                  "08022080808080808080808001"
                  "2080808080808080808001")
                  .value();
  EXPECT_TRUE(decode_unixfs(kDagPb, encode_dag_pb(node)).error().is(errors::kBadUnixFs));
}

TEST(UnixFsFile, ATowerOfNodesIsBoundedAndEmptyPartsAreNotVisited) {
  Blocks blocks;
  UnixFsPart part{Cid::identity(kRaw, as_bytes("x")), 1, 1};
  for (int i = 0; i < 18; ++i) {
    const UnixFsBlock block = encode_unixfs_file({part});
    part = {blocks.put(block), 1, block.cumulative_size};
  }
  FileReader reader = FileReader::open(part.cid, blocks.loader()).value();
  EXPECT_TRUE(read_all(reader).error().is(errors::kBadUnixFs));

  const Cid missing = Cid::of(kRaw, as_bytes("never stored"));
  const Cid root =
      blocks.put(encode_unixfs_file({{missing, 0, 0}, {Cid::identity(kRaw, as_bytes("y")), 1, 1}}));
  FileReader sparse = FileReader::open(root, blocks.loader()).value();
  EXPECT_EQ(to_text(read_all(sparse).value()), "y");
}

// Expected CIDs and bytes by ipfs-unixfs-importer 17.
TEST(UnixFsDirectory, HasTheCidThatIpfsGivesIt) {
  EXPECT_EQ(encode_unixfs_directory({}).value().cid.to_string(),
            "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");
  const UnixFsBlock sub = encode_unixfs_directory({{"a.txt", Cid::of(kRaw, as_bytes("a")), 1}}).value();
  EXPECT_EQ(sub.cid.to_string(), "bafybeiarfusvycwkvq2jcassp4wdzrdskqmol3osi3t5sg7jrzkhf77fxa");
  const Cid big = Cid::parse("bafybeiek6omh26vv4tv4df7stuhnewlbpsvvqtss75nhzgmcex7zpwrsee").value();
  const UnixFsBlock root = encode_unixfs_directory({{"sub", sub.cid, sub.cumulative_size},
                                                    {"hello.txt", Cid::of(kRaw, as_bytes("hello world")), 11},
                                                    {"big", big, 262249}})
                               .value();
  EXPECT_EQ(root.cid.to_string(), "bafybeidesr4iboc6lhxtu6lfcmaioqr6g7gudzleebbr66yh26ak53fpqm");
  EXPECT_EQ(root.cumulative_size, 262467u);
}

TEST(UnixFsDirectory, RefusesNamesThatAreNoneAndBlocksThatAreTooLarge) {
  const Cid cid = Cid::of(kRaw, {});
  for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("a/b"),
                                  std::string("a\0b", 3), std::string("\xff")}) {
    EXPECT_TRUE(encode_unixfs_directory({{name, cid, 0}}).error().is(errors::kBadUnixFs)) << name;
  }
  EXPECT_TRUE(encode_unixfs_directory({{"a", cid, 0}, {"a", cid, 0}}).error().is(errors::kBadUnixFs));
  std::vector<DirectoryEntry> many;
  for (int i = 0; i < 25000; ++i) many.push_back({std::to_string(i), cid, 0});
  EXPECT_TRUE(encode_unixfs_directory(many).error().is(errors::kTooLarge));
}

TEST(UnixFs, OtherKindsAreNamedInTheRefusal) {
  const std::pair<std::string_view, std::string_view> kinds[] = {
      {"0805", "shard"}, {"0804", "symbolic"}, {"0803", "metadata"}};
  for (const auto& [data, word] : kinds) {
    const PbNode node{{}, hex_decode(data).value()};
    const Result<UnixFsNode> read = decode_unixfs(kDagPb, encode_dag_pb(node));
    ASSERT_TRUE(read.error().is(errors::kUnsupportedUnixFs));
    EXPECT_NE(read.error().detail().find(word), std::string::npos);
  }
  EXPECT_TRUE(decode_unixfs(kDagCbor, {}).error().is(errors::kUnsupportedUnixFs));
  EXPECT_TRUE(decode_unixfs(kDagPb, {}).error().is(errors::kBadUnixFs));
  EXPECT_TRUE(
      decode_unixfs(kDagPb, encode_dag_pb({{}, hex_decode("0809").value()})).error().is(errors::kBadUnixFs));
}

// An old file as one node with its data inside; the CID of "hello world\n" in the IPFS documentation.
TEST(UnixFs, ReadsAFileThatIsOneOldNode) {
  const Bytes block = hex_decode("0a120802120c68656c6c6f20776f726c640a180c").value();
  const Cid cid = Cid::parse("QmT78zSuBmuS4z925WZfrqQ1qHaJ56DQaTfyMUF7F8ff5o").value();
  ASSERT_TRUE(cid.verify(block).ok());
  const UnixFsNode node = decode_unixfs(cid.codec(), block).value();
  EXPECT_EQ(to_text(node.data), "hello world\n");
  EXPECT_EQ(node.size, 12u);
}

struct Tree {
  Blocks blocks;
  Cid file = Cid::of(kRaw, as_bytes("a"));
  Cid sub = blocks.put(encode_unixfs_directory({{"a.txt", file, 1}}).value());
  Cid root = blocks.put(encode_unixfs_directory({{"sub", sub, 54}}).value());
  Cid record;

  Tree() {
    blocks.blocks[file] = to_bytes(as_bytes("a"));
    const Value value(Value::Map{{"dir", root}, {"list", Value(Value::List{file, "text"})}});
    const Bytes bytes = encode_dag_cbor(value).value();
    record = Cid::of(kDagCbor, bytes);
    blocks.blocks[record] = bytes;
  }
};

TEST(UnixFsPath, LeadsThroughDirectoriesAndDagCbor) {
  Tree tree;
  const auto resolve = [&](const Cid& from, std::string_view path) {
    return resolve_path(from, path, tree.blocks.loader()).value();
  };
  EXPECT_EQ(resolve(tree.root, "sub/a.txt").cid, tree.file);
  EXPECT_EQ(resolve(tree.root, "/sub//").cid, tree.sub);
  EXPECT_EQ(resolve(tree.root, "").cid, tree.root);
  EXPECT_EQ(resolve(tree.record, "dir/sub/a.txt").cid, tree.file);
  EXPECT_EQ(resolve(tree.record, "list/0").cid, tree.file);
  EXPECT_EQ(resolve(tree.record, "list/0").inner_path, "");
  EXPECT_EQ(resolve(tree.record, "list/1").cid, tree.record);
  EXPECT_EQ(resolve(tree.record, "list/1").inner_path, "list/1");
}

TEST(UnixFsPath, SaysWhereItEnds) {
  Tree tree;
  for (const auto& [from, path] : {std::pair<Cid, std::string_view>{tree.root, "none"},
                                   {tree.root, "sub/a.txt/x"},
                                   {tree.record, "list/2"},
                                   {tree.record, "list/1/x"},
                                   {tree.root, ".."}}) {
    const Result<ResolvedPath> place = resolve_path(from, path, tree.blocks.loader());
    ASSERT_FALSE(place.ok()) << path;
    EXPECT_TRUE(place.error().is(errors::kPathNotFound)) << path << ": " << place.error().detail();
  }
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "x/";
  EXPECT_TRUE(resolve_path(tree.root, deep, tree.blocks.loader()).error().is(errors::kTooLarge));
}

}  // namespace
}  // namespace icn::codec
