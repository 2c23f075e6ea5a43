#pragma once

#include <gtest/gtest.h>

#include "storage/postgresql/postgresql_engine.h"
#include "storage/postgresql/test_support.h"

// A store in a schema of its own, for one test.
namespace icn::storage::testing {

class PostgresqlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    server_ = PostgresqlServer::shared();
    if (server_ == nullptr) GTEST_SKIP() << "PostgreSQL is not installed (scripts/setup.sh test installs it)";
    options_ = postgresql_options(*server_, folder_.path());
  }
  void TearDown() override {
    if (server_ != nullptr) server_->ask("DROP SCHEMA IF EXISTS \"" + options_.schema + "\" CASCADE");
  }

  Result<std::unique_ptr<Store>> try_open(const std::filesystem::path& folder) const {
    return PostgresqlEngine(folder, options_, make_silent_log()).open({kPlainTable, kIndexedTable});
  }
  std::unique_ptr<Store> open() const {
    auto store = try_open(folder_.path());
    EXPECT_TRUE(store.ok()) << store.error().detail();
    return store.ok() ? std::move(*store) : nullptr;
  }
  std::string code(const std::filesystem::path& folder) const {
    const auto store = try_open(folder);
    return store.ok() ? "open" : std::string(store.error().code());
  }
  std::string ask(const std::string& sql) const {
    return server_->ask("SET search_path = \"" + options_.schema + "\"; " + sql);
  }
  // Cuts every connection to the schema's store but the one that asks.
  void cut() const {
    server_->ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'icn'");
  }

  TestFolder folder_;
  PostgresqlServer* server_ = nullptr;
  PostgresqlOptions options_;
};

}  // namespace icn::storage::testing
