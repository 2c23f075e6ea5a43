#include "codec/unixfs_shard.h"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "codec/errors.h"

namespace icn::codec {
namespace {

struct KnownBlock {
  std::string_view cid;
  std::string_view base64;
};

// By the npm package ipfs-unixfs-importer 17 (shardSplitThresholdBytes 0, cidVersion 1, rawLeaves) of a
// folder with the files "entry 0.txt" to "entry 47.txt", each with its own name as content: the shards,
// without the leaves.
constexpr std::string_view kRoot = "bafybeib6xhlyg4l5qeaegv6y3rmlovzqaf6hvcvi2gnalq3edz67jpj6ji";
constexpr KnownBlock kBlocks[] = {
    {"bafybeiebhcye24agsvnnfmaj6qrpecltm4x6nhlspb3bofj4b7mewezqcm",
     "EjgKJAFVEiCFXO9FnLZyDoidJP2bSrYxvp3eV5XoOZlMfzujYrWq5hIOODBlbnRyeSA0Ny50eHQYDBI3CiQBVRIgV9kK1E59"
     "sCix1+OYOk/tFHzkw0Rwr5QAOTYPVKBTU70SDUJEZW50cnkgMC50eHQYCwohCAUSGCAAAAAAAAABAAAAAAAAAAAAAAAAAAAA"
     "ACgiMIAC"},
    {"bafybeighi6yejly7yc75wyrxd3gec5fjbvl6aoueoqidtocerebi5x4xzq",
     "EjgKJAFVEiB9JzhjeF06p4JjWYSMf5JsM48qyM8PQRa3tC447Nzh6hIONzllbnRyeSAzMy50eHQYDBI4CiQBVRIgeAKRpNzx"
     "i/9ZCoo6ZBP4fh2ojkGNy7ubwd+vkfGadi0SDkZGZW50cnkgNDAudHh0GAwKKQgFEiCAAAAAAAAAAAAAAAAAAAAAAgAAAAAA"
     "AAAAAAAAAAAAACgiMIAC"},
    {"bafybeihv2ozijlga2hvggcyycwfgpofxiqdvpkhwzfmbqrhozmcv3zrsji",
     "EjcKJAFVEiCUFYu68egryKtSh3Bl1LuFRuF8YD7Fy1KWKheLTE728BINMERlbnRyeSA2LnR4dBgLEjgKJAFVEiCH4mK6nz0n"
     "2MgwXmtprfvg1Ti37ESygqggw0/qm2/E1xIONjRlbnRyeSAyOS50eHQYDAoWCAUSDRAAAAAAAAAAAAAAIAAoIjCAAg=="},
    {"bafybeicm5gutl7xpnl5puynqbmxw4doqgnrqyslxlevwnn42kjaakwkto4",
     "EjgKJAFVEiCfTTkjGTKqEVg0mcvAFtuaQ31MZQbeREajl8qWgJQSiBIONEFlbnRyeSAxMC50eHQYDBI4CiQBVRIg/QQRRpg0"
     "xXiz7D4uQmsKC6BiYniYPYX/ewNYG2meMhcSDjVDZW50cnkgMzUudHh0GAwKFQgFEgwQAAQAAAAAAAAAAAAoIjCAAg=="},
    {"bafybeib6xhlyg4l5qeaegv6y3rmlovzqaf6hvcvi2gnalq3edz67jpj6ji",
     "Ei0KJAFwEiCBOLBNcAaVWtKwCfQi8glzZy/mnXJ4dhcVPA/YSxMwExICMEIYrQESOAokAVUSIJoBCaU7jyx66V3dzEb10avG"
     "JqdjE3n7j91e+gnxbL1MEg4wRWVudHJ5IDM0LnR4dBgMEjgKJAFVEiCgx/4F5iB3pC1W993ZYNnv8tudm4ALf9Sss0FpJUTx"
     "DhIOMTFlbnRyeSAyNS50eHQYDBI4CiQBVRIgfAQDZjXQN3V79NpyhfOEPZlZsl85zDiz+ggzQ1hdJisSDjE0ZW50cnkgMjgu"
     "dHh0GAwSLQokAXASIMdHsESvH8C/22I3HsxBdKkNV+A6hHQQObhEiQKO35fMEgIxNhi3ARI4CiQBVRIgrJiztJRPEzD+YNAD"
     "tAlxhtmuHhnjV51jh9JJ03jyVt4SDjI2ZW50cnkgMTQudHh0GAwSOAokAVUSIC0n1O9hvU8i+33kDMuOSnKFySoPrAwVMrm9"
     "MBfAHx7SEg40MWVudHJ5IDI0LnR4dBgMEjgKJAFVEiD8+sbau/WHHjFdtSqO0XTzat9cvNVS0btoc4wA+dJt/hIONDhlbnRy"
     "eSAxNi50eHQYDBI4CiQBVRIgu9XKGMuv4AR7LIkGaGB0BIgn4PhkCrxO1lnP5440mWUSDjQ5ZW50cnkgNDIudHh0GAwSOAok"
     "AVUSIE16aKOzmTAihq+Lx9O+EYv72zG/V0OqtHdAaVv18+8GEg41M2VudHJ5IDExLnR4dBgMEjgKJAFVEiDoxjsGcyKpJvaj"
     "qpBY7Jnk0aJPtxgT8zNujTGINtCRLhIONUFlbnRyeSA0NC50eHQYDBI4CiQBVRIgXM6VqpyStpu319gIb4MZzV0m6sHjRWvw"
     "WQWt1FTz7VISDjVCZW50cnkgNDUudHh0GAwSOAokAVUSIEXnzJngTebP3fr23tsiOhkjuNzDqiCgzrlgdJ8f+Y49Eg41RGVu"
     "dHJ5IDIzLnR4dBgMEjgKJAFVEiBL/QdLKA49AOr+CEPDmi1ukE3+8tdhtXdXdpPBRSNo+RIONUZlbnRyeSAzMC50eHQYDBI4"
     "CiQBVRIgNF+UMam/oQa7XyXAnU1Gdj4gWzGzfdnnaH4wvsbMfosSDjYyZW50cnkgMTIudHh0GAwSOAokAVUSIP2wToIjxP8X"
     "ASiONNIEwIruXgJne5EkC7BEXWx7TMHSEg42N2VudHJ5IDEzLnR4dBgMEjcKJAFVEiBCvAXi6aKTiJU9WZvvc0VQv+lu8+2n"
     "bsaeHuLQkepEGRINNkFlbnRyeSA4LnR4dBgLEjgKJAFVEiBI0E0iE8cGh5X076yTjD6OfcAbUB22r7KeiANrTqxv4RIONkRl"
     "bnRyeSAxOC50eHQYDBI4CiQBVRIgmEfiaYjEprIT0L1VczzHdQKQA/AAGtOD4EtbT7oqTAISDjc1ZW50cnkgMzkudHh0GAwS"
     "LQokAXASIPXTsoSswNHqYwsYFYpnuLdEB1eo9slYGETuywVd5jJKEgI4MBiiARI3CiQBVRIgCllSQEAyv8tw/AjUixNlSgc3"
     "LeyOuA/bX9AHkZEQDeYSDTgxZW50cnkgOS50eHQYCxI4CiQBVRIgM5LZ04uZDI0GQtWdXswuPzEDYJGd4FA0AGgVFKqcIXgS"
     "DjgyZW50cnkgMzYudHh0GAwSLQokAXASIEzpqTX+72r6+mGwCy9uDdAzYwxJd1krZreaUkAFWVN3EgI4OBijARI4CiQBVRIg"
     "JzuQzrTvzBipEvLSFijgTQ1gdJL9VY2FDInDYl8gPz0SDjk0ZW50cnkgMTUudHh0GAwSOAokAVUSIKminq44SBPZnodb89W4"
     "5yWW4YBxXF1+6AGvXl2uR+aTEg45N2VudHJ5IDI3LnR4dBgMEjcKJAFVEiABB5UHZUY5M/NsDc8/GZ5VjYHJ7v6KsT80RaAF"
     "RqRYRxINOUVlbnRyeSA3LnR4dBgLEjgKJAFVEiB9YSOyFxBFXlPWjSCmUG/uuG6TWuXoUJ/2ytsY12GwGBIOQTJlbnRyeSAz"
     "OC50eHQYDBI4CiQBVRIgNrvfOGWE7aX3viooWKwlgkLnO/DozyMGEaYon53M9gASDkE0ZW50cnkgMzEudHh0GAwSOAokAVUS"
     "IFCChlSBye0smu7cqD4L0UYeIqlDprVH3lmLkK+sY6bVEg5BQWVudHJ5IDIwLnR4dBgMEjgKJAFVEiAMguATvr5g8P19nVYj"
     "wmJu3cJZn62UuiAJMf0p1tv5HRIOQUJlbnRyeSA0Ni50eHQYDBI4CiQBVRIgG0D2amkbe/lH5i6mnNnmJyVQ7grMfg3dvvJj"
     "nojTxxASDkIxZW50cnkgMjEudHh0GAwSNwokAVUSIKENveHIqpP7Zuwx4XFs5dMFGbEMJUjBNYawQw+ZNe3tEg1CN2VudHJ5"
     "IDQudHh0GAsSNwokAVUSIDh87ix3YPn3g86YNMZ9HdzQUd+Ag0HQ3AuWhiga/f61Eg1CQmVudHJ5IDIudHh0GAsSNwokAVUS"
     "ID4bKufCFSEDGpnlCzg6GSuGtOQdZgpV+wSAlqcXT/PIEg1CRGVudHJ5IDEudHh0GAsSOAokAVUSIAeb5Xu2+9e0Tq59S0Yu"
     "3Rq61T9XSVE0cHihLOUDWqApEg5DOGVudHJ5IDIyLnR4dBgMEjcKJAFVEiBWxArwXXMiEe+fYdWbsbl9OpG4fH5w+4+tTLkl"
     "EEmHzRINQ0RlbnRyeSA1LnR4dBgLEjgKJAFVEiBuYEje0lBPf+o3atDFYSKkS/jWK0NGB65Iqlu4MZg70hIORDRlbnRyeSA0"
     "My50eHQYDBI4CiQBVRIg3XGvSo0p1qm8SsM8A7aTIPLoWb3UbAVTlX8D7/50+pQSDkQ1ZW50cnkgMzcudHh0GAwSNwokAVUS"
     "IIOf9FN0wxHGUqLKngwN3GFJYTn0Y8BMkqrTQHffi3upEg1EN2VudHJ5IDMudHh0GAsSOAokAVUSIES2PNxObnNvJWQaGWTN"
     "dA2pzzwrVqhgz68+k2c1u8HeEg5FN2VudHJ5IDI2LnR4dBgMEjgKJAFVEiBZz529baZoG4GRv8HQorrXvhM1TUuXu6jDBYU5"
     "xupO/hIORThlbnRyeSA0MS50eHQYDBI4CiQBVRIgO0pGLUcAmNm1J+mxKtrzRRy0do2mvLVbImTaeVpzndsSDkYwZW50cnkg"
     "MTcudHh0GAwSOAokAVUSIJV7ZkGIybttPPoqDthSJBYQrTqywdvvYiPAKk5lVijTEg5GQWVudHJ5IDE5LnR4dBgMEjgKJAFV"
     "EiDSHrKK8knAZT/mwuVG+Z3hNNbJwSlHe5yA5r9ioWCggxIORkZlbnRyeSAzMi50eHQYDAopCAUSIIQBAYAAsCEAKIIMFECQ"
     "AQcAICSErAgDAgAAAEAAUkgAKCIwgAI="}};
constexpr int kEntries = 48;

std::string name_of(int number) { return "entry " + std::to_string(number) + ".txt"; }
Cid leaf_of(const std::string& name) { return Cid::of(kRaw, as_bytes(name)); }

class UnixFsShard : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const KnownBlock& each : kBlocks) {
      const Cid cid = Cid::parse(each.cid).value();
      blocks_[cid] = base64_decode(each.base64).value();
      ASSERT_TRUE(cid.verify(blocks_[cid]).ok());
    }
  }
  BlockLoader loader() {
    return [this](const Cid& cid) -> Result<Bytes> {
      ++loaded_;
      const auto found = blocks_.find(cid);
      if (found == blocks_.end()) return Error(errors::kNotFound, cid.to_string());
      return found->second;
    };
  }
  const Cid root_ = Cid::parse(kRoot).value();
  std::map<Cid, Bytes> blocks_;
  int loaded_ = 0;
};

