#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

// jpeglib.h needs stdio.h before it, and jerror.h needs both.
#include <jerror.h>

typedef struct Decoder {
  struct jpeg_decompress_struct info;
  struct jpeg_error_mgr errors;
  struct jpeg_source_mgr source;
  struct jpeg_progress_mgr progress;
  jmp_buf escape;
  CJPEGPicture *picture;
} Decoder;

static void fail(Decoder *decoder, const char *message) {
  snprintf(decoder->picture->message, sizeof decoder->picture->message, "%s", message);
  longjmp(decoder->escape, 1);
}

static void exitOnError(j_common_ptr info) {
  char message[JMSG_LENGTH_MAX];
  (*info->err->format_message)(info, message);
  fail((Decoder *)info, message);
}

static void ignoreMessage(j_common_ptr info) {}

// MARK: - Source

static void startSource(j_decompress_ptr info) {}

/// All bytes were given at the beginning: the decoder is told that there are none for now, and stops.
static boolean fillSource(j_decompress_ptr info) { return FALSE; }

static void skipSource(j_decompress_ptr info, long count) {
  if (count <= 0) return;
  const size_t skipped =
      (size_t)count < info->src->bytes_in_buffer ? (size_t)count : info->src->bytes_in_buffer;
  info->src->next_input_byte += skipped;
  info->src->bytes_in_buffer -= skipped;
}

// MARK: - Work

/// A progressive file of a few bytes can ask for thousands of passes over the whole picture.
static void limitWork(j_common_ptr common) {
  j_decompress_ptr info = (j_decompress_ptr)common;
  const double work = (double)info->image_width * info->image_height * info->input_scan_number;
  if (info->input_scan_number > 64 || work > 2e9) {
    fail((Decoder *)common, "it takes more passes over the picture than are made");
  }
}

/// Pillow's conversion of four inverted channels: what black lets through of each colour's complement.
static void convertFourChannels(const uint8_t *row, uint8_t *pixels, size_t count) {
  for (size_t x = 0; x < count; x++) {
    const int light = row[4 * x + 3];
    for (int channel = 0; channel < 3; channel++) {
      const int product = (255 - row[4 * x + channel]) * light + 128;
      const int value = light - (((product >> 8) + product) >> 8);
      pixels[3 * x + channel] = value < 0 ? 0 : (uint8_t)value;
    }
  }
}

static void convertGrey(const uint8_t *row, uint8_t *pixels, size_t count) {
  for (size_t x = 0; x < count; x++) {
    pixels[3 * x] = pixels[3 * x + 1] = pixels[3 * x + 2] = row[x];
  }
}

static const char *const cutShort = "image file is truncated";

static void readHeader(Decoder *decoder, uint32_t longestSide, uint64_t pixelLimit) {
  j_decompress_ptr info = &decoder->info;
  if (jpeg_read_header(info, TRUE) != JPEG_HEADER_OK) fail(decoder, cutShort);
  if (info->image_width > longestSide || info->image_height > longestSide ||
      (uint64_t)info->image_width * info->image_height > pixelLimit) {
    char message[128];
    snprintf(message, sizeof message, "%ux%u pixels are more than are read",
             info->image_width, info->image_height);
    fail(decoder, message);
  }
  switch (info->num_components) {
    case 1: info->out_color_space = JCS_GRAYSCALE; break;
    case 3: info->out_color_space = JCS_RGB; break;
    case 4: info->out_color_space = JCS_CMYK; break;
    default: fail(decoder, "it has neither one channel nor three nor four");
  }
}

CJPEGPicture cjpeg_read(
    const uint8_t *bytes, size_t count, uint32_t longestSide, uint64_t pixelLimit) {
  CJPEGPicture picture = {0};
  Decoder decoder = {.picture = &picture, .source = {.bytes_in_buffer = count}};
  uint8_t *volatile pixels = NULL;
  uint8_t *volatile row = NULL;
  j_decompress_ptr info = &decoder.info;

  info->err = jpeg_std_error(&decoder.errors);
  decoder.errors.error_exit = exitOnError;
  decoder.errors.output_message = ignoreMessage;
  if (!setjmp(decoder.escape)) {
    jpeg_create_decompress(info);
    decoder.source = (struct jpeg_source_mgr){
        .next_input_byte = bytes, .bytes_in_buffer = count, .init_source = startSource,
        .fill_input_buffer = fillSource, .skip_input_data = skipSource,
        .resync_to_restart = jpeg_resync_to_restart, .term_source = startSource};
    info->src = &decoder.source;
    readHeader(&decoder, longestSide, pixelLimit);
    decoder.progress.progress_monitor = limitWork;
    info->progress = &decoder.progress;
    if (!jpeg_start_decompress(info)) fail(&decoder, cutShort);

    const size_t width = info->output_width;
    picture.width = info->output_width;
    picture.height = info->output_height;
    pixels = malloc(width * info->output_height * 3);
    row = malloc(width * 4);
    if (!pixels || !row) fail(&decoder, "out of memory");
    while (info->output_scanline < info->output_height) {
      uint8_t *target = pixels + width * 3 * info->output_scanline;
      uint8_t *line = info->out_color_space == JCS_RGB ? target : row;
      if (jpeg_read_scanlines(info, &line, 1) != 1) fail(&decoder, cutShort);
      if (info->out_color_space == JCS_CMYK) convertFourChannels(row, target, width);
      if (info->out_color_space == JCS_GRAYSCALE) convertGrey(row, target, width);
    }
    if (!jpeg_finish_decompress(info)) fail(&decoder, cutShort);
    picture.pixels = pixels;
  }
  picture.position = count - decoder.source.bytes_in_buffer;
  if (!picture.pixels) free(pixels);
  free(row);
  jpeg_destroy_decompress(info);
  return picture;
}
