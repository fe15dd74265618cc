"""Small PNG and JPEG files of every kind, and what Pillow's Image.open(...).convert("RGB") makes of them.

    python3 pictures.py > pictures.json      (Pillow 13.0, libjpeg-turbo 3.1, NumPy)

Each entry has the file's bytes and either the pixels (row-major RGB) or the error, bytes in base 64.
"""
import base64
import io
import json
import struct
import sys
import warnings
import zlib

import numpy as np
from PIL import Image

warnings.simplefilter("ignore")
random = np.random.RandomState(0)
entries = []


def add(name, data):
    entry = {"name": name, "file": base64.b64encode(data).decode()}
    try:
        image = Image.open(io.BytesIO(data)).convert("RGB")
        entry["height"], entry["width"] = image.height, image.width
        entry["pixels"] = base64.b64encode(image.tobytes()).decode()
    except Exception as error:
        entry["error"] = str(error)[:23]
    entries.append(entry)


# PNG


def png(width, height, depth, kind, raw, extra=(), interlaced=0):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, interlaced)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
    for name, content in extra:
        data += chunk(name, content)
    return data + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def rows(array, length):
    return b"".join(b"\0" + array.tobytes()[i : i + length] for i in range(0, array.nbytes, length))


def interlaced(pixels):
    """The seven passes of Adam7, of [height, width, bytes]."""
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    data = b""
    for y, x, down, right in passes:
        part = np.ascontiguousarray(pixels[y::down, x::right])
        if part.size:
            data += rows(part, part.shape[1] * part.shape[2])
    return data


height, width = 5, 9
samples = {channels: random.randint(0, 256, (height, width, channels), np.uint8) for channels in (1, 2, 3, 4)}
deep = {channels: random.randint(0, 65536, (height, width, channels)).astype(">u2") for channels in (1, 2, 3, 4)}
dark = random.randint(0, 512, (height, width, 1)).astype(">u2")
colors = [(b"PLTE", bytes(random.randint(0, 256, 48, np.uint8)))]
gamma = [(b"gAMA", struct.pack(">I", 100000))]
kinds = {1: 0, 2: 4, 3: 2, 4: 6}
for channels, kind in kinds.items():
    add(f"png {channels} channels", png(width, height, 8, kind, rows(samples[channels], width * channels)))
    add(f"png {channels} channels 16 bits", png(width, height, 16, kind, rows(deep[channels], width * channels * 2)))
    add(
        f"png {channels} channels interlaced",
        png(width, height, 8, kind, interlaced(samples[channels]), interlaced=1),
    )
    add(f"png {channels} channels gamma", png(width, height, 8, kind, rows(samples[channels], width * channels), gamma))
add("png dark grey 16 bits", png(width, height, 16, 0, rows(dark, width * 2)))
add("png dark grey 16 bits key", png(width, height, 16, 0, rows(dark, width * 2), [(b"tRNS", struct.pack(">H", 7))]))
for depth in (1, 2, 4):
    packed = random.randint(0, 256, (height, (width * depth + 7) // 8), np.uint8)
    add(f"png grey {depth} bits", png(width, height, depth, 0, rows(packed, packed.shape[1])))
    add(f"png palette {depth} bits", png(width, height, depth, 3, rows(packed, packed.shape[1]), colors))
index = random.randint(0, 16, (height, width), np.uint8)
add("png palette", png(width, height, 8, 3, rows(index, width), colors))
add("png palette alpha", png(width, height, 8, 3, rows(index, width), colors + [(b"tRNS", bytes(range(0, 160, 16)))]))
add("png palette short", png(width, height, 8, 3, rows(index, width), [(b"PLTE", colors[0][1][:24])]))
add("png grey key", png(width, height, 8, 0, rows(samples[1], width), [(b"tRNS", struct.pack(">H", int(samples[1][0, 0, 0])))]))
key = struct.pack(">3H", *(int(v) for v in samples[3][0, 0]))
add("png color key", png(width, height, 8, 2, rows(samples[3], width * 3), [(b"tRNS", key)]))
profile = b"x\0\0" + zlib.compress(b"no profile")
add("png profile", png(width, height, 8, 2, rows(samples[3], width * 3), [(b"iCCP", profile), (b"sRGB", b"\0")]))
whole = png(width, height, 8, 2, rows(samples[3], width * 3))
add("png without end", whole[:-12])

# JPEG

smooth = np.linspace(0, 255, 23 * 17 * 3).reshape(17, 23, 3)
picture = np.clip(smooth + random.normal(0, 20, smooth.shape), 0, 255).astype(np.uint8)


def jpeg(array, **options):
    file = io.BytesIO()
    Image.fromarray(array).save(file, "JPEG", **options)
    return file.getvalue()


def segments(data, marker):
    """Where a segment of a marker begins and ends."""
    start = data.index(bytes([0xFF, marker]))
    return start, start + 2 + struct.unpack(">H", data[start + 2 : start + 4])[0]


for subsampling in (0, 1, 2):
    add(f"jpeg subsampling {subsampling}", jpeg(picture, subsampling=subsampling))
    add(f"jpeg progressive {subsampling}", jpeg(picture, subsampling=subsampling, progressive=True))
add("jpeg grey", jpeg(picture[:, :, 0]))
add("jpeg low quality", jpeg(picture, quality=5))
add("jpeg red green blue", jpeg(picture, keep_rgb=True))
exif = Image.Exif()
exif[0x112] = 6
add("jpeg orientation", jpeg(picture, exif=exif))
restarts = jpeg(picture, restart_marker_blocks=1)
add("jpeg restarts", restarts)
place = restarts.index(b"\xff\xd1")
add("jpeg bytes before a restart", restarts[:place] + bytes(24) + restarts[place:])
add("jpeg bytes after the end", jpeg(picture) + b"thumbnail" * 4)
add("jpeg bytes between segments", (lambda d: d[:2] + b"\xff\xff\xff" + d[3:])(jpeg(picture)))

cyan = io.BytesIO()
Image.fromarray(np.concatenate([picture, picture[:, :, :1]], 2), "CMYK").save(cyan, "JPEG")
cyan = cyan.getvalue()
add("jpeg four channels", cyan)
start, end = segments(cyan, 0xEE)
add("jpeg four channels without Adobe", cyan[:start] + cyan[end:])
add("jpeg four channels YCCK", cyan[: end - 1] + b"\2" + cyan[end:])

plain = jpeg(picture)
for cut in (1, 2, 10, len(plain) // 2, len(plain) - 30):
    add(f"jpeg cut by {cut}", plain[: len(plain) - cut])
add("jpeg progressive cut", jpeg(picture, progressive=True)[:-40])
scan = segments(plain, 0xDA)[1]
add("jpeg damaged scan", plain[: scan + 20] + b"\x12\x34" + plain[scan + 22 :])

json.dump(entries, sys.stdout, indent=1)
print()
