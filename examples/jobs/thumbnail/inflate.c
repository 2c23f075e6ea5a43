#include "inflate.h"

#include <string.h>

enum { CODE_BITS_MAX = 15, LITERALS = 288, DISTANCES = 30 };

typedef struct {
  const unsigned char* in;
  size_t in_size;
  size_t in_at;
  unsigned bits;  // read but not used, the next one lowest
  unsigned bit_count;
  unsigned char* out;
  size_t out_size;
  size_t out_at;
  const char* error;
} stream;

// A canonical Huffman code: how many codes of each length, and the symbols in order of their codes.
typedef struct {
  unsigned short count[CODE_BITS_MAX + 1];
  unsigned short symbol[LITERALS];
} code;

static unsigned fail(stream* s, const char* what) {
  if (s->error == NULL) s->error = what;
  return 0;
}

static unsigned take_bits(stream* s, unsigned count) {
  while (s->bit_count < count) {
    if (s->in_at == s->in_size) return fail(s, "the compressed data ends early");
    s->bits |= (unsigned)s->in[s->in_at++] << s->bit_count;
    s->bit_count += 8;
  }
  const unsigned value = s->bits & ((1u << count) - 1);
  s->bits >>= count;
  s->bit_count -= count;
  return value;
}

// False when the lengths are no code. A code with one symbol may be incomplete (RFC 1951, 3.2.7).
static int make_code(code* c, const unsigned char* lengths, int symbols) {
  unsigned short next[CODE_BITS_MAX + 2];
  memset(c->count, 0, sizeof c->count);
  for (int i = 0; i < symbols; ++i) ++c->count[lengths[i]];
  const int used = symbols - c->count[0];
  c->count[0] = 0;
  int room = 1;
  for (int bits = 1; bits <= CODE_BITS_MAX; ++bits) {
    room = room * 2 - c->count[bits];
    if (room < 0) return 0;
  }
  if (room > 0 && used > 1) return 0;
  next[1] = 0;
  for (int bits = 1; bits <= CODE_BITS_MAX; ++bits)
    next[bits + 1] = (unsigned short)(next[bits] + c->count[bits]);
  for (int i = 0; i < symbols; ++i) {
    if (lengths[i] != 0) c->symbol[next[lengths[i]]++] = (unsigned short)i;
  }
  return 1;
}

// Codes of one length are consecutive numbers: compare against the range of each length in turn.
static unsigned take_symbol(stream* s, const code* c) {
  unsigned value = 0;
  unsigned first = 0;
  unsigned index = 0;
  for (int bits = 1; bits <= CODE_BITS_MAX; ++bits) {
    value = (value << 1) | take_bits(s, 1);
    if (s->error != NULL) return 0;
    if (value - first < c->count[bits]) return c->symbol[index + value - first];
    index += c->count[bits];
    first = (first + c->count[bits]) << 1;
  }
  return fail(s, "the compressed data holds an unknown code");
}

static void put(stream* s, unsigned byte) {
  if (s->out_at == s->out_size)
    fail(s, "the compressed data is longer than the image");
  else
    s->out[s->out_at++] = (unsigned char)byte;
}

static void copy_stored(stream* s) {
  s->bits = 0;
  s->bit_count = 0;
  if (s->in_size - s->in_at < 4) {
    fail(s, "the compressed data ends early");
    return;
  }
  const unsigned char* head = s->in + s->in_at;
  const unsigned size = head[0] | (unsigned)head[1] << 8;
  const unsigned check = head[2] | (unsigned)head[3] << 8;
  s->in_at += 4;
  if (size != (~check & 0xffff) || size > s->in_size - s->in_at || size > s->out_size - s->out_at) {
    fail(s, "a stored block is malformed");
    return;
  }
  memcpy(s->out + s->out_at, s->in + s->in_at, size);
  s->out_at += size;
  s->in_at += size;
}

