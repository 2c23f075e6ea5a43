// Reads pictures into 8-bit RGB.
#ifndef IMAGE_H
#define IMAGE_H

#include <stddef.h>

typedef struct {
  unsigned width;
  unsigned height;
  unsigned char* rgb;  // rows from the top, 3 bytes a pixel
} image;

enum { SIDE_MAX = 16384, PIXELS_MAX = 8 * 1024 * 1024 };

// Both answer NULL, or what is wrong with the picture.
//   PPM: binary (P6), up to 255 a channel.
//   PNG: 8 bits a channel, grey, grey with alpha, RGB or RGBA, not interlaced. Alpha is laid over white.
// Source: PNG (Third Edition), 5, 9, 11; Netpbm, ppm(5).
const char* read_ppm(const unsigned char* bytes, size_t size, image* out);
const char* read_png(const unsigned char* bytes, size_t size, image* out);

#endif
