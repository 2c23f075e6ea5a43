#pragma once

#include <functional>
#include <memory>

#include "base/log.h"
#include "http/authentication/invitations.h"
#include "http/authentication/sessions.h"
#include "http/paging.h"
#include "http/web_reader.h"
#include "identity/api/hourly_limit.h"
#include "identity/custody.h"
#include "identity/export.h"
#include "ledger/api/writer.h"

namespace icn::identity {

// Gives a new did:key its start mana; economics implements it. A did:icn gets it in its own transaction.
class StartGrant {
 public:
  virtual ~StartGrant() = default;
  // Calls `done` once, on `executor`, when the grant is final. Thread: an io thread.
  virtual void grant(const Did& did, Executor& executor, std::function<void(const Result<void>&)> done) = 0;
};

// What identity's endpoints work with.
struct Api {
  const ledger::Ledger& ledger;
  ledger::Writer& writer;
  NodeCustody& custody;
  http::Sessions& sessions;
  http::Invitations& invitations;
  const http::Cursors& cursors;
  HourlyLimit& anonymous_creations;  // domain.md 3: 10 an hour for each client address
  StartGrant* start_grant;           // null: no grants
  Random& random;
  std::shared_ptr<Log> log;
  http::WebReader& web;                  // documents of did:web
  std::vector<ExportPart> export_parts;  // of other domains
  ReadExported read_exported = {};       // empty: records alone are exported
};

}  // namespace icn::identity
