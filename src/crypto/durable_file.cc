#include "crypto/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "crypto/errors.h"

namespace icn::crypto {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

Error failed(const std::string& what, const std::string& path) {
  return Error(errors::kFile, path + ": " + what + ": " + std::strerror(errno));
}

bool write_all(int file, ByteView content) {
  while (!content.empty()) {
    const ssize_t written = ::write(file, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return true;
}

Result<void> sync_folder_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.number() < 0 || ::fsync(opened.number()) != 0) return failed("cannot sync the folder", folder);
  return {};
}

}  // namespace

Result<void> write_file_durably(const std::string& path, ByteView content, Existing existing) {
  std::string temporary = path + ".XXXXXX";
  {
    const Descriptor file(::mkostemp(temporary.data(), O_CLOEXEC));  // mode 0600
    if (file.number() < 0) return failed("cannot be created", path);
    if (!write_all(file.number(), content) || ::fsync(file.number()) != 0) {
      Error error = failed("cannot be written", path);
      ::unlink(temporary.c_str());
      return error;
    }
  }
  // A link fails where the name is taken; a rename would replace.
  const bool moved = existing == Existing::kReplace ? ::rename(temporary.c_str(), path.c_str()) == 0
                                                    : ::link(temporary.c_str(), path.c_str()) == 0;
  if (!moved) {
    Error error = failed("cannot be put in place", path);
    ::unlink(temporary.c_str());
    return error;
  }
  if (existing == Existing::kRefuse) ::unlink(temporary.c_str());
  return sync_folder_of(path);
}

Result<SecretBytes> read_secret_file(const std::string& path, std::size_t size_max) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.number() < 0) return failed("cannot be opened", path);
  SecretBytes buffer(size_max + 1, SecretMemory::kPlain);
  std::size_t size = 0;
  while (size < buffer.size()) {
    const ssize_t got = ::read(file.number(), buffer.writable().data() + size, buffer.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed("cannot be read", path);
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > size_max) {
    return Error(errors::kFile, path + ": larger than " + std::to_string(size_max) + " bytes");
  }
  return SecretBytes(buffer.view().first(size), SecretMemory::kPlain);
}

bool file_exists(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

}  // namespace icn::crypto
