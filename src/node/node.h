#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/log.h"
#include "base/random.h"
#include "config/settings.h"
#include "crypto/secret_bytes.h"

namespace icn::node {

// What a node is given from outside.
struct Surroundings {
  const Clock& clock;
  Random& random;
  std::shared_ptr<Log> log;
  std::string compiler = {};  // wasm::WasmtimeOptions::compiler
};

// Makes settings.data_path if it is missing; only its owner may enter it. kForeignFolder: it holds files, and
// none that a node or an operator made for one (keys, stores, *.toml); kNotWritable; conflict: a restore or a
// move of its stores has not ended. Nothing was touched then.
Result<void> prepare_data_folder(const config::Settings& settings);
// kListenFailed: another process listens on http_listen_addr, or this one may not. Before anything is
// written.
Result<void> check_address(const config::Settings& settings);

// A running node. Everything it keeps lies below settings.data_path.
class Node {
 public:
  // Starts everything and returns when requests are served. On the first start of a data folder makes the
  // node's key, the ledger's first block, and an operator API key in `operator-api-key` (mode 0600).
  // Errors: those of key store, storage, settings and server; nothing runs then.
  static Result<std::unique_ptr<Node>> start(const config::Settings& settings,
                                             const crypto::SecretBytes& passphrase,
                                             const Surroundings& surroundings);
  ~Node();  // stop()

  // Takes no more requests, finishes those that run, commits what waits, closes the stores. Called once.
  void stop();

  std::uint16_t port() const;
  const Did& did() const;
  // Multiaddresses under which peers reach this node; empty without p2p.
  std::vector<std::string> peer_addresses() const;
  // File of the operator API key.
  std::string operator_key_file() const;

 private:
  struct Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace icn::node
