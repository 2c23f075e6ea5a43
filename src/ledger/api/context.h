#pragma once

#include "http/paging.h"
#include "ledger/api/writer.h"
#include "ledger/ledger.h"

namespace icn::ledger {

// What the ledger's endpoints work with.
struct Api {
  const Ledger& ledger;
  Writer& writer;
  const http::Cursors& cursors;
  const Clock& clock;
  bool is_follower = false;  // of a ledger that another node writes: all its store shows is durable
};

}  // namespace icn::ledger
