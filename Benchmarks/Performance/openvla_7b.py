#!/usr/bin/env python3
"""OpenVLA at its published size, random weights: PyTorch eager beside Trestle on the same machine.

    pip install torch timm==0.9.16 transformers==4.40.1 safetensors
    swift build --product performance
    python3 Benchmarks/Performance/openvla_7b.py make /tmp/openvla-7b      # 15 GB, as the published checkpoint is laid out
    python3 Benchmarks/Performance/openvla_7b.py compare /tmp/openvla-7b   # a Markdown table

The weights are a block of normal numbers, tiled: what a product costs does not depend on what it multiplies. PyTorch runs
timm's vision transformers and transformers' Llama in bfloat16 as the published code puts them together: both towers up to the
second-to-last block, the projector, one pass over the prompt, six cached steps.
"""

import json
import pathlib
import resource
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOWERS = ["vit_large_patch14_reg4_dinov2.lvd142m", "vit_so400m_patch14_siglip_224"]
WIDTH, FEATURES, TOKENS = 4096, 1024 + 1152, 7
# "In: What action should the robot take to put the carrot on the plate?\nOut:" has about as many tokens.
PROMPT = [1, 512, 29901, 1724, 3158, 881, 278, 19964, 2125, 304, 1925, 278, 1559, 5450, 373, 278, 12580, 29973, 13, 3744, 29901, 29871]


def network():
    """The published model's parts, without memory behind their parameters."""
    import functools

    import timm
    import torch
    import transformers

    # timm asks for its stochastic depths' values, which a tensor without memory can't tell.
    torch.linspace = functools.partial(torch.linspace, device="cpu")
    with torch.device("meta"):
        return made(timm, torch, transformers)


def made(timm, torch, transformers):
    towers = [timm.create_model(name, pretrained=False, num_classes=0, img_size=224) for name in TOWERS]
    projector = torch.nn.ModuleDict({
        "fc1": torch.nn.Linear(FEATURES, 4 * FEATURES),
        "fc2": torch.nn.Linear(4 * FEATURES, WIDTH),
        "fc3": torch.nn.Linear(WIDTH, WIDTH),
    })
    llama = transformers.LlamaForCausalLM(transformers.LlamaConfig(vocab_size=32064, pad_token_id=32000))
    return towers, projector, llama


def parts(towers, projector, llama):
    return [
        ("vision_backbone.featurizer.", towers[0]), ("vision_backbone.fused_featurizer.", towers[1]),
        ("projector.", projector), ("language_model.", llama),
    ]


def stored_name(prefix: str, name: str) -> str:
    """LayerScale's `gamma` is stored as `scale_factor`, as the published conversion does."""
    return prefix + (name[: -len("gamma")] + "scale_factor" if name.endswith(".gamma") else name)


