"""Writes augmentation.json: small pictures, and what TensorFlow's image operations make of them.

pip install numpy tensorflow-cpu; python augmentation.py
"""

import json
import os

import numpy as np
import tensorflow as tf

random = np.random.default_rng(0)


def picture(height, width):
    """Noise with grey, black and white, which have no hue, and full colours."""
    pixels = random.integers(0, 256, (height, width, 3), dtype=np.uint8)
    pixels[: height // 3, : width // 3] = 0
    pixels[height // 2 :, width // 2 :] = 255
    pixels[height // 3 : height // 2, : width // 4] = 90
    pixels[-2:, :2] = [[255, 0, 0], [0, 0, 255]]
    return pixels


def augmented(pixels, left, top, side, brightness, contrast, saturation, hue):
    """The operations of OpenVLA's loader in its order, with these amounts in place of random ones."""
    values = tf.image.convert_image_dtype(pixels, tf.float32)
    box = tf.constant([[top, left, top + side, left + side]], tf.float32)
    values = tf.image.crop_and_resize(values[None], box, [0], pixels.shape[:2])[0]
    values = tf.clip_by_value(values, 0, 1)
    for change in [
        lambda x: tf.image.adjust_brightness(x, brightness),
        lambda x: tf.image.adjust_contrast(x, contrast),
        lambda x: tf.image.adjust_saturation(x, saturation),
        lambda x: tf.image.adjust_hue(x, hue),
    ]:
        values = tf.clip_by_value(change(values), 0, 1)
    return tf.image.convert_image_dtype(values, tf.uint8, saturate=True).numpy()


side = 0.9**0.5
cases = []
for height, width, amounts in [
    (12, 12, (0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.0)),
    (16, 16, (0.05, 0.0, side, 0.2, 1.0, 1.0, 0.0)),
    (16, 12, (0.0, 0.05, side, -0.2, 1.2, 1.0, 0.0)),
    (12, 16, (0.02, 0.03, side, 0.0, 0.8, 1.2, 0.0)),
    (14, 14, (0.01, 0.04, side, 0.1, 1.1, 0.8, 0.05)),
    (14, 14, (0.025, 0.025, side, -0.1, 0.9, 1.2, -0.05)),
    (10, 10, (0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.05)),
]:
    pixels = picture(height, width)
    cases.append({
        "amounts": amounts, "height": height, "width": width, "input": pixels.flatten().tolist(),
        "output": augmented(pixels, *amounts).flatten().tolist()})

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "augmentation.json")
with open(path, "w") as file:
    json.dump({"made_with": f"TensorFlow {tf.__version__}", "cases": cases}, file, separators=(",", ":"))
