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
};

}  // namespace icn::ledger