// MurmurHash3_x64_128, first half, as its author's program prints it.
TEST(NameHash, IsMurmur3) {
  EXPECT_EQ(name_hash(""), 0u);
  EXPECT_EQ(name_hash("hello"), 0xcbd8a7b341bd9b02u);
  EXPECT_EQ(name_hash("hello, world"), 0x342fac623a5ebc8eu);
  EXPECT_EQ(name_hash("19 Jan 2038 at 3:14:07 AM"), 0xb89e5988b737affcu);
  EXPECT_EQ(name_hash("The quick brown fox jumps over the lazy dog."), 0xcd99481f9ee902c9u);
}

TEST_F(UnixFsShard, EveryEntryIsFoundByItsPath) {
  std::set<int> loads;
  for (int i = 0; i < kEntries; ++i) {
    loaded_ = 0;
    const auto found = resolve_path(root_, name_of(i), loader());
    ASSERT_TRUE(found.ok()) << name_of(i) << ": " << found.error().detail();
    EXPECT_EQ(found->cid, leaf_of(name_of(i)));
    loads.insert(loaded_);
  }
  EXPECT_EQ(loads, (std::set<int>{1, 2})) << "some lie in a shard below the first";
  for (const char* name : {"entry 48.txt", "entry 4", "00", "C9entry 1.txt", ""}) {
    const auto found = find_in_shard(decode_unixfs(kDagPb, blocks_[root_]).value(), name, loader());
    ASSERT_TRUE(found.ok()) << name;
    EXPECT_FALSE(*found) << name;
  }
  EXPECT_TRUE(resolve_path(root_, "entry 48.txt", loader()).error().is(errors::kPathNotFound));
}

