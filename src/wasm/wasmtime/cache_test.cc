#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "wasm/errors.h"
#include "wasm/test_support.h"
#include "wasm/wasmtime/module_cache.h"

namespace icn::wasm {
namespace {

using testing::make_engine;
using testing::wat;

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "icn-wasm-XXXXXX").string();
    ICN_ASSERT(::mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

class CompiledModules : public ::testing::Test {
 protected:
  std::unique_ptr<Engine> engine_on_disk(std::uint8_t secret = 1) {
    WasmtimeOptions options;
    options.cache_folder = folder_.path() / "modules";
    options.cache_secret = Bytes(32, secret);
    return make_engine(options);
  }

  std::filesystem::path only_file() {
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path() / "modules"))
      files.push_back(entry);
    EXPECT_EQ(files.size(), 1u);
    return files.at(0);
  }

  static std::string answer(Engine& engine, const ModuleHandle& module) {
    return to_text(engine.run(module, {}).value().result);
  }

  TemporaryFolder folder_;
  Bytes wasm_ = wat("(module (func (export \"run\") (result i32) (i32.const 42)))");
};

TEST_F(CompiledModules, AreCompiledOnceWhenAHundredAskAtTheSameTime) {
  const auto engine = make_engine();
  std::vector<std::thread> threads;
  std::atomic<int> right{0};
  for (int i = 0; i < 100; ++i) {
    threads.emplace_back([&] {
      const auto module = engine->load("bafk", wasm_);
      if (module.ok() && answer(*engine, *module) == "42") ++right;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(engine->stats().compiles, 1u);
  EXPECT_GE(right, 64);  // 64 may run at the same time, the rest may be told so
}

TEST_F(CompiledModules, ComeFromDiskInTheNextEngine) {
  {
    const auto engine = engine_on_disk();
    EXPECT_EQ(answer(*engine, engine->load("bafk", wasm_).value()), "42");
    EXPECT_EQ(engine->stats().compiles, 1u);
  }
  const auto engine = engine_on_disk();
  EXPECT_EQ(answer(*engine, engine->load("bafk", wasm_).value()), "42");
  EXPECT_EQ(engine->stats().compiles, 0u);
  EXPECT_EQ(engine->stats().disk_hits, 1u);
  EXPECT_NE(engine->find("bafk"), nullptr);
  EXPECT_EQ(engine->find("bafz"), nullptr);
  struct stat status {};
  ASSERT_EQ(::stat((folder_.path() / "modules").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
}

TEST_F(CompiledModules, TamperedAtAnyPlaceAreCompiledAgain) {
  engine_on_disk()->load("bafk", wasm_).value();
  const auto size = std::filesystem::file_size(only_file());
  for (const std::uint64_t at :
       {std::uint64_t{0}, std::uint64_t{20}, std::uint64_t{100}, std::uint64_t{size - 1}}) {
    std::fstream file(only_file(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(at));
    const int byte = file.get();
    file.seekp(static_cast<std::streamoff>(at));
    file.put(static_cast<char>(byte ^ 1));
    file.close();
    const auto engine = engine_on_disk();
    EXPECT_EQ(answer(*engine, engine->load("bafk", wasm_).value()), "42");
    EXPECT_EQ(engine->stats().compiles, 1u) << at;
    EXPECT_EQ(engine->stats().disk_refused, 1u) << at;
  }
  EXPECT_EQ(engine_on_disk()->stats().disk_refused, 0u);
}

TEST_F(CompiledModules, CutOffAreCompiledAgain) {
  engine_on_disk()->load("bafk", wasm_).value();
  for (const std::uint64_t size : {0u, 7u, 39u, 40u, 200u}) {
    std::filesystem::resize_file(only_file(), size);
    const auto engine = engine_on_disk();
    EXPECT_TRUE(engine->load("bafk", wasm_).ok());
    EXPECT_EQ(engine->stats().compiles, 1u) << size;
  }
}

TEST_F(CompiledModules, OfAnotherSecretOrOfOtherBytesDoNotCount) {
  engine_on_disk(1)->load("bafk", wasm_).value();
  const auto other_secret = engine_on_disk(2);
  EXPECT_TRUE(other_secret->load("bafk", wasm_).ok());
  EXPECT_EQ(other_secret->stats().disk_refused, 1u);
  const auto other_bytes = engine_on_disk(2);
  const Bytes forged = wat("(module (func (export \"run\") (result i32) (i32.const 43)))");
  EXPECT_EQ(answer(*other_bytes, other_bytes->load("bafk", forged).value()), "43");
  EXPECT_EQ(other_bytes->stats().disk_refused, 1u);
}

TEST_F(CompiledModules, NeedASecretOfTheRightSize) {
  WasmtimeOptions options;
  options.cache_folder = folder_.path() / "modules";
  options.cache_secret = Bytes(16, 1);
  EXPECT_FALSE(make_wasmtime_engine(standard_host_functions(), options).ok());
}

TEST_F(CompiledModules, AreDroppedOldestFirstAboveTheBound) {
  WasmtimeOptions options;
  options.cache_memory_bytes = 1;
  const auto engine = make_engine(options);
  const ModuleHandle first = engine->load("a", wasm_).value();
  engine->load("b", wasm_).value();
  EXPECT_EQ(engine->find("a"), nullptr);
  EXPECT_NE(engine->find("b"), nullptr);  // the newest always stays
  EXPECT_EQ(answer(*engine, first), "42");
}

TEST(ModuleCache, KeepsTheLastUsed) {
  class Named final : public Module {
   public:
    const ModuleInfo& info() const override { return info_; }

   private:
    ModuleInfo info_;
  };
  ModuleCache cache(3);
  const auto make = []() -> Result<ModuleCache::Made> {
    return ModuleCache::Made{std::make_shared<Named>(), 1};
  };
  for (const char* id : {"a", "b", "c"}) EXPECT_TRUE(cache.get(id, make).ok());
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_TRUE(cache.get("d", make).ok());
  EXPECT_NE(cache.find("a"), nullptr);
  EXPECT_EQ(cache.find("b"), nullptr);
  EXPECT_EQ(cache.size().bytes, 3u);
}

TEST(ModuleCache, AFailureIsToldAndNotKept) {
  ModuleCache cache(3);
  EXPECT_FALSE(
      cache.get("a", []() -> Result<ModuleCache::Made> { return Error(errors::kModuleInvalid); }).ok());
  EXPECT_FALSE(cache.get("a", []() -> Result<ModuleCache::Made> { throw std::bad_alloc(); }).ok());
  EXPECT_TRUE(cache.get("a",
                        []() -> Result<ModuleCache::Made> {
                          return ModuleCache::Made{nullptr, 1};
                        })
                  .ok());
}

}  // namespace
}  // namespace icn::wasm
