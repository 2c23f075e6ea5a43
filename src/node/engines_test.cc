#include "node/engines.h"

#include <gtest/gtest.h>

#include <map>
#include <sstream>
#include <thread>

#include "storage/storage_testing.h"

// Given a setting of the performance guide, the engine has it: not only its option.
namespace icn::node {
namespace {

using storage::Durability;
using storage::Store;
using storage::testing::get_text;
using storage::testing::kPlainTable;
using storage::testing::put_row;
using storage::testing::read_file;
using storage::testing::TestFolder;
using storage::testing::write_one;

std::unique_ptr<Store> open_in(const config::Settings& settings, const std::filesystem::path& folder) {
  auto store =
      make_engine(settings, folder, WritePattern::kSingleRows, make_silent_log())->open({kPlainTable});
  EXPECT_TRUE(store.ok()) << store.error().detail();
  return store.ok() ? std::move(*store) : nullptr;
}

// What RocksDB itself wrote down of its options.
std::map<std::string, std::string> options_of(const std::filesystem::path& folder) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "rocksdb")) {
    const std::string name = entry.path().filename().string();
    if (name.starts_with("OPTIONS-")) newest = std::max(newest, name);
  }
  std::map<std::string, std::string> out;
  std::istringstream lines(read_file(folder / "rocksdb" / newest));
  for (std::string line; std::getline(lines, line);) {
    const std::size_t first = line.find_first_not_of(' ');
    const std::size_t equals = line.find('=');
    if (first != std::string::npos && equals != std::string::npos)
      out[line.substr(first, equals - first)] = line.substr(equals + 1);
  }
  return out;
}

TEST(EngineSettings, ReachRocksdb) {
  config::Settings settings;
  settings.storage_backend = config::StorageBackend::kRocksdb;
  settings.storage_rocksdb_max_open_files = 777;
  settings.storage_rocksdb_write_buffer_size = 5 << 20;
  settings.storage_rocksdb_max_write_buffer_number = 7;
  settings.storage_rocksdb_target_file_size_base = 9 << 20;
  settings.storage_rocksdb_compression = config::Compression::kZstd;
  settings.storage_rocksdb_bottommost_compression = config::BottommostCompression::kLz4;
  settings.storage_rocksdb_max_background_jobs = 3;
  settings.storage_rocksdb_level0_file_num_compaction_trigger = 6;
  settings.storage_rocksdb_level0_slowdown_writes_trigger = 18;
  settings.storage_rocksdb_level0_stop_writes_trigger = 25;
  settings.storage_rocksdb_bloom_bits_per_key = 12;
  const TestFolder folder;
  ASSERT_NE(open_in(settings, folder.path()), nullptr);
  const auto found = options_of(folder.path());
  const std::map<std::string, std::string> wanted{{"max_open_files", "777"},
                                                  {"write_buffer_size", "5242880"},
                                                  {"max_write_buffer_number", "7"},
                                                  {"target_file_size_base", "9437184"},
                                                  {"compression", "kZSTD"},
                                                  {"bottommost_compression", "kLZ4Compression"},
                                                  {"max_background_jobs", "3"},
                                                  {"level0_file_num_compaction_trigger", "6"},
                                                  {"level0_slowdown_writes_trigger", "18"},
                                                  {"level0_stop_writes_trigger", "25"},
                                                  {"filter_policy", "bloomfilter:12:false"}};
  for (const auto& [name, value] : wanted) {
    ASSERT_TRUE(found.contains(name)) << name;
    EXPECT_EQ(found.at(name), value) << name;
  }
}

config::Settings sled_settings() {
  config::Settings settings;
  settings.storage_backend = config::StorageBackend::kSled;
  settings.storage_sled_cache_capacity = 8 << 20;
  return settings;
}

// A copy of its files is what a process that ends now leaves behind.
TEST(EngineSettings, SledWritesOutByItselfAsOftenAsIsSet) {
  for (const std::uint64_t every_ms : {0, 20}) {
    SCOPED_TRACE(every_ms);
    config::Settings settings = sled_settings();
    settings.storage_sled_flush_every_ms = every_ms;
    const TestFolder folder;
    const auto store = open_in(settings, folder.path() / "store");
    ASSERT_NE(store, nullptr);
    ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kBuffered).ok());
    std::string seen = "absent";
    for (int tries = 0; tries < (every_ms == 0 ? 5 : 200) && seen == "absent"; ++tries) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      const auto copy = folder.path() / ("copy " + std::to_string(tries));
      std::filesystem::copy(folder.path() / "store", copy, std::filesystem::copy_options::recursive);
      seen = get_text(*open_in(sled_settings(), copy), "a");
    }
    EXPECT_EQ(seen, every_ms == 0 ? "absent" : "1");
  }
}

TEST(EngineSettings, SledCompressesAsIsSet) {
  std::map<std::uint64_t, std::uint64_t> bytes;
  for (const std::uint64_t factor : {0, 1, 4}) {
    config::Settings settings = sled_settings();
    settings.storage_sled_compression_factor = factor;
    settings.storage_sled_flush_every_ms = 0;
    const TestFolder folder;
    {
      const auto store = open_in(settings, folder.path());
      ASSERT_NE(store, nullptr);
      const std::string words = "a record whose text says the same again and again; ";
      std::string text;
      while (text.size() < 16 << 10) text += words;
      for (int i = 0; i < 400; ++i) {
        const std::string key = "key " + std::to_string(i);
        ASSERT_TRUE(write_one(*store, put_row(key, key + text), Durability::kBuffered).ok());
      }
      ASSERT_TRUE(store->flush().ok());
    }
    const std::string kept = read_file(folder.path() / "sled/conf");
    EXPECT_NE(kept.find(factor == 0 ? "use_compression: false" : "use_compression: true"), std::string::npos)
        << kept;
    bytes[factor] = std::filesystem::file_size(folder.path() / "sled/db");
  }
  EXPECT_LT(bytes[4] * 2, bytes[0]);
  EXPECT_LT(bytes[1] * 2, bytes[0]);
}

}  // namespace
}  // namespace icn::node