TEST_F(UnixFsShard, AllEntriesAreListedOnce) {
  const UnixFsNode root = decode_unixfs(kDagPb, blocks_[root_]).value();
  EXPECT_EQ(root.fanout, 256u);
  std::set<std::string> names;
  ASSERT_TRUE(list_shard(root, loader(), [&](const UnixFsChild& child) {
                EXPECT_TRUE(names.insert(child.name).second);
                EXPECT_EQ(child.cid, leaf_of(child.name));
                return true;
              }).ok());
  std::set<std::string> wanted;
  for (int i = 0; i < kEntries; ++i) wanted.insert(name_of(i));
  EXPECT_EQ(names, wanted);
  int count = 0;
  ASSERT_TRUE(list_shard(root, loader(), [&](const UnixFsChild&) { return ++count < 5; }).ok());
  EXPECT_EQ(count, 5);
}

TEST_F(UnixFsShard, AShardThatIsMissingIsSaid) {
  std::erase_if(blocks_, [&](const auto& each) { return each.first != root_; });
  int missing = 0;
  for (int i = 0; i < kEntries; ++i) {
    const auto found = resolve_path(root_, name_of(i), loader());
    if (found.ok()) continue;
    EXPECT_TRUE(found.error().is(errors::kNotFound));
    ++missing;
  }
  EXPECT_EQ(missing, 8) << "four shards of two entries";
}