static void copy_back(stream* s, unsigned length_symbol, const code* distances) {
  static const unsigned short length_base[] = {3,  4,  5,  6,   7,   8,   9,   10,  11, 13,
                                               15, 17, 19, 23,  27,  31,  35,  43,  51, 59,
                                               67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const unsigned char length_extra[] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2,
                                               2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const unsigned short distance_base[] = {
      1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
      193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  if (length_symbol > 285) {
    fail(s, "a length is malformed");
    return;
  }
  unsigned length = length_base[length_symbol - 257] + take_bits(s, length_extra[length_symbol - 257]);
  const unsigned symbol = take_symbol(s, distances);
  if (symbol >= DISTANCES) fail(s, "a distance is malformed");
  if (s->error != NULL) return;
  const unsigned distance = distance_base[symbol] + take_bits(s, symbol < 4 ? 0 : symbol / 2 - 1);
  if (distance > s->out_at) fail(s, "a distance points before the data");
  for (; length > 0 && s->error == NULL; --length) put(s, s->out[s->out_at - distance]);
}

static void copy_coded(stream* s, const code* literals, const code* distances) {
  while (s->error == NULL) {
    const unsigned symbol = take_symbol(s, literals);
    if (symbol == 256 || s->error != NULL) return;
    if (symbol < 256)
      put(s, symbol);
    else
      copy_back(s, symbol, distances);
  }
}

static void fixed_codes(code* literals, code* distances) {
  unsigned char lengths[LITERALS];
  memset(lengths, 8, 144);
  memset(lengths + 144, 9, 112);
  memset(lengths + 256, 7, 24);
  memset(lengths + 280, 8, 8);
  make_code(literals, lengths, LITERALS);
  memset(lengths, 5, 32);
  make_code(distances, lengths, 32);
}

static void read_codes(stream* s, code* literals, code* distances) {
  static const unsigned char order[] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  unsigned char lengths[LITERALS + 32] = {0};
  const unsigned literal_count = take_bits(s, 5) + 257;
  const unsigned distance_count = take_bits(s, 5) + 1;
  const unsigned order_count = take_bits(s, 4) + 4;
  if (literal_count > 286 || distance_count > DISTANCES) fail(s, "a block has too many codes");
  for (unsigned i = 0; i < order_count; ++i) lengths[order[i]] = (unsigned char)take_bits(s, 3);
  code meta;
  if (s->error == NULL && !make_code(&meta, lengths, 19)) fail(s, "a block's codes are malformed");
  memset(lengths, 0, sizeof lengths);
  for (unsigned at = 0; at < literal_count + distance_count && s->error == NULL;) {
    const unsigned symbol = take_symbol(s, &meta);
    if (symbol < 16) {
      lengths[at++] = (unsigned char)symbol;
      continue;
    }
    if (symbol == 16 && at == 0) fail(s, "a block's codes are malformed");
    unsigned char repeated = symbol == 16 && at > 0 ? lengths[at - 1] : 0;
    unsigned times = symbol == 16   ? 3 + take_bits(s, 2)
                     : symbol == 17 ? 3 + take_bits(s, 3)
                                    : 11 + take_bits(s, 7);
    if (times > literal_count + distance_count - at) fail(s, "a block's codes are malformed");
    for (; times > 0 && s->error == NULL; --times) lengths[at++] = repeated;
  }
  if (s->error == NULL && lengths[256] == 0) fail(s, "a block has no end");
  if (s->error == NULL && !make_code(literals, lengths, (int)literal_count))
    fail(s, "a block's codes are malformed");
  if (s->error == NULL && !make_code(distances, lengths + literal_count, (int)distance_count)) {
    fail(s, "a block's codes are malformed");
  }
}

static unsigned adler32(const unsigned char* bytes, size_t size) {
  unsigned low = 1;
  unsigned high = 0;
  for (size_t i = 0; i < size; ++i) {
    low = (low + bytes[i]) % 65521;
    high = (high + low) % 65521;
  }
  return high << 16 | low;
}

const char* inflate_zlib(const unsigned char* in, size_t in_size, unsigned char* out, size_t out_size) {
  if (in_size < 6 || (in[0] & 0x0f) != 8 || (in[0] * 256 + in[1]) % 31 != 0 || (in[1] & 0x20) != 0) {
    return "the data is not a zlib stream";
  }
  stream s = {in, in_size, 2, 0, 0, out, out_size, 0, NULL};
  static code literals;
  static code distances;
  for (unsigned last = 0; !last && s.error == NULL;) {
    last = take_bits(&s, 1);
    const unsigned kind = take_bits(&s, 2);
    if (kind == 0) {
      copy_stored(&s);
    } else if (kind == 3) {
      fail(&s, "a block is of unknown kind");
    } else {
      if (kind == 1)
        fixed_codes(&literals, &distances);
      else
        read_codes(&s, &literals, &distances);
      copy_coded(&s, &literals, &distances);
    }
  }
  if (s.error != NULL) return s.error;
  if (s.out_at != out_size) return "the compressed data is shorter than the image";
  if (in_size - s.in_at < 4) return "the checksum is missing";
  const unsigned char* sum = in + s.in_at;
  const unsigned stored = (unsigned)sum[0] << 24 | (unsigned)sum[1] << 16 | (unsigned)sum[2] << 8 | sum[3];
  return stored == adler32(out, out_size) ? NULL : "the checksum is wrong";
}
