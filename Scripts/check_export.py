"""Opens an adapted checkpoint with the libraries that others use, and merges its adapter with PEFT.

    python3 Scripts/check_export.py BASE ADAPTED

BASE is the checkpoint that was adapted, ADAPTED the folder that `bench train` wrote, with `adapter/` inside. Made for peft
0.11.1, transformers 4.40.1, safetensors and torch. Prints what it compared; exits with 1 where PEFT's merge and the written
weights differ by more than a rounding to bfloat16.
"""
import sys
from pathlib import Path

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import PretrainedConfig


def weights(folder):
    tensors = {}
    for file in sorted(Path(folder).glob("model*.safetensors")):
        tensors.update(load_file(file))
    return tensors


def module_tree(tensors):
    """Modules of the kinds that PEFT adapts under the checkpoint's names; what else it holds are plain parameters."""
    root = torch.nn.Module()
    for name, value in tensors.items():
        *path, last = name.split(".")
        parent = root
        for part in path[:-1]:
            if not hasattr(parent, part):
                parent.add_module(part, torch.nn.Module())
            parent = getattr(parent, part)
        if last == "weight" and value.dim() in (2, 4) and path[-1] != "embed_tokens":
            output, inner, *kernel = value.shape
            layer = (torch.nn.Conv2d(inner, output, kernel, stride=kernel, bias=False) if kernel
                     else torch.nn.Linear(inner, output, bias=False))
            layer.weight.data = value.float()
            parent.add_module(path[-1], layer)
    return root


def main(base_folder, adapted_folder):
    adapted_folder = Path(adapted_folder)
    config = PretrainedConfig.from_json_file(adapted_folder / "config.json")
    base, adapted = weights(base_folder), weights(adapted_folder)
    assert base.keys() == adapted.keys(), base.keys() ^ adapted.keys()

    model = PeftModel.from_pretrained(module_tree(base), adapted_folder / "adapter")
    stored = load_file(adapted_folder / "adapter" / "adapter_model.safetensors")
    loaded = {name.replace(".default", ""): value for name, value in model.state_dict().items() if "lora_" in name}
    assert loaded.keys() == stored.keys(), loaded.keys() ^ stored.keys()
    assert all(torch.equal(loaded[name], stored[name]) for name in stored)

    merged = model.merge_and_unload().state_dict()
    worst, changed = 0.0, 0
    for name, value in adapted.items():
        if name not in merged:
            assert torch.equal(value, base[name]), f"{name} has no factors and has changed"
            continue
        changed += not torch.equal(value, base[name])
        # Two bfloat16 roundings of nearly the same number lie at most one last place apart.
        worst = max(worst, ((value.float() - merged[name]).abs() / merged[name].abs().clamp_min(1e-6)).max().item())
    print(f"model_type {config.model_type}, {len(adapted)} tensors, {len(stored)} factors, {changed} weights changed; "
          f"PEFT's merge differs by at most {worst:.2e} of a weight")
    return 0 if worst <= 2**-8 * 1.01 else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
