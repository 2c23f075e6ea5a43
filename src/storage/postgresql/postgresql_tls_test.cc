#include <sys/stat.h>
#include <unistd.h>

#include "storage/certificate_testing.h"
#include "storage/postgresql/engine_test_support.h"
#include "storage/postgresql/errors.h"

namespace icn::storage {
namespace {

using testing::get_text;
using testing::kPlainTable;
using testing::PostgresqlServer;
using testing::put_row;
using testing::read_file;
using testing::TestCertificate;
using testing::write_file;
using testing::write_one;

// A server that takes encrypted connections only.
class PostgresqlTls : public testing::PostgresqlTest {
 protected:
  void SetUp() override {
    PostgresqlTest::SetUp();
    if (server_ == nullptr) return;
    encrypted_ = PostgresqlServer::another();
    show(own_);
    write_file(encrypted_->data() + "/pg_hba.conf", "hostssl all all 127.0.0.1/32 trust\n");
    encrypted_->ask("ALTER SYSTEM SET ssl = on");
    reload();
  }
  void show(const TestCertificate& certificate) const {
    struct stat owner {};
    ASSERT_EQ(::stat(encrypted_->data().c_str(), &owner), 0);
    for (const auto& [from, name] : {std::pair(certificate.certificate_file(), "server.crt"),
                                     std::pair(certificate.key_file(), "server.key")}) {
      const std::string to = encrypted_->data() + "/" + name;
      write_file(to, read_file(from));
      ASSERT_EQ(::chown(to.c_str(), owner.st_uid, owner.st_gid), 0);
      ASSERT_EQ(::chmod(to.c_str(), 0600), 0);
    }
  }
  void reload() const { encrypted_->ask("SELECT pg_reload_conf(), pg_sleep(0.3)"); }
  std::string url(const std::string& parameters) const {
    return "postgresql://icn@127.0.0.1:" + std::to_string(encrypted_->port()) + "/postgres?" + parameters;
  }
  // What opening the store says.
  std::string told(const std::string& parameters) {
    options_.url = url(parameters);
    options_.connection_timeout_ms = 300;
    const auto store = try_open(folder_.path());
    return store.ok() ? "open" : store.error().detail();
  }

  const TestCertificate own_{"database"};
  std::unique_ptr<PostgresqlServer> encrypted_;
};

TEST_F(PostgresqlTls, EveryConnectionIsEncrypted) {
  options_.url = url("sslmode=verify-full&sslrootcert=" + own_.certificate_file());
  options_.connections_min = 3;
  const auto store = open();
  ASSERT_NE(store, nullptr);
  ASSERT_TRUE(write_one(*store, put_row("a", "1"), Durability::kSynced).ok());
  const auto snapshot = store->snapshot();
  EXPECT_EQ(get_text(*snapshot, "a"), "1");
  EXPECT_EQ(get_text(*store, "a"), "1");
  const std::string ours =
      " FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE application_name = 'icn'";
  EXPECT_EQ(encrypted_->ask("SELECT count(*) >= 4" + ours + " AND ssl"), "t\n");
  EXPECT_EQ(encrypted_->ask("SELECT count(*)" + ours + " AND NOT ssl"), "0\n");
}

TEST_F(PostgresqlTls, ADatabaseIsTrustedByItsCertificateAlone) {
  const TestCertificate other("database");
  const TestCertificate elsewhere("database", "IP:127.0.0.2,DNS:db.example");
  const std::string full = "sslmode=verify-full&sslrootcert=";
  EXPECT_EQ(told(full + own_.certificate_file()), "open");
  EXPECT_NE(told(full + other.certificate_file()).find("certificate verify failed"), std::string::npos)
      << told(full + other.certificate_file());
  EXPECT_NE(told("sslmode=disable").find("no encryption"), std::string::npos) << told("sslmode=disable");
  show(elsewhere);
  reload();
  const std::string of_another = told(full + elsewhere.certificate_file());
  EXPECT_NE(of_another.find("does not match host name"), std::string::npos) << of_another;
}

}  // namespace
}  // namespace icn::storage