UnixFsNode shard(std::string_view data_hex, std::vector<PbLink> links) {
  return decode_unixfs(kDagPb, encode_dag_pb({std::move(links), hex_decode(data_hex).value()})).value();
}

// HAMTShard, hashType 0x22, fanout 8: places have one digit.
TEST(UnixFsShardForm, OtherFanoutsAreRead) {
  const Cid leaf = leaf_of("a");
  std::vector<PbLink> links;
  for (int place = 0; place < 8; ++place) links.push_back({leaf, std::to_string(place) + "a", 1});
  const UnixFsNode node = shard("080528223008", links);
  EXPECT_EQ(node.fanout, 8u);
  const BlockLoader none = [](const Cid&) -> Result<Bytes> { return Error(errors::kNotFound); };
  EXPECT_EQ(find_in_shard(node, "a", none).value(), leaf);
  EXPECT_FALSE(find_in_shard(node, "b", none).value());
}

TEST(UnixFsShardForm, WhatIsNoneIsRefused) {
  for (const char* data : {"0805", "080528123008"}) {  // no hash, and another one
    const auto read = decode_unixfs(kDagPb, encode_dag_pb({{}, hex_decode(data).value()}));
    EXPECT_TRUE(read.error().is(errors::kUnsupportedUnixFs)) << data;
  }
  for (const char* data :
       {"08052822", "080528223007", "080528223004", "08052822308010", "0805282230083008"}) {
    const auto read = decode_unixfs(kDagPb, encode_dag_pb({{}, hex_decode(data).value()}));
    EXPECT_TRUE(read.error().is(errors::kBadUnixFs)) << data;
  }
  const BlockLoader none = [](const Cid&) -> Result<Bytes> { return Error(errors::kNotFound); };
  for (const char* name : {"", "8a", "xa"}) {  // no place, or none of eight
    const UnixFsNode node = shard("080528223008", {{leaf_of("a"), name, 1}});
    EXPECT_TRUE(find_in_shard(node, "a", none).error().is(errors::kBadUnixFs)) << name;
  }
}

