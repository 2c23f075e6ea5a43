#include "config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <set>
#include <sstream>

#include "config/errors.h"
#include "config/row.h"

namespace icn::config {
namespace {

using testing::HasSubstr;
using testing::Not;

Sources from_file(std::string text) {
  Sources sources;
  sources.file_name = "icn.toml";
  sources.file_text = std::move(text);
  return sources;
}

std::string error_of(const Sources& sources) {
  const auto settings = load_settings(sources);
  return settings ? "no error" : settings.error().detail();
}

std::string read_text(const std::string& path) {
  std::ifstream file(std::string(ICN_SOURCE_FOLDER) + "/" + path);
  EXPECT_TRUE(file.is_open()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(SettingsTest, DefaultsAreAllowedAndSafe) {
  const auto settings = load_settings({});
  ASSERT_TRUE(settings.ok()) << settings.error().detail();
  EXPECT_EQ(*settings, Settings());
  EXPECT_EQ(settings->http_listen_addr, "127.0.0.1:7845");
  EXPECT_EQ(settings->profile, Profile::kProduction);
  // performance-guide.md, "RocksDB optimization"
  EXPECT_EQ(settings->storage_rocksdb_max_open_files, 1000);
  EXPECT_EQ(settings->storage_rocksdb_write_buffer_size, 67108864u);
  EXPECT_EQ(settings->storage_rocksdb_max_write_buffer_number, 3u);
  EXPECT_EQ(settings->storage_rocksdb_target_file_size_base, 67108864u);
  EXPECT_EQ(settings->storage_rocksdb_compression, Compression::kLz4);
}

TEST(SettingsTest, EveryDefaultIsWithinItsBounds) {
  EXPECT_EQ(error_of(from_file(effective_toml(Settings()))), "no error");
  for (const Row& row : rows()) {
    EXPECT_FALSE(row.text.empty()) << row.key;
    EXPECT_FALSE(row.allowed.empty()) << row.key;
  }
}

TEST(SettingsTest, NamesAndVariablesAreUnique) {
  std::set<std::string> names;
  for (const Row& row : rows()) {
    EXPECT_TRUE(names.insert(std::string(row.key)).second) << row.key;
    EXPECT_TRUE(names.insert(row.variable()).second) << row.variable();
  }
  EXPECT_EQ(find_row("storage.rocksdb.max_open_files")->variable(), "ICN_STORAGE_ROCKSDB_MAX_OPEN_FILES");
}

TEST(SettingsTest, LaterPlacesOverrideEarlierOnes) {
  Sources sources = from_file(
      "node_name = 'file'\nnetwork_id = 'file'\nhttp_listen_addr = '127.0.0.1:1'\n"
      "[storage]\nbackend = 'memory'\n[mesh]\nexecutor = false\n");
  sources.environment = {{"ICN_NETWORK_ID", "environment"},
                         {"ICN_HTTP_LISTEN_ADDR", "127.0.0.1:2"},
                         {"ICN_HTTP_CORS_ORIGINS", "https://a.example,https://b.example"},
                         {"PATH", "/bin"}};
  sources.flags = {"--http-listen-addr=127.0.0.1:3", "--mesh.executor", "--storage.rocksdb.max_open_files",
                   "-1", "--storage.rocksdb.write_buffer_size=128MiB"};
  const auto settings = load_settings(sources);
  ASSERT_TRUE(settings.ok()) << settings.error().detail();
  EXPECT_EQ(settings->node_name, "file");
  EXPECT_EQ(settings->network_id, "environment");
  EXPECT_EQ(settings->http_listen_addr, "127.0.0.1:3");
  EXPECT_EQ(settings->storage_backend, StorageBackend::kMemory);
  EXPECT_TRUE(settings->mesh_executor);
  EXPECT_EQ(settings->http_cors_origins, (List{"https://a.example", "https://b.example"}));
  EXPECT_EQ(settings->storage_rocksdb_max_open_files, -1);
  EXPECT_EQ(settings->storage_rocksdb_write_buffer_size, 134217728u);
}

TEST(SettingsTest, AnUnknownKeyIsNamedWithItsLineAndANearOne) {
  EXPECT_EQ(error_of(from_file("node_name = 'a'\n\n[storage]\nbackedn = 'memory'\n")),
            "icn.toml line 4: unknown setting \"storage.backedn\"; did you mean storage.backend?");
  EXPECT_EQ(error_of(from_file("[nowhere]\n")), "icn.toml line 1: unknown setting \"nowhere\"");
  EXPECT_EQ(error_of(from_file("[storage]\n[mesh]\n")), "no error") << "empty sections are fine";
  Sources sources;
  sources.environment = {{"ICN_STORAGE_BAKEND", "memory"}};
  EXPECT_EQ(error_of(sources),
            "environment: unknown setting \"ICN_STORAGE_BAKEND\"; did you mean ICN_STORAGE_BACKEND?");
  sources.environment.clear();
  sources.flags = {"--storage.bakend=memory"};
  EXPECT_EQ(error_of(sources), "flag: unknown setting \"--storage.bakend\"; did you mean storage.backend?");
}

TEST(SettingsTest, ABadValueIsNamedWithWhatIsAllowed) {
  struct Case {
    const char* toml;
    const char* error;
  };
  const Case cases[] = {
      {"mesh.queue_max = 0", "mesh.queue_max = 0 is not allowed; allowed: 1 to 1000000 jobs"},
      {"mesh.queue_max = 1000001", "mesh.queue_max = 1000001 is not allowed; allowed: 1 to 1000000 jobs"},
      {"mesh.queue_max = '10'", "mesh.queue_max = \"10\" is not allowed; allowed: 1 to 1000000 jobs"},
      {"mesh.queue_max = 1.5", "mesh.queue_max = the number 1.500000 with a fraction is not allowed"},
      {"mesh.queue_max = 1979-05-27", "mesh.queue_max = a date or time is not allowed"},
      {"[mesh.queue_max]", "mesh.queue_max = a table is not allowed"},
      {"mesh.executor = 1", "mesh.executor = 1 is not allowed; allowed: true, false"},
      {"storage.backend = 'oracle'",
       "storage.backend = \"oracle\" is not allowed; allowed: memory, rocksdb, sled, sqlite, postgresql"},
      {"storage.backend = true",
       "storage.backend = true is not allowed; allowed: memory, rocksdb, sled, sqlite, postgresql"},
      {"tls.min = '1.2'", "tls.min = \"1.2\" is not allowed; allowed: 1.3"},
      {"node_name = ''", "node_name = \"\" is not allowed; allowed: 1 to 64 bytes"},
      {"node_name = \"a\\u0007\"", "node_name = \"a\\u0007\" is not allowed"},
      {"http.cors_origins = 'https://a.example'", "http.cors_origins = \"https://a.example\" is not allowed"},
      {"http.cors_origins = [1]", "http.cors_origins = a list of other things than texts is not allowed"},
      {"storage.rocksdb.write_buffer_size = '64MB'",
       "storage.rocksdb.write_buffer_size = \"64MB\" is not allowed; allowed: 1048576 to 4294967296 bytes"},
      {"storage.rocksdb.max_open_files = -2",
       "storage.rocksdb.max_open_files = -2 is not allowed; allowed: -1 to 1000000 files"},
  };
  for (const Case& each : cases) {
    EXPECT_THAT(error_of(from_file(each.toml)), HasSubstr(std::string("icn.toml line 1: ") + each.error))
        << each.toml;
  }
  Sources sources;
  for (const char* text : {"", "ten", "10x", "1e3", " 10", "99999999999999999999"}) {
    sources.environment = {{"ICN_MESH_QUEUE_MAX", text}};
    EXPECT_THAT(error_of(sources), HasSubstr("environment ICN_MESH_QUEUE_MAX: mesh.queue_max = ")) << text;
  }
  sources.environment.clear();
  sources.flags = {"--mesh.queue_max"};
  EXPECT_EQ(error_of(sources), "flag --mesh.queue_max: the value is missing; allowed: 1 to 1000000");
  sources.flags = {"mesh.queue_max=5"};
  EXPECT_EQ(error_of(sources), "flag mesh.queue_max=5: settings are given as --key=value");
}

TEST(SettingsTest, SizesAreWrittenInPowersOf1024) {
  struct Case {
    const char* text;
    std::uint64_t bytes;
  };
  const Case cases[] = {{"67108864", 67'108'864},
                        {"64M", 67'108'864},
                        {"64MiB", 67'108'864},
                        {"1.5G", 1'610'612'736},
                        {"0.5GiB", 536'870'912},
                        {"2048K", 2'097'152},
                        {"1.000001M", 0},
                        {"64MB", 0},
                        {"1.5", 0},
                        {"1.G", 0},
                        {".5G", 0},
                        {"-1M", 0},
                        {"1.2.3M", 0},
                        {"99999999999T", 0},
                        {"M", 0}};
  for (const Case& each : cases) {
    SCOPED_TRACE(each.text);
    Sources sources;
    sources.environment = {{"ICN_STORAGE_ROCKSDB_WRITE_BUFFER_SIZE", each.text}};
    const auto settings = load_settings(sources);
    ASSERT_EQ(settings.ok(), each.bytes != 0);
    EXPECT_EQ(settings.ok() ? settings->storage_rocksdb_write_buffer_size : 0, each.bytes);
  }
}

// The variable as the performance guide sets it.
TEST(SettingsTest, MaxMemoryIsSharedOutBetweenThePartsOfANode) {
  Sources sources;
  sources.environment = {{"ICN_MAX_MEMORY", "1.5G"}, {"ICN_STORAGE_BACKEND", "rocksdb"}};
  const auto settings = load_settings(sources).value();
  EXPECT_EQ(settings.max_memory, 1'610'612'736u);
  // 1,536 MiB less two stores of 3 x 64 and an eighth, 32 and 256 of caches and 128 of its own.
  EXPECT_EQ(block_cache_bytes(settings), settings.max_memory / 8);
  EXPECT_EQ(job_memory_mb(settings), 352);
  EXPECT_EQ(job_memory_mb(Settings()), std::nullopt);
  sources.environment[0].second = "512M";
  EXPECT_EQ(
      error_of(sources),
      "environment ICN_MAX_MEMORY: max_memory = 536870912 leaves no memory to jobs; it takes 992M with this "
      "storage.*, cache.l1_mb and wasm.cache_mb, or mesh.executor = false");
  sources.environment.push_back({"ICN_MESH_EXECUTOR", "false"});
  EXPECT_TRUE(load_settings(sources).ok());
}

TEST(SettingsTest, AContradictionNamesTheLineOfItsSetting) {
  EXPECT_THAT(error_of(from_file("node_name = 'a'\nhttp_listen_addr = '0.0.0.0:80'")),
              HasSubstr("icn.toml line 2: http_listen_addr = \"0.0.0.0:80\" is open to other machines"));
}

TEST(SettingsTest, AllProblemsAreToldAtOnce) {
  Sources sources = from_file("mesh.queue_max = 0\nwrong = 1\n");
  sources.flags = {"--log.level=loud"};
  EXPECT_EQ(
      error_of(sources),
      "icn.toml line 1: mesh.queue_max = 0 is not allowed; allowed: 1 to 1000000 jobs\n"
      "icn.toml line 2: unknown setting \"wrong\"\n"
      "flag --log.level: log.level = \"loud\" is not allowed; allowed: trace, debug, info, warn, error");
}

TEST(SettingsTest, ABrokenFileIsNamedWithTheLine) {
  const auto settings = load_settings(from_file("node_name = 'a'\nmesh = [\n"));
  ASSERT_FALSE(settings.ok());
  EXPECT_TRUE(settings.error().is(errors::kBadFile));
  EXPECT_THAT(settings.error().detail(), HasSubstr("icn.toml: line "));
  EXPECT_TRUE(load_settings(from_file("node_name = 'a'\nnode_name = 'b'\n")).error().is(errors::kBadFile));
  EXPECT_TRUE(load_settings(from_file(std::string((1 << 20) + 1, '#'))).error().is(errors::kBadFile));
  EXPECT_TRUE(load_settings(from_file("node_name = '\xff'")).error().is(errors::kBadFile));
  // Found by fuzz_settings: a heading that starts with no key.
  EXPECT_TRUE(load_settings(from_file(std::string("[\0\x12", 3))).error().is(errors::kBadFile));
  EXPECT_TRUE(load_settings(from_file("\xef\xbb\xb6")).error().is(errors::kBadFile));
  EXPECT_TRUE(load_settings(from_file("# caf\xc3\xa9\nnode_name = 'caf\xc3\xa9'")).ok());
  EXPECT_TRUE(load_settings(from_file("[=]")).error().is(errors::kBadFile));
  EXPECT_TRUE(read_settings_file("/nowhere/icn.toml").error().is(errors::kBadFile));
  EXPECT_TRUE(read_settings_file("/").error().is(errors::kBadFile));
}

TEST(SettingsTest, ContradictionsAreRefused) {
  EXPECT_THAT(error_of(from_file("http_listen_addr = '0.0.0.0:7845'")), HasSubstr("without TLS"));
  EXPECT_THAT(error_of(from_file("http_listen_addr = '[::]:7845'")), HasSubstr("without TLS"));
  EXPECT_EQ(error_of(from_file("http_listen_addr = '0.0.0.0:7845'\nhttp.allow_public_without_tls = true")),
            "no error");
  EXPECT_EQ(error_of(from_file("http_listen_addr = '0.0.0.0:7845'\ntls.cert = 'c'\ntls.key = 'k'")),
            "no error");
  EXPECT_THAT(error_of(from_file("tls.cert = 'c'")), HasSubstr("belong together"));
  for (const char* address : {"7845", "127.0.0.1", "127.0.0.1:70000", "::1:7845", "[127.0.0.1]:1",
                              "host name:1", "127.0.0.1:-1", "127.0.0.1:"}) {
    EXPECT_THAT(error_of(from_file(std::string("http_listen_addr = '") + address + "'")),
                HasSubstr("allowed: address:port"))
        << address;
  }
  EXPECT_THAT(error_of(from_file("storage.rocksdb.level0_stop_writes_trigger = 10")), HasSubstr("decrease"));
  EXPECT_THAT(error_of(from_file("trusted_credential_issuers = ['did:web:a.example', 'the mill']")),
              HasSubstr("trusted_credential_issuers = \"the mill\" is not allowed; allowed: DIDs"));
}

TEST(SettingsTest, ListenAddressesAreTakenApart) {
  const auto six = parse_listen_address("[::1]:80");
  ASSERT_TRUE(six.has_value());
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(six->port, 80);
  EXPECT_TRUE(six->loopback);
  EXPECT_TRUE(parse_listen_address("127.9.9.9:0")->loopback);
  EXPECT_FALSE(parse_listen_address("10.0.0.1:0")->loopback);
}

TEST(SettingsTest, DevelopmentTurnsRateLimitsOffUnlessAsked) {
  Sources sources;
  sources.flags = {"--profile=development"};
  EXPECT_EQ(load_settings(sources)->open_rate_limit, 0u);
  EXPECT_EQ(load_settings(sources)->rate_limit_failures, 0u);
  sources.flags = {"--profile=development", "--open_rate_limit=7"};
  EXPECT_EQ(load_settings(sources)->open_rate_limit, 7u);
  EXPECT_EQ(load_settings({})->open_rate_limit, 60u) << "domain.md 1";
}

TEST(SettingsTest, SecretsAreNeverPrinted) {
  Sources sources;
  sources.environment = {{"ICN_KEY_PASSPHRASE", "abc123"}, {"ICN_OTHER", "abc123"}};
  sources.other_variables = {"ICN_OTHER"};
  const auto settings = load_settings(sources);
  ASSERT_TRUE(settings.ok()) << settings.error().detail();
  EXPECT_THAT(effective_toml(*settings), Not(HasSubstr("abc123")));
  sources.environment = {{"ICN_KEY_PASSPHRASE_VARIABLE", "ICN_MINE"}, {"ICN_MINE", "abc123"}};
  EXPECT_EQ(error_of(sources), "no error");
}

TEST(SettingsTest, AValueOfASecretRowIsNeverShown) {
  Row row = *find_row("api_keys.file");
  Settings settings;
  settings.api_keys_file = "abc123";
  EXPECT_EQ(toml_line(row, settings), "file = \"abc123\"\n");
  EXPECT_EQ(describe_for(row, Untyped{"abc123"}), "\"abc123\"");
  row.secrecy = Secrecy::kSecret;
  EXPECT_EQ(toml_line(row, settings), "# file: set, secret\n");
  EXPECT_EQ(toml_line(row, Settings()), "# file: not set\n");
  EXPECT_EQ(describe_for(row, Untyped{"abc123"}), "(secret)");
}

TEST(SettingsTest, WhatIsPrintedReadsBackTheSame) {
  Sources sources = from_file(
      "node_name = 'quote \" and \\ slash'\nhttp.cors_origins = ['a', 'b \" c']\nstorage.backend = 'memory'\n"
      "mesh.executor = false\nstorage.rocksdb.max_open_files = -1\n");
  const auto settings = load_settings(sources);
  ASSERT_TRUE(settings.ok()) << settings.error().detail();
  const auto again = load_settings(from_file(effective_toml(*settings)));
  ASSERT_TRUE(again.ok()) << again.error().detail();
  EXPECT_EQ(*again, *settings);
  EXPECT_NE(*again, Settings());
}

TEST(SettingsTest, FoldersFollowTheDataFolder) {
  Settings settings;
  settings.data_path = "/data";
  EXPECT_EQ(storage_folder(settings), "/data/store");
  EXPECT_EQ(wasm_cache_folder(settings), "/data/wasm-cache");
  EXPECT_EQ(key_store_file(settings), "/data/keys.json");
  settings.storage_path = "/fast";
  EXPECT_EQ(storage_folder(settings), "/fast");
}

TEST(SettingsTest, AnExecutorHasItsEngineAndWhatIsNamedEachOnce) {
  Settings settings;
  EXPECT_EQ(executor_capabilities(settings), List{"CclWasm"});
  settings.mesh_capabilities = {"LargeDatasets", "CclWasm", "LargeDatasets"};
  EXPECT_EQ(executor_capabilities(settings), (List{"CclWasm", "LargeDatasets"}));
  settings.mesh_executor = false;
  EXPECT_EQ(executor_capabilities(settings), List());
}

TEST(SettingsTest, TheReferencePageIsUpToDate) {
  EXPECT_TRUE(read_text("docs/reference/settings.md") == reference_page())
      << "run: icn config reference > docs/reference/settings.md";
}

// performance-guide.md, "PostgreSQL optimization" and "Connection Pooling".
TEST(SettingsTest, PostgresqlSettingsAreThoseOfTheGuide) {
  const auto settings = load_settings(from_file(read_text("examples/config/postgresql.toml")));
  ASSERT_TRUE(settings.ok()) << settings.error().detail();
  for (const Settings& each : {*settings, Settings()}) {
    EXPECT_EQ(each.storage_postgresql_max_connections, 20u);
    EXPECT_EQ(each.storage_postgresql_min_connections, 5u);
    EXPECT_EQ(each.storage_postgresql_connection_timeout, 10u);
    EXPECT_EQ(each.storage_postgresql_query_timeout, 30u);
    EXPECT_EQ(each.storage_postgresql_idle_timeout, 300u);
    EXPECT_EQ(each.storage_postgresql_max_lifetime, 1800u);
    EXPECT_TRUE(each.storage_postgresql_enable_connection_pooling);
  }
  EXPECT_THAT(error_of(from_file("storage.backend = 'postgresql'")), HasSubstr("storage.postgresql.url"));
  EXPECT_THAT(error_of(from_file("storage.postgresql.min_connections = 30")), HasSubstr("max_connections"));
}

TEST(SettingsTest, TheNodesOwnStoreIsOfTheLedgersEngineOrAnotherDurableOne) {
  EXPECT_EQ(node_backend(Settings()), StorageBackend::kRocksdb);
  const auto sled = load_settings(from_file("storage.backend = 'sled'"));
  ASSERT_TRUE(sled.ok());
  EXPECT_EQ(node_backend(*sled), StorageBackend::kSled);
  auto apart = load_settings(from_file("storage.backend = 'sled'\nstorage.node_backend = 'sqlite'"));
  ASSERT_TRUE(apart.ok()) << apart.error().detail();
  EXPECT_EQ(node_backend(*apart), StorageBackend::kSqlite);
  set_node_backend(*apart, StorageBackend::kRocksdb);
  EXPECT_EQ(apart->storage_node_backend, NodeBackend::kRocksdb);
  set_node_backend(*apart, StorageBackend::kSled);
  EXPECT_EQ(apart->storage_node_backend, NodeBackend::kSame);
  EXPECT_THAT(error_of(from_file("storage.node_backend = 'memory'")), HasSubstr("same, rocksdb, sled"));
  EXPECT_THAT(error_of(from_file("storage.backend = 'memory'\nstorage.node_backend = 'rocksdb'")),
              HasSubstr("must be \"same\""));
  EXPECT_THAT(error_of(from_file("storage.node_backend = 'postgresql'")),
              HasSubstr("storage.postgresql.url"));
  EXPECT_THAT(
      error_of(from_file("storage.backend = 'postgresql'\nstorage.postgresql.url = 'postgresql://db'\n"
                         "storage.node_backend = 'rocksdb'\nnode.role = 'gateway'\n"
                         "gateway.leader_url = 'http://127.0.0.1:7845'")),
      HasSubstr("both stores"));
}

TEST(SettingsTest, AGatewayNeedsADatabaseThatAnotherNodeWritesAndThatNode) {
  const std::string database = "storage.backend = 'postgresql'\nstorage.postgresql.url = 'postgresql://db'\n";
  const std::string role = "node.role = 'gateway'\n";
  const std::string leader = "gateway.leader_url = 'http://127.0.0.1:7845'\n";
  EXPECT_THAT(error_of(from_file(role + leader)), HasSubstr("needs storage.backend"));
  EXPECT_THAT(error_of(from_file(role + database)), HasSubstr("gateway.leader_url"));
  const auto allowed = load_settings(from_file(role + database + leader));
  ASSERT_TRUE(allowed.ok()) << allowed.error().detail();
  EXPECT_EQ(allowed->node_role, NodeRole::kGateway);
  EXPECT_EQ(allowed->gateway_requests_max, 64u);
  EXPECT_EQ(allowed->cache_redis_timeout_ms, 50u);
}

TEST(SettingsTest, ACertificateForRedisNeedsItsKey) {
  const std::string cert = "cache.redis_cert = 'me.pem'\n";
  EXPECT_THAT(error_of(from_file(cert)), HasSubstr("cache.redis_key belong together"));
  EXPECT_TRUE(load_settings(from_file(cert + "cache.redis_key = 'key.pem'")).ok());
}

// performance-guide.md, "Storage Backend Performance": the guide's own lines.
TEST(SettingsTest, TheLinesOfThePerformanceGuideAreSettings) {
  const auto guide = load_settings(from_file(R"(# RocksDB optimization
[storage.rocksdb]
max_open_files = 1000
write_buffer_size = 67108864  # 64MB
max_write_buffer_number = 3
target_file_size_base = 67108864  # 64MB
compression = "lz4"

# PostgreSQL optimization
[storage.postgresql]
max_connections = 20
connection_timeout = 10
query_timeout = 30
enable_connection_pooling = true

# Sled optimization
[storage.sled]
cache_capacity = 1073741824  # 1GB
flush_every_ms = 1000
compression_factor = 4
)"));
  ASSERT_TRUE(guide.ok()) << guide.error().detail();
  // They are the defaults, too.
  for (const Settings& each : {*guide, Settings()}) {
    EXPECT_EQ(each.storage_rocksdb_max_open_files, 1000);
    EXPECT_EQ(each.storage_rocksdb_write_buffer_size, 67108864u);
    EXPECT_EQ(each.storage_rocksdb_max_write_buffer_number, 3u);
    EXPECT_EQ(each.storage_rocksdb_target_file_size_base, 67108864u);
    EXPECT_EQ(each.storage_rocksdb_compression, Compression::kLz4);
    EXPECT_EQ(each.storage_postgresql_max_connections, 20u);
    EXPECT_EQ(each.storage_postgresql_min_connections, 5u);
    EXPECT_EQ(each.storage_postgresql_connection_timeout, 10u);
    EXPECT_EQ(each.storage_postgresql_query_timeout, 30u);
    EXPECT_EQ(each.storage_postgresql_idle_timeout, 300u);
    EXPECT_EQ(each.storage_postgresql_max_lifetime, 1800u);
    EXPECT_TRUE(each.storage_postgresql_enable_connection_pooling);
    EXPECT_EQ(each.storage_sled_cache_capacity, 1073741824u);
  }
}

// performance-guide.md, "RocksDB Tuning" and "Storage Backend Performance".
TEST(SettingsTest, TheShippedExamplesAreAllowed) {
  const auto tuned = load_settings(from_file(read_text("examples/config/rocksdb-tuned.toml")));
  ASSERT_TRUE(tuned.ok()) << tuned.error().detail();
  EXPECT_EQ(tuned->storage_rocksdb_write_buffer_size, 128u * 1024 * 1024);
  EXPECT_EQ(tuned->storage_rocksdb_max_write_buffer_number, 6u);
  EXPECT_EQ(tuned->storage_rocksdb_target_file_size_base, 128u * 1024 * 1024);
  EXPECT_EQ(tuned->storage_rocksdb_compression, Compression::kLz4);
  EXPECT_EQ(tuned->storage_rocksdb_bottommost_compression, BottommostCompression::kZstd);
  EXPECT_EQ(tuned->storage_rocksdb_max_background_jobs, 8u);
  EXPECT_EQ(tuned->storage_rocksdb_level0_file_num_compaction_trigger, 8u);
  EXPECT_EQ(tuned->storage_rocksdb_level0_slowdown_writes_trigger, 17u);
  EXPECT_EQ(tuned->storage_rocksdb_level0_stop_writes_trigger, 24u);
  const auto sled = load_settings(from_file(read_text("examples/config/sled.toml")));
  ASSERT_TRUE(sled.ok()) << sled.error().detail();
  for (const Settings& each : {*sled, Settings()}) {
    EXPECT_EQ(each.storage_sled_cache_capacity, 1u << 30);
    EXPECT_EQ(each.storage_sled_flush_every_ms, 1000u);
    EXPECT_EQ(each.storage_sled_compression_factor, 4u);
  }
  EXPECT_EQ(sled->storage_backend, StorageBackend::kSled);
  EXPECT_TRUE(load_settings(from_file(read_text("examples/config/small.toml"))).ok());
  EXPECT_TRUE(load_settings(from_file(read_text("examples/config/postgresql.toml"))).ok());
  const auto production = load_settings(from_file(read_text("examples/config/production.toml")));
  ASSERT_TRUE(production.ok()) << production.error().detail();
  EXPECT_EQ(production->profile, Profile::kProduction);
  EXPECT_FALSE(production->tls_cert.empty());
}

}  // namespace
}  // namespace icn::config
