// JPEG files by libjpeg-turbo, as Pillow's Image.open(…).convert("RGB") reads them. libjpeg reports errors with longjmp,
// which Swift can't be jumped over; its simpler interface (turbojpeg.h) can't tell a file cut short from other warnings.
#pragma once
#include <stddef.h>
#include <stdint.h>

typedef struct CJPEGPicture {
  uint32_t width;
  uint32_t height;
  /// `height × width × 3` bytes, to be given back to `free`; null after an error.
  uint8_t *pixels;
  /// What went wrong, empty where nothing did.
  char message[256];
  /// How far the file was read [bytes].
  size_t position;
} CJPEGPicture;

/// Decodes to 8-bit RGB. Warnings are not errors; a file that ends before its end marker is one. Four channels are taken
/// as Adobe writes them, inverted. The orientation that a camera noted is ignored.
///
/// Neither side may exceed `longestSide`, nor their product `pixelLimit`.
CJPEGPicture cjpeg_read(
    const uint8_t *bytes, size_t count, uint32_t longestSide, uint64_t pixelLimit);
