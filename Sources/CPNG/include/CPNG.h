// PNG files by libpng, as Pillow's Image.open(…).convert("RGB") reads them. libpng reports errors with longjmp, which
// Swift can't be jumped over, so that its calls stay on this side.
#pragma once
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct CPNGPicture {
  uint32_t width;
  uint32_t height;
  /// `height × width × 3` bytes, to be given back to `free`; null after an error.
  uint8_t *pixels;
  /// What went wrong, empty where nothing did.
  char message[128];
  /// How far the file was read [bytes].
  size_t position;
} CPNGPicture;

/// Decodes to 8-bit RGB: transparency is dropped and colours are kept, no gamma or profile is applied, samples of 16 bits
/// keep their high byte, except those of plain grey, of which values above 255 become 255.
///
/// Neither side may exceed `longestSide`, nor their product `pixelLimit`.
CPNGPicture cpng_read(
    const uint8_t *bytes, size_t count, uint32_t longestSide, uint64_t pixelLimit);

/// Encodes 8-bit RGB, larger but in less time where `fast`; the same picture gives the same bytes. `*count` is their number; to be given back to `free`.
uint8_t *cpng_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, bool fast, size_t *count, char message[128]);

/// The same without compression: as many bytes as the pixels and a little more, in next to no time.
uint8_t *cpng_write_stored(
    const uint8_t *pixels, uint32_t width, uint32_t height, size_t *count, char message[128]);
