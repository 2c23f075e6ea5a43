#pragma once

namespace icn::cli {

// What `icn` exits with; docs/reference/cli.md lists them.
enum ExitCode : int {
  kOk = 0,
  kFailed = 1,       // something of our own went wrong
  kUsage = 2,        // unknown verb, flag or value
  kNotMet = 3,       // a bench target was missed, a verification found a difference
  kRefused = 4,      // the node refused the request
  kUnreachable = 5,  // no node answers
  kBadSettings = 6,
};

}  // namespace icn::cli
