// Decompresses a zlib stream into memory. Source: RFC 1950, RFC 1951.
#ifndef INFLATE_H
#define INFLATE_H

#include <stddef.h>

// Writes exactly `out_size` bytes to `out`. Answers NULL, or what is wrong with the stream.
const char* inflate_zlib(const unsigned char* in, size_t in_size, unsigned char* out, size_t out_size);

#endif
