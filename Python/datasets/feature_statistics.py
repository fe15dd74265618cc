"""Statistics of features as LeRobot keeps them: of numbers per column, of images per channel in [0, 1]."""

import io

import numpy
from PIL import Image

QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}


def of_rows(rows):
    """`rows`: [frames, columns]."""
    rows = numpy.asarray(rows, dtype=numpy.float64)
    result = {
        "min": rows.min(axis=0),
        "max": rows.max(axis=0),
        "mean": rows.mean(axis=0),
        "std": rows.std(axis=0),
        "count": numpy.array([len(rows)]),
    }
    for name, fraction in QUANTILES.items():
        result[name] = numpy.quantile(rows, fraction, axis=0)
    return result


def of_images(pngs, limit=16):
    """Of at most `limit` evenly spaced pictures; shapes are (3, 1, 1)."""
    step = max(1, len(pngs) // limit)
    pixels = [numpy.asarray(Image.open(io.BytesIO(png)).convert("RGB"))[::4, ::4] for png in pngs[::step]]
    rows = numpy.concatenate([p.reshape(-1, 3) for p in pixels]) / 255.0
    result = {name: value.reshape(3, 1, 1) for name, value in of_rows(rows).items() if name != "count"}
    result["count"] = numpy.array([len(pixels)])
    return result


def together(parts):
    """Statistics of all from statistics of each part.

    Extremes, means and deviations are exact; quantiles are means weighted by count, as LeRobot's own aggregation
    makes them.
    """
    counts = numpy.array([float(part["count"][0]) for part in parts])
    weights = counts / counts.sum()

    def mean(name):
        return sum(w * numpy.asarray(part[name]) for w, part in zip(weights, parts))

    total_mean = mean("mean")
    variance = sum(
        w * (numpy.asarray(part["std"]) ** 2 + (numpy.asarray(part["mean"]) - total_mean) ** 2)
        for w, part in zip(weights, parts)
    )
    result = {
        "min": numpy.min([part["min"] for part in parts], axis=0),
        "max": numpy.max([part["max"] for part in parts], axis=0),
        "mean": total_mean,
        "std": numpy.sqrt(variance),
        "count": numpy.array([int(counts.sum())]),
    }
    for name in QUANTILES:
        result[name] = mean(name)
    return result


def plain(value):
    """NumPy arrays as lists, for JSON and Parquet."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, numpy.ndarray) else value
