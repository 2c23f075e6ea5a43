#pragma once

#include <memory>

#include "node/node.h"

namespace icn::node {

// A node with node.role = "gateway": answers reads from the PostgreSQL database (and the Redis server) of
// another node and passes everything else on to it. It writes nothing to the database, takes no lock, runs no
// jobs and has no peers; several may stand behind one address. docs/gateways.md
class Gateway {
 public:
  // Starts everything and returns when requests are served; the node that writes need not be there, its
  // database must. Errors: those of the grant, the key store, the database and the server; nothing runs then.
  static Result<std::unique_ptr<Gateway>> start(const config::Settings& settings,
                                                const crypto::SecretBytes& passphrase,
                                                const Surroundings& surroundings);
  ~Gateway();  // stop()

  // Takes no more requests and finishes those that run. Called once.
  void stop();

  std::uint16_t port() const;
  const Did& leader() const;  // whose gateway it is

 private:
  struct Parts;
  explicit Gateway(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace icn::node
