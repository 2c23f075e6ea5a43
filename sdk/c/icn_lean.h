// What keeps the module of a job small, and so its first run soon: a node compiles a module before it runs
// it, and of a small job in C most is printf() and malloc() of wasi-libc, 18 KB of code together. Header
// only; include it in one source file of the job.
//
//   - malloc(), calloc(), realloc() and free() for jobs that end soon. Memory is taken one piece after the
//     other and lives until the job ends: free() gives back, and realloc() grows in place, only the newest
//     piece. NULL when the job's memory limit is reached.
//   - icn_print_number() and fputs() in place of printf(), for whole numbers. One printf() anywhere in the
//     job brings its code back.
#ifndef ICN_LEAN_H
#define ICN_LEAN_H

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ICN_PAGE_BYTES = 65536, ICN_PIECE_UNIT = 16 };

static char* icn_piece_newest;  // behind the unit that holds its size
static char* icn_memory_next;   // free from here
static char* icn_memory_end;    // to here

// Makes room for `size` bytes at icn_memory_next. 0 when the limit is reached.
static int icn_memory_reserve(size_t size) {
  for (;;) {
    const size_t room = (size_t)(icn_memory_end - icn_memory_next);
    if (size <= room) return 1;
    const size_t pages = (size - room + ICN_PAGE_BYTES - 1) / ICN_PAGE_BYTES;
    const size_t before = __builtin_wasm_memory_grow(0, pages);
    if (before == SIZE_MAX) return 0;
    char* start = (char*)(before * ICN_PAGE_BYTES);
    if (start != icn_memory_end) icn_memory_next = start;  // the first time, or others grew the memory
    icn_memory_end = start + pages * ICN_PAGE_BYTES;
  }
}

static size_t icn_piece_bytes(size_t size) {
  return ICN_PIECE_UNIT + ((size + ICN_PIECE_UNIT - 1) & ~(size_t)(ICN_PIECE_UNIT - 1));
}

void* malloc(size_t size) {
  if (size > PTRDIFF_MAX - ICN_PAGE_BYTES || !icn_memory_reserve(icn_piece_bytes(size))) {
    errno = ENOMEM;
    return NULL;
  }
  *(size_t*)icn_memory_next = size;
  icn_piece_newest = icn_memory_next + ICN_PIECE_UNIT;
  icn_memory_next += icn_piece_bytes(size);
  return icn_piece_newest;
}

void free(void* piece) {
  if (piece == NULL || piece != icn_piece_newest) return;
  icn_memory_next = icn_piece_newest - ICN_PIECE_UNIT;
  icn_piece_newest = NULL;
}

void* calloc(size_t count, size_t size) {
  size_t bytes;
  void* piece = __builtin_mul_overflow(count, size, &bytes) ? malloc(SIZE_MAX) : malloc(bytes);
  if (piece != NULL) memset(piece, 0, bytes);
  return piece;
}

void* realloc(void* piece, size_t size) {
  if (piece == NULL) return malloc(size);
  char* head = (char*)piece - ICN_PIECE_UNIT;
  const size_t before = *(size_t*)head;
  if (piece == icn_piece_newest) icn_memory_next = head;
  void* moved = malloc(size);
  if (moved == NULL && icn_memory_next == head) icn_memory_next = head + icn_piece_bytes(before);
  if (moved != NULL && moved != piece) memcpy(moved, piece, before < size ? before : size);
  return moved;
}

// In decimal, with zeros before it where it has fewer than `digits` digits.
static inline void icn_print_number(long long number, int digits, FILE* out) {
  char text[24];
  char* start = text + sizeof text - 1;
  unsigned long long rest = number < 0 ? 0 - (unsigned long long)number : (unsigned long long)number;
  *start = 0;
  for (; rest > 0 || digits > 0; rest /= 10, --digits) {
    if (start == text + 1) break;
    *--start = (char)('0' + rest % 10);
  }
  if (number < 0) *--start = '-';
  fputs(start, out);
}

#endif  // ICN_LEAN_H