def make(folder: pathlib.Path) -> None:
    import safetensors.torch
    import torch

    folder.mkdir(parents=True, exist_ok=True)
    shapes = {
        stored_name(prefix, name): tuple(value.shape)
        for prefix, module in parts(*network()) for name, value in module.named_parameters()
    }
    generator = torch.Generator().manual_seed(0)
    block = (torch.randn(1 << 22, generator=generator) * 0.02).to(torch.bfloat16)

    def values(name, shape):
        count = torch.Size(shape).numel()
        if name.endswith(("norm.weight", "norm1.weight", "norm2.weight", "layernorm.weight", "scale_factor")):
            return torch.ones(shape, dtype=torch.bfloat16)
        return block.repeat(-(-count // block.numel()))[:count].reshape(shape)

    shards, size, limit = [[]], 0, 6_900_000_000
    for name, shape in shapes.items():
        bytes_ = 2 * torch.Size(shape).numel()
        if size + bytes_ > limit:
            shards.append([])
            size = 0
        shards[-1].append(name)
        size += bytes_
    index = {}
    for number, names in enumerate(shards, 1):
        file = f"model-{number:05}-of-{len(shards):05}.safetensors"
        tensors = {name: values(name, shapes[name]) for name in names}
        safetensors.torch.save_file(tensors, folder / file, metadata={"format": "pt"})
        index.update({name: file for name in names})
    count = sum(torch.Size(shape).numel() for shape in shapes.values())
    (folder / "model.safetensors.index.json").write_text(
        json.dumps({"metadata": {"total_size": 2 * count}, "weight_map": index}))
    low, high = [-0.03] * 6 + [0], [0.03] * 6 + [1]
    statistics = {
        "action": {
            "mean": [0] * 7, "std": [1] * 7, "min": low, "max": high, "q01": low, "q99": high,
            "mask": [True] * 6 + [False],
        },
        "num_transitions": 1, "num_trajectories": 1,
    }
    (folder / "config.json").write_text(json.dumps({
        "model_type": "openvla", "arch_specifier": "no-align+fused-gelu-mlp", "image_sizes": [224, 224],
        "timm_model_ids": TOWERS, "timm_override_act_layers": [None, None], "use_fused_vision_backbone": True,
        "image_resize_strategy": "resize-naive", "llm_max_length": 2048, "pad_token_id": 32000, "pad_to_multiple_of": 64,
        "n_action_bins": 256, "norm_stats": {"bridge_orig": statistics}, "torch_dtype": "bfloat16",
        "text_config": {"model_type": "llama", "vocab_size": 32064, "pad_token_id": 32000, "torch_dtype": "bfloat16"},
    }))
    print(f"{len(shapes)} tensors, {count:,} parameters, {2 * count:,} bytes")


def peak_gigabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def act(folder: pathlib.Path, repeats: int) -> None:
    """PyTorch eager: loads the folder and acts; prints one JSON object."""
    import safetensors
    import torch

    torch.set_grad_enabled(False)
    start = time.perf_counter()
    model = parts(*network())
    places = json.loads((folder / "model.safetensors.index.json").read_text())["weight_map"]
    files = {name: safetensors.safe_open(folder / name, "pt") for name in set(places.values())}
    for prefix, module in model:
        state = {
            name: files[places[stored_name(prefix, name)]].get_tensor(stored_name(prefix, name))
            for name, _ in module.named_parameters()
        }
        module.load_state_dict(state, strict=False, assign=True)
    (_, dino), (_, siglip), (_, projector), (_, llama) = model
    # Buffers that no checkpoint holds were made without values.
    for layer in llama.model.layers:
        rotary = layer.self_attn.rotary_emb
        rotary.inv_freq = 1.0 / (rotary.base ** (torch.arange(0, rotary.dim, 2).float() / rotary.dim))
    for module in (dino, siglip, llama):
        module.eval()
    load = time.perf_counter() - start

    def decide() -> list:
        pixels = torch.zeros(1, 6, 224, 224, dtype=torch.bfloat16)
        features = torch.cat([
            tower.get_intermediate_layers(image, n={len(tower.blocks) - 2})[0]
            for tower, image in ((dino, pixels[:, :3]), (siglip, pixels[:, 3:]))
        ], dim=2)
        gelu = torch.nn.functional.gelu
        patches = projector["fc3"](gelu(projector["fc2"](gelu(projector["fc1"](features)))))
        text = llama.model.embed_tokens(torch.tensor([PROMPT]))
        embeddings = torch.cat([text[:, :1], patches, text[:, 1:]], dim=1)
        answer = llama(inputs_embeds=embeddings, use_cache=True)
        tokens = [int(answer.logits[0, -1].argmax())]
        while len(tokens) < TOKENS:
            answer = llama(
                input_ids=torch.tensor([tokens[-1:]]), past_key_values=answer.past_key_values, use_cache=True)
            tokens.append(int(answer.logits[0, -1].argmax()))
        return tokens

    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        tokens = decide()
        seconds.append(time.perf_counter() - start)
    print(json.dumps({
        "version": torch.__version__, "load": load, "first": seconds[0], "action": min(seconds), "tokens": tokens,
        "peak_gb": peak_gigabytes()}))


def compare(folder: pathlib.Path, repeats: int) -> None:
    program = ROOT / ".build/debug/performance"
    if not program.exists():
        sys.exit(f"{program}: build it first with swift build --product performance")

    def measured(command) -> dict:
        return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])

    theirs = measured([sys.executable, __file__, "act", folder, str(repeats)])
    rows = [(f"PyTorch {theirs['version']} eager, bfloat16", theirs)]
    ids = ",".join(map(str, PROMPT))
    for kept in ["bfloat16", "int8", "int4"]:
        rows.append((f"Trestle, {kept}", measured([program, "act", folder, kept, ids, str(repeats)])))
    print("| what | load [s] | first action [s] | action [s] | beside PyTorch | peak memory [GB] |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, row in rows:
        print(
            f"| {name} | {row['load']:.1f} | {row['first']:.1f} | {row['action']:.1f} "
            f"| {theirs['action'] / row['action']:.2f}× | {row['peak_gb']:.1f} |")
    print(f"\ntokens: {', '.join(name + ' ' + str(row['tokens']) for name, row in rows)}")


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in ("make", "act", "compare"):
        sys.exit(__doc__)
    target = pathlib.Path(sys.argv[2])
    count = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    if sys.argv[1] == "make":
        make(target)
    elif sys.argv[1] == "act":
        act(target, count)
    else:
        compare(target, count)
