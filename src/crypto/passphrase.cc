#include "crypto/passphrase.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "crypto/durable_file.h"
#include "crypto/errors.h"

namespace icn::crypto {
namespace {

constexpr std::size_t kSizeMax = 4096;

Result<SecretBytes> not_empty(ByteView passphrase, const std::string& place) {
  if (passphrase.empty()) return Error(errors::kNoPassphrase, place + " is empty");
  return SecretBytes(passphrase);
}

// The terminal with echo off until this goes.
class QuietTerminal {
 public:
  QuietTerminal() : terminal_(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)) {
    if (terminal_ < 0 || ::tcgetattr(terminal_, &before_) != 0) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ready_ = ::tcsetattr(terminal_, TCSAFLUSH, &quiet) == 0;
  }
  ~QuietTerminal() {
    if (ready_) ::tcsetattr(terminal_, TCSAFLUSH, &before_);
    if (terminal_ >= 0) ::close(terminal_);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;

  bool ready() const { return ready_; }

  Result<SecretBytes> ask(std::string_view question) {
    say(question);
    SecretBytes line(kSizeMax);
    std::size_t size = 0;
    while (size < kSizeMax) {
      const ssize_t got = ::read(terminal_, line.writable().data() + size, 1);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0 || line.view()[size] == '\n') break;
      ++size;
    }
    say("\n");
    return not_empty(line.view().first(size), "the passphrase");
  }

 private:
  void say(std::string_view text) {
    // Nothing can be done about a terminal that does not take text; the answer is read all the same.
    if (::write(terminal_, text.data(), text.size()) < 0) return;
  }

  int terminal_;
  termios before_{};
  bool ready_ = false;
};

Result<SecretBytes> ask_on_terminal(bool twice) {
  QuietTerminal terminal;
  if (!terminal.ready()) {
    return Error(errors::kNoPassphrase,
                 "no passphrase was given and there is no terminal to ask on; set ICN_KEY_PASSPHRASE_FILE");
  }
  ICN_TRY_ASSIGN(first, terminal.ask("Passphrase of the key store: "));
  if (twice) {
    ICN_TRY_ASSIGN(second, terminal.ask("Once more: "));
    if (!equal_constant_time(first.view(), second.view())) {
      return Error(errors::kNoPassphrase, "the two passphrases differ");
    }
  }
  return std::move(first);
}

}  // namespace

Result<SecretBytes> find_passphrase(const PassphraseSources& sources) {
  if (sources.variable_value) {
    return not_empty(as_bytes(*sources.variable_value), "the environment variable of the passphrase");
  }
  if (!sources.file.empty()) return read_passphrase_file(sources.file);
  if (sources.prompt != Prompt::kNever) return ask_on_terminal(sources.prompt == Prompt::kTwice);
  return Error(errors::kNoPassphrase,
               "no passphrase was given; set ICN_KEY_PASSPHRASE_FILE or ICN_KEY_PASSPHRASE");
}

Result<SecretBytes> read_passphrase_file(const std::string& path) {
  ICN_TRY_ASSIGN(content, read_secret_file(path, kSizeMax));
  std::string_view line = as_text(content.view());
  line = line.substr(0, std::min(line.find('\n'), line.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return not_empty(as_bytes(line), path);
}

Result<SecretBytes> development_passphrase(const std::string& path, Random& random) {
  if (!file_exists(path)) {
    SecretBytes secret(32);
    random.fill(secret.writable());
    std::string text = hex_encode(secret.view());
    auto written = write_file_durably(path, as_bytes(text), Existing::kRefuse);
    wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
    // Somebody may have made it in between; then theirs counts.
    if (!written && !file_exists(path)) return std::move(written).error();
  }
  return read_passphrase_file(path);
}

}  // namespace icn::crypto
