#include "crypto/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pty.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/durable_file.h"
#include "crypto/errors.h"
#include "crypto/passphrase.h"

namespace icn::crypto {
namespace {

using testing::HasSubstr;

std::string read_text(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void write_text(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

class KeyStoreTest : public testing::Test {
 protected:
  KeyStoreTest() {
    std::string pattern = testing::TempDir() + "key_store.XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    path_ = folder_ + "/keys.json";
  }
  ~KeyStoreTest() override { std::filesystem::remove_all(folder_); }

  KeyStore create(std::string_view passphrase = "correct horse") {
    auto store = KeyStore::create(path_, as_bytes(passphrase), kRandomCost, random_);
    EXPECT_TRUE(store.ok()) << store.error().detail();
    return std::move(store).value();
  }
  Result<KeyStore> unlock(std::string_view passphrase = "correct horse") {
    return KeyStore::unlock(path_, as_bytes(passphrase), random_);
  }
  std::size_t files() const {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder_), {}));
  }

  SystemRandom random_;
  std::string folder_;
  std::string path_;
};

TEST_F(KeyStoreTest, KeepsKeysSealsAndSecretsAcrossRestarts) {
  PublicKey node;
  Bytes sealed;
  SecretBytes derived;
  {
    KeyStore store = create();
    EXPECT_EQ(store.find("node"), nullptr);
    const auto made = store.find_or_generate("node");
    ASSERT_TRUE(made.ok()) << made.error().detail();
    node = (*made)->public_key();
    sealed = store.seal(as_bytes("custody seed"), as_bytes("did:key:a"));
    derived = store.derive("api-keys");
  }
  auto store = unlock();
  ASSERT_TRUE(store.ok()) << store.error().detail();
  ASSERT_NE(store->find("node"), nullptr);
  EXPECT_EQ(store->find("node")->public_key(), node);
  EXPECT_TRUE(verify(node, as_bytes("m"), store->find("node")->sign(as_bytes("m"))));
  EXPECT_EQ((*store->find_or_generate("node"))->public_key(), node);
  EXPECT_EQ(as_text(store->open(sealed, as_bytes("did:key:a"))->view()), "custody seed");
  EXPECT_TRUE(equal_constant_time(store->derive("api-keys").view(), derived.view()));
  EXPECT_FALSE(equal_constant_time(store->derive("wasm-cache").view(), derived.view()));
  EXPECT_EQ(files(), 1u) << "no temporary file stays";
}

TEST_F(KeyStoreTest, TheFileIsPrivateAndHoldsNoSecretInClear) {
  KeyStore store = create();
  SeededRandom seeded(1);
  SecretKey key = SecretKey::generate(seeded);
  const std::string seed = hex_encode(key.seed().view());
  ASSERT_TRUE(store.put("node", std::move(key)).ok());
  struct stat status {};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const std::string text = read_text(path_);
  EXPECT_EQ(text.find(seed), std::string::npos);
  EXPECT_EQ(text.find("correct horse"), std::string::npos);
  EXPECT_EQ(text.find(hex_encode(as_bytes("correct horse"))), std::string::npos);
}

TEST_F(KeyStoreTest, AWrongPassphraseIsToldAsSuch) {
  create();
  for (const char* wrong : {"", "correct hors", "correct horse ", "Correct horse"}) {
    const auto store = unlock(wrong);
    ASSERT_FALSE(store.ok()) << wrong;
    EXPECT_TRUE(store.error().is(errors::kWrongPassphrase)) << wrong;
    EXPECT_EQ(store.error().detail(), "the passphrase does not open " + path_);
  }
  EXPECT_TRUE(
      KeyStore::create(folder_ + "/other.json", {}, kRandomCost, random_).error().is(errors::kNoPassphrase));
}

TEST_F(KeyStoreTest, AnExistingStoreIsNeverReplaced) {
  create();
  const std::string before = read_text(path_);
  EXPECT_TRUE(KeyStore::create(path_, as_bytes("other"), kRandomCost, random_).error().is(errors::kFile));
  EXPECT_EQ(read_text(path_), before);
  EXPECT_EQ(files(), 1u);
}

TEST_F(KeyStoreTest, ATornFileIsToldAsDamagedAtEveryLength) {
  ASSERT_TRUE(create().find_or_generate("node").ok());
  const std::string whole = read_text(path_);
  // Without the final newline the document is still whole.
  for (std::size_t size = 0; size + 1 < whole.size(); size += 7) {
    write_text(path_, whole.substr(0, size));
    const auto store = unlock();
    ASSERT_FALSE(store.ok()) << size;
    EXPECT_TRUE(store.error().is(errors::kDamaged)) << size;
    EXPECT_THAT(store.error().detail(), HasSubstr(path_)) << size;
  }
}

TEST_F(KeyStoreTest, AChangedByteIsToldAsDamaged) {
  ASSERT_TRUE(create().find_or_generate("node").ok());
  const std::string whole = read_text(path_);
  for (std::size_t place = 0; place < whole.size(); ++place) {
    if (std::isspace(static_cast<unsigned char>(whole[place]))) continue;
    std::string changed = whole;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    write_text(path_, changed);
    const auto store = unlock();
    ASSERT_FALSE(store.ok()) << place;
    EXPECT_TRUE(store.error().is(errors::kDamaged)) << place << ": " << store.error().detail();
  }
  write_text(path_, whole);
  EXPECT_TRUE(unlock().ok());
  EXPECT_TRUE(KeyStore::unlock(folder_ + "/none", {}, random_).error().is(errors::kFile));
}

TEST_F(KeyStoreTest, ANewPassphraseKeepsEverythingReadable) {
  KeyStore store = create();
  ASSERT_TRUE(store.find_or_generate("node").ok());
  const PublicKey node = store.find("node")->public_key();
  const Bytes sealed = store.seal(as_bytes("kept"), as_bytes("place"));
  ASSERT_TRUE(store.change_passphrase(as_bytes("battery staple"), {2, 2u << 20}).ok());
  EXPECT_TRUE(unlock("correct horse").error().is(errors::kWrongPassphrase));
  const auto again = unlock("battery staple");
  ASSERT_TRUE(again.ok()) << again.error().detail();
  EXPECT_EQ(again->find("node")->public_key(), node);
  EXPECT_EQ(as_text(again->open(sealed, as_bytes("place"))->view()), "kept");
  EXPECT_THAT(read_text(path_), HasSubstr("\"kdf_operations\": 2"));
}

TEST_F(KeyStoreTest, WhatCannotBeWrittenChangesNothing) {
  KeyStore store = create();
  ASSERT_TRUE(store.find_or_generate("node").ok());
  const PublicKey node = store.find("node")->public_key();
  std::filesystem::rename(folder_, folder_ + ".away");
  EXPECT_TRUE(store.put("node", SecretKey::generate(random_)).error().is(errors::kFile));
  EXPECT_EQ(store.find("node")->public_key(), node);
  EXPECT_FALSE(store.change_passphrase(as_bytes("new"), kRandomCost).ok());
  std::filesystem::rename(folder_ + ".away", folder_);
  const auto again = unlock();
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(again->find("node")->public_key(), node);
}

TEST_F(KeyStoreTest, SealedBytesOpenOnlyUnchangedAndInTheirPlace) {
  KeyStore store = create();
  const Bytes sealed = store.seal(as_bytes("secret"), as_bytes("place"));
  EXPECT_EQ(sealed.size(), 6u + 41u);
  EXPECT_NE(store.seal(as_bytes("secret"), as_bytes("place")), sealed) << "a fresh nonce each time";
  EXPECT_TRUE(store.open(sealed, as_bytes("other")).error().is(errors::kNotOpened));
  for (std::size_t place = 0; place < sealed.size(); ++place) {
    Bytes changed = sealed;
    changed[place] ^= 0x80;
    EXPECT_FALSE(store.open(changed, as_bytes("place")).ok()) << place;
    EXPECT_FALSE(store.open(ByteView(sealed).first(place), as_bytes("place")).ok()) << place;
  }
  auto other = KeyStore::create(folder_ + "/other.json", as_bytes("correct horse"), kRandomCost, random_);
  EXPECT_FALSE(other->open(sealed, as_bytes("place")).ok()) << "another store has another master key";
  EXPECT_TRUE(store.open(store.seal({}, {}), {})->empty());
}

TEST_F(KeyStoreTest, PassphrasesComeFromVariableThenFile) {
  const std::string file = folder_ + "/passphrase";
  write_text(file, "from file\r\nsecond line\n");
  EXPECT_EQ(as_text(find_passphrase({"from variable", file, Prompt::kNever})->view()), "from variable");
  EXPECT_EQ(as_text(find_passphrase({std::nullopt, file, Prompt::kNever})->view()), "from file");
  EXPECT_TRUE(find_passphrase({"", file, Prompt::kNever}).error().is(errors::kNoPassphrase));
  EXPECT_TRUE(find_passphrase({}).error().is(errors::kNoPassphrase));
  EXPECT_TRUE(find_passphrase({std::nullopt, folder_ + "/none", Prompt::kNever}).error().is(errors::kFile));
  write_text(file, "\nsecond\n");
  EXPECT_TRUE(read_passphrase_file(file).error().is(errors::kNoPassphrase));
  write_text(file, std::string(5'000, 'a'));
  EXPECT_TRUE(read_passphrase_file(file).error().is(errors::kFile));
}

// Runs `ask` in a process whose terminal types `typed` at each colon; answers what the terminal showed.
std::string on_terminal(const std::string& typed, int& exit_code, int (*ask)()) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) ::_exit(ask());
  std::string shown;
  char buffer[256];
  for (ssize_t got; (got = ::read(terminal, buffer, sizeof(buffer))) > 0;) {
    shown.append(buffer, static_cast<std::size_t>(got));
    if (!shown.ends_with(": ")) continue;
    EXPECT_EQ(::write(terminal, typed.data(), typed.size()), std::ssize(typed));
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return shown;
}

TEST_F(KeyStoreTest, ThePromptDoesNotShowWhatIsTyped) {
  int exit_code = -1;
  const std::string shown = on_terminal("tree frog\n", exit_code, [] {
    const auto passphrase = find_passphrase({std::nullopt, "", Prompt::kTwice});
    return passphrase && as_text(passphrase->view()) == "tree frog" ? 7 : 8;
  });
  EXPECT_EQ(exit_code, 7);
  EXPECT_THAT(shown, HasSubstr("Passphrase of the key store: "));
  EXPECT_THAT(shown, HasSubstr("Once more: "));
  EXPECT_EQ(shown.find("tree"), std::string::npos) << shown;
  on_terminal("\n", exit_code, [] {
    const auto passphrase = find_passphrase({std::nullopt, "", Prompt::kOnce});
    return !passphrase && passphrase.error().is(errors::kNoPassphrase) ? 7 : 8;
  });
  EXPECT_EQ(exit_code, 7) << "an empty passphrase is none";
}

TEST_F(KeyStoreTest, TheDevelopmentPassphraseIsRandomPrivateAndStays) {
  const std::string file = folder_ + "/passphrase";
  const auto first = development_passphrase(file, random_);
  ASSERT_TRUE(first.ok()) << first.error().detail();
  EXPECT_EQ(first->size(), 64u);
  EXPECT_TRUE(equal_constant_time(development_passphrase(file, random_)->view(), first->view()));
  EXPECT_FALSE(
      equal_constant_time(development_passphrase(folder_ + "/other", random_)->view(), first->view()));
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

}  // namespace
}  // namespace icn::crypto
