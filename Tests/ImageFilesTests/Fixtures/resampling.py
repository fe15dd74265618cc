"""Writes resampling.json: small pictures, and what Pillow and TensorFlow make of them.

pip install numpy pillow tensorflow-cpu; python resampling.py
"""

import json
import os

import numpy as np
import PIL
import tensorflow as tf
from PIL import Image

FILTERS = {
    "bilinear": Image.Resampling.BILINEAR,
    "bicubic": Image.Resampling.BICUBIC,
    "lanczos3": Image.Resampling.LANCZOS,
}
random = np.random.default_rng(0)


def picture(height, width):
    """Noise with full black and white, whose overshoot must be clipped."""
    pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    pixels[: height // 3, : width // 3] = 0
    pixels[height // 2 :, width // 2 :] = 255
    return pixels


def lanczos(pixels, height, width):
    """`resize_image` of the published evaluation scripts, without its JPEG step."""
    resized = tf.image.resize(pixels, (height, width), method="lanczos3", antialias=True)
    return tf.cast(tf.clip_by_value(tf.round(resized), 0, 255), tf.uint8).numpy()


def center_crop(pixels, area):
    """`crop_and_resize` of the published evaluation scripts, at the picture's own size."""
    values = tf.image.convert_image_dtype(pixels, tf.float32)[None]
    side = tf.clip_by_value(tf.sqrt(area), 0, 1)
    start = (1 - side) / 2
    box = tf.stack([start, start, start + side, start + side])[None]
    cropped = tf.image.crop_and_resize(values, box, [0], pixels.shape[:2])[0]
    cropped = tf.clip_by_value(cropped, 0, 1)
    return tf.image.convert_image_dtype(cropped, tf.uint8, saturate=True).numpy()


def entry(pixels):
    return {"height": pixels.shape[0], "width": pixels.shape[1], "pixels": pixels.flatten().tolist()}


cases = []
for height, width, new_height, new_width in [
    (13, 17, 5, 7), (6, 5, 14, 11), (9, 12, 9, 4), (30, 8, 7, 8), (3, 40, 3, 3)]:
    pixels = picture(height, width)
    for name, filter in FILTERS.items():
        resized = np.asarray(Image.fromarray(pixels).resize((new_width, new_height), filter))
        cases.append({"kind": "pillow", "filter": name, "input": entry(pixels), "output": entry(resized)})
    cases.append({"kind": "tensorflow", "input": entry(pixels),
                  "output": entry(lanczos(pixels, new_height, new_width))})
for height, width in [(10, 10), (24, 24), (7, 12)]:
    pixels = picture(height, width)
    cases.append({"kind": "crop", "input": entry(pixels),
                  "output": entry(center_crop(pixels, 0.9))})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "resampling.json")
with open(path, "w") as file:
    json.dump({"made_with": f"Pillow {PIL.__version__}, TensorFlow {tf.__version__}", "cases": cases}, file,
              separators=(",", ":"))
