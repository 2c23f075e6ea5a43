#pragma once

#include "storage/postgresql/pool.h"
#include "storage/postgresql/tables.h"

// Inside this folder only.
namespace icn::storage::postgresql {

// Retries on a new connection, up to connection_timeout_ms, when it is cut.
Result<std::optional<Bytes>> get(Pool& pool, const PostgresqlOptions& options, const TableSql& table,
                                 ByteView key);

// A moment of the database on a connection of its own.
Result<Pool::Lease> open_moment(Pool& pool);
// Rows of that moment. Takes the connection.
Result<std::unique_ptr<Cursor>> scan_moment(Pool::Lease moment, const TableSql& table,
                                            const ScanRange& range);
// Takes the connection. When there is none, a reader whose calls all give that error.
std::unique_ptr<Reader> snapshot_of(Result<Pool::Lease> moment, const Tables& tables);

}  // namespace icn::storage::postgresql
