// One sled tree (ordered byte strings) behind a C interface.
// Thread: any, at the same time, except icn_sled_close. Nothing unwinds out of these functions: a panic inside
// sled is ICN_SLED_BROKEN, and the tree must then be closed.
// Functions that can fail write what went wrong as text ended by 0 into `message`, of ICN_SLED_MESSAGE_SIZE bytes.
// Pointers may be null where their size is 0.
#ifndef ICN_SLED_H
#define ICN_SLED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ICN_SLED_MESSAGE_SIZE 512

typedef enum icn_sled_status {
  ICN_SLED_OK = 0,
  ICN_SLED_CORRUPT = 1,  // stored data is damaged
  ICN_SLED_IO = 2,       // the file system said no
  ICN_SLED_FULL = 3,     // for want of room
  ICN_SLED_BROKEN = 4,   // a panic, or a use sled does not support
} icn_sled_status;

typedef struct icn_sled icn_sled;

typedef struct icn_sled_options {
  const char* path;         // of its folder; UTF-8, ended by 0
  uint64_t cache_capacity;  // bytes
  uint64_t flush_every_ms;  // what was written is synced this often by itself; 0: never
  int32_t compression;      // Zstandard level 1 to 22; 0: none. Whether there is any stays as the tree was made.
} icn_sled_options;

// Opens or makes the tree. Null on failure. icn_sled_close() writes out what is left and frees it.
icn_sled* icn_sled_open(const icn_sled_options* options, icn_sled_status* status, char* message);
void icn_sled_close(icn_sled* tree);

typedef struct icn_sled_change {
  const uint8_t* key;
  size_t key_size;
  const uint8_t* value;
  size_t value_size;
  bool is_removal;  // `value` is not read then
} icn_sled_change;

// Applies all changes or, after a crash, none. Of several changes of a key the last one counts. Not in the kernel
// before icn_sled_flush().
icn_sled_status icn_sled_apply(icn_sled* tree, const icn_sled_change* changes, size_t count, char* message);

// Hands every change applied before the call to the kernel and waits until the data of sled's log is on the disk. That
// is not durable yet: sizes of files, the disk's cache and the files of large values are not synced.
icn_sled_status icn_sled_flush(icn_sled* tree, char* message);

// For a tree whose log file can no longer be written: has sled find that out now, so that icn_sled_flush() and
// icn_sled_close() come to an end, each with an error, even where sled has lost count of who is writing. False: it did
// not find out in 5 s. The tree takes no changes afterwards.
bool icn_sled_give_up(icn_sled* tree);

// Called with views that live until it returns. It must not call back into the tree, nor unwind.
typedef void (*icn_sled_take)(void* context, const uint8_t* key, size_t key_size, const uint8_t* value,
                              size_t value_size);

// Calls `take` when there is such a key.
icn_sled_status icn_sled_get(const icn_sled* tree, const uint8_t* key, size_t key_size, icn_sled_take take,
                             void* context, char* message);

// Calls `take` for the first `limit` entries with from <= key < to, in order or in reverse. `is_more`: it stopped at
// the limit. Not of one moment: what others write meanwhile may show.
icn_sled_status icn_sled_range(const icn_sled* tree, const uint8_t* from, size_t from_size, const uint8_t* to,
                               size_t to_size, bool is_reverse, size_t limit, icn_sled_take take, void* context,
                               bool* is_more, char* message);

// Bytes of its files; 0 when that cannot be told.
uint64_t icn_sled_size(const icn_sled* tree);

#ifdef __cplusplus
}
#endif

#endif  // ICN_SLED_H
