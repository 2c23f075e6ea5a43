#include "cli/failure.h"

#include <utility>

#include "crypto/errors.h"
#include "http/errors.h"
#include "storage/errors.h"

namespace icn::cli {

ExitCode exit_code_of(const Error& error) {
  const std::pair<const ErrorKind&, ExitCode> codes[] = {
      {storage::kForeignFolder, kForeignData},  {storage::kNewerSchema, kNewerData},
      {storage::kLocked, kDataInUse},           {storage::kCorrupt, kDamagedData},
      {crypto::errors::kDamaged, kDamagedData}, {storage::kNotWritable, kUnwritable},
      {http::kListenFailed, kAddressInUse}};
  for (const auto& [kind, code] : codes) {
    if (error.is(kind)) return code;
  }
  return error.category() == Category::kUnauthenticated ? kNoPassphrase : kFailed;
}

}  // namespace icn::cli
