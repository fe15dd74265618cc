#include "CPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// MARK: - Reading

typedef struct Reader {
  const uint8_t *bytes;
  size_t count;
  size_t position;
  jmp_buf escape;
  CPNGPicture *picture;
} Reader;

static void fail(png_structp png, png_const_charp message) {
  Reader *reader = png_get_error_ptr(png);
  strncpy(reader->picture->message, message, sizeof reader->picture->message - 1);
  longjmp(reader->escape, 1);
}

static void ignore(png_structp png, png_const_charp message) {}

static void take(png_structp png, png_bytep target, size_t count) {
  Reader *reader = png_get_io_ptr(png);
  if (count > reader->count - reader->position) png_error(png, "the file ends before the picture");
  memcpy(target, reader->bytes + reader->position, count);
  reader->position += count;
}

/// Chunks that Pillow's conversion to RGB does not look at: unread, they can neither change a colour nor be too large.
static void skipAncillaryChunks(png_structp png) {
  static const png_byte names[] =
      "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sBIT\0sCAL\0sPLT\0sRGB\0sTER\0tEXt\0tIME\0tRNS\0zTXt";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, sizeof names / 5);
}

/// Asks libpng for 8-bit RGB rows, or 16-bit ones of plain grey. Returns bytes per pixel.
static int setTransformations(png_structp png, png_infop info) {
  const png_byte type = png_get_color_type(png, info);
  const png_byte depth = png_get_bit_depth(png, info);
  if (depth == 16 && type == PNG_COLOR_TYPE_GRAY) return 2;
  if (depth == 16) png_set_strip_16(png);
  if (type == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
  if (type == PNG_COLOR_TYPE_GRAY && depth < 8) png_set_expand_gray_1_2_4_to_8(png);
  if (type & PNG_COLOR_MASK_ALPHA) png_set_strip_alpha(png);
  if (!(type & PNG_COLOR_MASK_COLOR)) png_set_gray_to_rgb(png);
  return 3;
}

static void clipGrey(const uint8_t *samples, uint8_t *pixels, size_t count) {
  for (size_t i = 0; i < count; i++) {
    const uint8_t value = samples[2 * i] ? 255 : samples[2 * i + 1];
    pixels[3 * i] = pixels[3 * i + 1] = pixels[3 * i + 2] = value;
  }
}

CPNGPicture cpng_read(
    const uint8_t *bytes, size_t count, uint32_t longestSide, uint64_t pixelLimit) {
  CPNGPicture picture = {0};
  Reader reader = {.bytes = bytes, .count = count, .picture = &picture};
  png_structp png = NULL;
  png_infop info = NULL;
  uint8_t *volatile pixels = NULL;
  uint8_t *volatile samples = NULL;
  png_bytep *volatile rows = NULL;

  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, fail, ignore);
  if (!png || !(info = png_create_info_struct(png))) {
    strcpy(picture.message, "out of memory");
  } else if (!setjmp(reader.escape)) {
    png_set_read_fn(png, &reader, take);
    png_set_user_limits(png, longestSide, longestSide);
    skipAncillaryChunks(png);
    png_read_info(png, info);
    picture.width = png_get_image_width(png, info);
    picture.height = png_get_image_height(png, info);
    const size_t pixelCount = (size_t)picture.width * picture.height;
    if (pixelCount > pixelLimit) png_error(png, "it has more pixels than are read");

    const int perPixel = setTransformations(png, info);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    const size_t rowLength = (size_t)picture.width * perPixel;
    if (png_get_rowbytes(png, info) != rowLength) png_error(png, "its rows are of an unknown kind");
    pixels = malloc(pixelCount * 3);
    samples = perPixel == 2 ? malloc(pixelCount * 2) : NULL;
    rows = malloc(sizeof(png_bytep) * picture.height);
    if (!pixels || !rows || (perPixel == 2 && !samples)) png_error(png, "out of memory");
    uint8_t *target = perPixel == 2 ? samples : pixels;
    for (uint32_t y = 0; y < picture.height; y++) rows[y] = target + y * rowLength;
    // Chunks behind the picture are not read: a file that was cut there still shows all of it.
    png_read_image(png, rows);
    if (perPixel == 2) clipGrey(samples, pixels, pixelCount);
    picture.pixels = pixels;
  }
  picture.position = reader.position;
  if (!picture.pixels) free(pixels);
  free(samples);
  free(rows);
  if (png) png_destroy_read_struct(&png, &info, NULL);
  return picture;
}

// MARK: - Writing

/// No file is larger: rows with their filter bytes, what zlib adds at most, and the chunks around them.
static size_t mostBytes(uint32_t width, uint32_t height) {
  const size_t rows = ((size_t)width * 3 + 1) * height;
  return rows + rows / 100 + 4096;
}

typedef struct Writer {
  uint8_t *bytes;
  size_t limit;
  size_t count;
  jmp_buf escape;
  char *message;
} Writer;

static void failWriting(png_structp png, png_const_charp message) {
  Writer *writer = png_get_error_ptr(png);
  strncpy(writer->message, message, 127);
  longjmp(writer->escape, 1);
}

static void put(png_structp png, png_bytep source, size_t count) {
  Writer *writer = png_get_io_ptr(png);
  if (count > writer->limit - writer->count) png_error(png, "the file is larger than it can be");
  memcpy(writer->bytes + writer->count, source, count);
  writer->count += count;
}

static void flush(png_structp png) {}

uint8_t *cpng_write_stored(
    const uint8_t *pixels, uint32_t width, uint32_t height, size_t *count, char message[128]) {
  const size_t limit = mostBytes(width, height);
  Writer writer = {.bytes = malloc(limit), .limit = limit, .message = message};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, failWriting, ignore);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  volatile bool isWhole = false;
  if (!writer.bytes || !info) {
    strcpy(message, "out of memory");
  } else if (!setjmp(writer.escape)) {
    png_set_write_fn(png, &writer, put, flush);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_BASE, PNG_FILTER_TYPE_BASE);
    png_set_compression_level(png, 0);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
    png_write_info(png, info);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * width * 3);
    png_write_end(png, info);
    isWhole = true;
  }
  if (png) png_destroy_write_struct(&png, &info);
  if (!isWhole) {
    free(writer.bytes);
    writer.bytes = NULL;
  }
  *count = writer.count;
  return writer.bytes;
}

uint8_t *cpng_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, bool fast, size_t *count,
    char message[128]) {
  png_image image = {.version = PNG_IMAGE_VERSION, .width = width, .height = height,
                     .format = PNG_FORMAT_RGB, .flags = fast ? PNG_IMAGE_FLAG_FAST : 0};
  png_alloc_size_t size = mostBytes(width, height);
  uint8_t *bytes = malloc(size);
  if (bytes && !png_image_write_to_memory(&image, bytes, &size, 0, pixels, 3 * (int)width, NULL)) {
    free(bytes);
    bytes = NULL;
  }
  if (!bytes) strncpy(message, image.message[0] ? image.message : "out of memory", 127);
  *count = size;
  png_image_free(&image);
  return bytes;
}
