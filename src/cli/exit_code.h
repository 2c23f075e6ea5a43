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
  kNoPassphrase = 7,   // none was given, or it does not open the key store
  kForeignData = 8,    // the data folder belongs to something else
  kNewerData = 9,      // a newer version wrote it
  kDataInUse = 10,     // another process has it open
  kDamagedData = 11,   // what it holds cannot be read
  kUnwritable = 12,    // this user may not write there
  kAddressInUse = 13,  // the node cannot listen on its address
};

}  // namespace icn::cli
