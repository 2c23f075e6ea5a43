#include "node/unfinished.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/errors.h"
#include "codec/json.h"
#include "codec/values_struct.h"
#include "crypto/durable_file.h"
#include "storage/errors.h"

namespace icn::node {
namespace {

constexpr std::size_t kFileBytesMax = 1 << 20;

std::string file_of(const config::Settings& settings) { return settings.data_path + "/UNFINISHED"; }

}  // namespace

Result<std::optional<Unfinished>> read_unfinished(const config::Settings& settings) {
  const std::string file = file_of(settings);
  if (!crypto::file_exists(file)) return std::optional<Unfinished>();
  ICN_TRY_ASSIGN(text, crypto::read_secret_file(file, kFileBytesMax));
  auto json = codec::parse_json(as_text(text.view()));
  if (!json.ok()) return Error(errors::kMalformed, file + ": " + json.error().detail());
  auto unfinished = codec::from_json<Unfinished>(*json);
  if (!unfinished.ok()) return Error(errors::kMalformed, file + ": " + unfinished.error().detail());
  return std::optional<Unfinished>(std::move(*unfinished));
}

Result<void> write_unfinished(const config::Settings& settings, const Unfinished& unfinished) {
  return crypto::write_file_durably(file_of(settings), as_bytes(codec::to_json_text(unfinished) + "\n"),
                                    crypto::Existing::kReplace);
}

Result<void> remove_unfinished(const config::Settings& settings) {
  const std::string file = file_of(settings);
  const int folder = ::open(settings.data_path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  const bool done = folder >= 0 && ::unlink(file.c_str()) == 0 && ::fsync(folder) == 0;
  const int code = errno;
  if (folder >= 0) ::close(folder);
  if (done) return {};
  return Error(storage::kInputOutput, file + " cannot be removed: " + std::strerror(code));
}

Result<void> refuse_unfinished(const config::Settings& settings) {
  ICN_TRY_ASSIGN(unfinished, read_unfinished(settings));
  if (!unfinished) return {};
  const std::string command = unfinished->what == "restore" ? "`icn storage restore`"
                              : unfinished->what == "compact"
                                  ? "`icn storage compact`"
                                  : "`icn storage migrate --to " + unfinished->engine + "`";
  return Error(errors::kConflict, settings.data_path + ": " + command +
                                      " has begun here and not ended; run it again");
}

}  // namespace icn::node
