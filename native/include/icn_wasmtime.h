// Limits on one Wasmtime store that tell the job's own limit from a machine that had no more to give,
// which Wasmtime's own C limiter does not: memory.grow answers -1 only at the job's limit, else it traps.
// Thread: the one that runs the store.
#ifndef ICN_WASMTIME_H
#define ICN_WASMTIME_H

#include <stdbool.h>
#include <stdint.h>
#include <wasmtime.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct icn_wasm_limits {
  uint64_t memory_bytes;       // in: memory.grow answers -1 above it
  uint64_t table_elements;     // in: table.grow likewise
  uint64_t memory_peak_bytes;  // out: the most the memory had
  bool host_refused;           // out: the machine could not give what the limits allow
} icn_wasm_limits;

// `limits` is read and written while the store lives.
void icn_wasmtime_store_limits(wasmtime_store_t* store, icn_wasm_limits* limits);

#ifdef __cplusplus
}
#endif

#endif  // ICN_WASMTIME_H
