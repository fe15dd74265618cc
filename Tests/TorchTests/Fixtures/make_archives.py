"""Writes state.pt and state-4.pt, which TorchArchiveTests reads: python make_archives.py (PyTorch; no randomness)."""

from collections import OrderedDict
from pathlib import Path

import torch

here = Path(__file__).resolve().parent
numbers = torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4
shared = torch.arange(10, dtype=torch.float64)
state = OrderedDict(
    [(f"kinds.{str(dtype).removeprefix('torch.')}", numbers.to(dtype))
     for dtype in [torch.float32, torch.float64, torch.bfloat16, torch.float16, torch.int64, torch.int32, torch.int16,
                   torch.int8, torch.uint8, torch.bool]])
state["shared.head"] = shared[:4]
state["shared.tail"] = shared[4:].reshape(3, 2)
state["scalar"] = torch.tensor(-7)
state["empty"] = torch.zeros(0, 3)
state["parameter"] = torch.nn.Parameter(numbers[0])
state._metadata = {"": {"version": 1}}
torch.save(state, here / "state.pt")
torch.save(dict(state), here / "state-4.pt", pickle_protocol=4)
torch.save({"across": numbers.t()}, here / "across.pt")
