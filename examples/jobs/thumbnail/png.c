#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "inflate.h"

static unsigned read_u32(const unsigned char* bytes) {
  return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

static unsigned crc32(const unsigned char* bytes, size_t size) {
  unsigned crc = 0xffffffffu;
  for (size_t i = 0; i < size; ++i) {
    crc ^= bytes[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0xedb88320u : 0);
  }
  return ~crc;
}

static int abs_difference(int a, int b) { return a > b ? a - b : b - a; }

// The neighbour (left, above, above left) that is nearest to left + above - above left.
static unsigned char paeth(int left, int above, int corner) {
  const int guess = left + above - corner;
  const int to_left = abs_difference(guess, left);
  const int to_above = abs_difference(guess, above);
  const int to_corner = abs_difference(guess, corner);
  if (to_left <= to_above && to_left <= to_corner) return (unsigned char)left;
  return (unsigned char)(to_above <= to_corner ? above : corner);
}

// Undoes the filter of one row in place; `above` is the row before it, or all zero.
static const char* unfilter(unsigned kind, unsigned char* row, const unsigned char* above, size_t size,
                            unsigned channels) {
  if (kind > 4) return "a row has an unknown filter";
  for (size_t i = 0; i < size; ++i) {
    const int left = i >= channels ? row[i - channels] : 0;
    const int corner = i >= channels ? above[i - channels] : 0;
    int predicted = 0;
    if (kind == 1) predicted = left;
    if (kind == 2) predicted = above[i];
    if (kind == 3) predicted = (left + above[i]) / 2;
    if (kind == 4) predicted = paeth(left, above[i], corner);
    row[i] = (unsigned char)(row[i] + predicted);
  }
  return NULL;
}

static unsigned char over_white(unsigned value, unsigned alpha) {
  return (unsigned char)((value * alpha + 255 * (255 - alpha) + 127) / 255);
}

static void to_rgb(const unsigned char* pixel, unsigned channels, unsigned char* rgb) {
  const int grey = channels < 3;
  const unsigned alpha = channels == 2 ? pixel[1] : channels == 4 ? pixel[3] : 255;
  for (int i = 0; i < 3; ++i) rgb[i] = over_white(pixel[grey ? 0 : i], alpha);
}

// Gathers the image data of all IDAT chunks into `data`.
static const char* read_chunks(const unsigned char* bytes, size_t size, unsigned char* data,
                               size_t* data_size) {
  *data_size = 0;
  for (size_t at = 8; size - at >= 12;) {
    const unsigned length = read_u32(bytes + at);
    const unsigned char* kind = bytes + at + 4;
    if (length > size - at - 12) return "the picture is cut off";
    if (crc32(kind, (size_t)length + 4) != read_u32(kind + 4 + length)) return "a chunk's checksum is wrong";
    if (memcmp(kind, "IEND", 4) == 0) return NULL;
    if (memcmp(kind, "IDAT", 4) == 0) {
      memcpy(data + *data_size, kind + 4, length);
      *data_size += length;
    } else if ((kind[0] & 0x20) == 0 && memcmp(kind, "IHDR", 4) != 0 && memcmp(kind, "PLTE", 4) != 0) {
      return "the picture has a part that must not be left out and is not known";
    }
    at += (size_t)length + 12;
  }
  return "the picture is cut off";
}

static const char* read_header(const unsigned char* bytes, size_t size, image* out, unsigned* channels) {
  static const unsigned char signature[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  if (size < 33 || memcmp(bytes, signature, sizeof signature) != 0) return "the data is not a PNG";
  const unsigned char* header = bytes + 16;
  if (memcmp(bytes + 12, "IHDR", 4) != 0 || read_u32(bytes + 8) != 13) return "the picture has no header";
  out->width = read_u32(header);
  out->height = read_u32(header + 4);
  if (out->width == 0 || out->height == 0 || out->width > SIDE_MAX || out->height > SIDE_MAX ||
      out->width * out->height > PIXELS_MAX) {
    return "the picture is empty or too large";
  }
  switch (header[9]) {
    case 0:
      *channels = 1;
      break;
    case 2:
      *channels = 3;
      break;
    case 4:
      *channels = 2;
      break;
    case 6:
      *channels = 4;
      break;
    default:
      return "pictures with a palette are not supported";
  }
  if (header[8] != 8) return "only 8 bits a channel are supported";
  if (header[10] != 0 || header[11] != 0) return "the header is malformed";
  return header[12] == 0 ? NULL : "interlaced pictures are not supported";
}

const char* read_png(const unsigned char* bytes, size_t size, image* out) {
  unsigned channels = 0;
  const char* error = read_header(bytes, size, out, &channels);
  if (error != NULL) return error;
  const size_t row_size = (size_t)out->width * channels;
  const size_t raw_size = (row_size + 1) * out->height;
  unsigned char* data = malloc(size);
  unsigned char* raw = malloc(raw_size);
  unsigned char* above = calloc(row_size, 1);
  out->rgb = malloc((size_t)out->width * out->height * 3);
  if (data == NULL || raw == NULL || above == NULL || out->rgb == NULL) return "out of memory";
  size_t data_size;
  error = read_chunks(bytes, size, data, &data_size);
  if (error == NULL) error = inflate_zlib(data, data_size, raw, raw_size);
  const unsigned char* previous = above;
  for (unsigned y = 0; y < out->height && error == NULL; ++y) {
    unsigned char* row = raw + y * (row_size + 1);
    error = unfilter(row[0], row + 1, previous, row_size, channels);
    previous = row + 1;
    for (unsigned x = 0; x < out->width; ++x) {
      to_rgb(row + 1 + (size_t)x * channels, channels, out->rgb + ((size_t)y * out->width + x) * 3);
    }
  }
  free(data);
  free(raw);
  free(above);
  return error;
}
