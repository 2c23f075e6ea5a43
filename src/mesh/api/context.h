#pragma once

#include "dag/texts.h"
#include "http/own_did.h"
#include "http/paging.h"
#include "ledger/api/writer.h"
#include "mesh/service.h"

namespace icn::mesh {

// What the endpoints of /mesh work with.
struct Api {
  ledger::Ledger& ledger;
  ledger::Writer& writer;
  Service& service;
  dag::BlockStore& blocks;
  const http::Cursors& cursors;
  const Clock& clock;
  Random& random;
  const http::KeptDids* kept_dids = nullptr;
};

namespace api {

// For a reason of `author`, who acts: a private block.
dag::Texts texts_of(const Api& api, const http::Call& call, Did author);

}  // namespace api
}  // namespace icn::mesh
