#include "storage/postgresql/errors.h"

namespace icn::storage::postgresql {

Error without_address(const Error& error, Log& log) {
  if (!error.is(kAway)) return error;
  log.warn("{}", error.detail());
  return Error(kAway, "PostgreSQL does not answer; try again");
}

}  // namespace icn::storage::postgresql