// A shard that leads to itself at every place.
TEST(UnixFsShardForm, ATowerOfShardsIsBounded) {
  std::vector<PbLink> links;
  const Cid next = Cid::of(kDagPb, as_bytes("next"));
  for (int place = 0; place < 8; ++place) links.push_back({next, std::to_string(place), 1});
  const Bytes block = encode_dag_pb({links, hex_decode("080528223008").value()});
  int loads = 0;
  const BlockLoader again = [&](const Cid&) -> Result<Bytes> {
    ++loads;
    return block;
  };
  const UnixFsNode node = decode_unixfs(kDagPb, block).value();
  EXPECT_TRUE(find_in_shard(node, "a", again).error().is(errors::kBadUnixFs));
  EXPECT_LE(loads, 22);
  loads = 0;
  EXPECT_TRUE(
      list_shard(node, again, [](const UnixFsChild&) { return true; }).error().is(errors::kBadUnixFs));
  EXPECT_LE(loads, 22);
}

// Twenty small blocks with 8^20 ways from the first to the last, which is empty.
TEST(UnixFsShardForm, ManyWaysToNothingAreNotAllWalked) {
  const Bytes data = hex_decode("080528223008").value();
  std::map<Cid, Bytes> blocks;
  Bytes block = encode_dag_pb({{}, data});
  for (int level = 0; level < 20; ++level) {
    const Cid below = Cid::of(kDagPb, block);
    blocks[below] = std::exchange(block, {});
    std::vector<PbLink> links;
    for (int place = 0; place < 8; ++place) links.push_back({below, std::to_string(place), 1});
    block = encode_dag_pb({links, data});
  }
  int loads = 0;
  const BlockLoader loader = [&](const Cid& cid) -> Result<Bytes> {
    ++loads;
    return blocks.at(cid);
  };
  const auto listed =
      list_shard(decode_unixfs(kDagPb, block).value(), loader, [](const UnixFsChild&) { return true; });
  EXPECT_TRUE(listed.error().is(errors::kBadUnixFs));
  EXPECT_LE(loads, 100);
}

}  // namespace
}  // namespace icn::codec
