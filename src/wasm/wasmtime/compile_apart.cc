#include "wasm/wasmtime/compile_apart.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include <fmt/format.h>

#include "wasm/errors.h"
#include "wasm/wasmtime/config.h"

namespace icn::wasm {
namespace {

constexpr rlim_t kMemoryBytesMax = rlim_t{1} << 30;  // beside what the engine reserves
constexpr rlim_t kProcessorSecsMax = 30;
constexpr rlim_t kCodeBytesMax = rlim_t{128} << 20;
constexpr int kInvalid = 3;  // exit codes of run_compiler()
constexpr int kNoEngine = 4;

// A file in memory, closed at the end.
class MemoryFile {
 public:
  explicit MemoryFile(const char* name) : descriptor_(::memfd_create(name, MFD_CLOEXEC)) {}
  ~MemoryFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

bool write_all(int descriptor, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

// From its beginning, wherever it was written to.
bool read_all(int descriptor, Bytes& out) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return false;
  out.resize(static_cast<std::size_t>(status.st_size));
  std::size_t done = 0;
  while (done < out.size()) {
    const ssize_t count = ::pread(descriptor, out.data() + done, out.size() - done, static_cast<off_t>(done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += static_cast<std::size_t>(count);
  }
  return true;
}

// Nothing of this process reaches the program but the module: no other descriptor, no environment.
int spawn(const std::string& program, int in, int out, pid_t& child) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&files);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
  posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
  std::string word(kCompileWord);
  std::string name = program;
  char* const arguments[] = {name.data(), word.data(), nullptr};
  char* const surroundings[] = {nullptr};
  const int failure = ::posix_spawn(&child, program.c_str(), &files, &attributes, arguments, surroundings);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&files);
  return failure;
}

Error engine_error(const std::string& what) { return Error(errors::kEngine, "compiling apart: " + what); }

bool is_used_up(int status) {
  if (!WIFSIGNALED(status)) return false;
  const int signal = WTERMSIG(status);  // ABRT: no memory; SEGV: no stack; XFSZ: too much code
  return signal == SIGXCPU || signal == SIGKILL || signal == SIGABRT || signal == SIGSEGV ||
         signal == SIGXFSZ;
}

void limit(int resource, rlim_t value) {
  const rlimit wanted{value, value};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &wanted);
}

// What RLIMIT_DATA counts: memory of this process alone that it may write, not what is only reserved.
[[maybe_unused]] rlim_t data_bytes() {
  std::ifstream statm("/proc/self/statm");
  rlim_t pages = 0;
  for (int column = 0; column < 6; ++column) statm >> pages;
  return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

Result<Bytes> compile_apart(const std::string& program, ByteView wasm) {
  const MemoryFile in("icn-module");
  const MemoryFile out("icn-code");
  if (in.descriptor() < 0 || out.descriptor() < 0 || !write_all(in.descriptor(), wasm))
    return engine_error(std::strerror(errno));
  pid_t child = 0;
  if (const int failure = spawn(program, in.descriptor(), out.descriptor(), child); failure != 0)
    return engine_error(program + ": " + std::strerror(failure));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return engine_error(std::strerror(errno));
  }
  if (is_used_up(status)) {
    return Error(errors::kCompileLimit,
                 fmt::format("compiling the module takes more than {} MiB or {} s of processor time",
                             kMemoryBytesMax >> 20, kProcessorSecsMax));
  }
  Bytes said;
  if (!read_all(out.descriptor(), said)) return engine_error("its output cannot be read");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return said;
  if (WIFEXITED(status) && WEXITSTATUS(status) == kInvalid)
    return Error(errors::kModuleInvalid, to_text(said));
  return engine_error(fmt::format("{} ended with status {}", program, status));
}

int run_compiler() {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  WasmtimeOptions options;
  options.instances_max = 1;
  const auto engine = make_engine(options);
  if (!engine.ok()) return kNoEngine;
#ifndef ICN_SANITIZED  // whose own memory would count
  limit(RLIMIT_DATA, data_bytes() + kMemoryBytesMax);
#endif
  limit(RLIMIT_CPU, kProcessorSecsMax);
  limit(RLIMIT_FSIZE, kCodeBytesMax);
  limit(RLIMIT_CORE, 0);
  Bytes wasm;
  if (!read_all(STDIN_FILENO, wasm)) return kNoEngine;
  wasmtime_module_t* raw = nullptr;
  const ErrorHandle invalid(wasmtime_module_new(engine->get(), wasm.data(), wasm.size(), &raw));
  if (invalid) return write_all(STDOUT_FILENO, as_bytes(message_of(invalid.get()))) ? kInvalid : kNoEngine;
  const RawModuleHandle module(raw);
  ByteVector code;
  const ErrorHandle failure(wasmtime_module_serialize(module.get(), &code.raw));
  if (failure) return kNoEngine;
  const ByteView bytes(reinterpret_cast<const std::uint8_t*>(code.raw.data), code.raw.size);
  return write_all(STDOUT_FILENO, bytes) ? 0 : kNoEngine;
}

}  // namespace icn::wasm
