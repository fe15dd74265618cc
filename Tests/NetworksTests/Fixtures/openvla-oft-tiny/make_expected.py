"""Writes this folder: what the published OpenVLA-OFT computes from the checkpoint in ../openvla-tiny.

    python make_expected.py OPENVLA_OFT

OPENVLA_OFT is a clone of github.com/moojink/openvla-oft (213c5ff8); torch, timm 0.9.16, transformers 4.40.1,
safetensors and Pillow are needed beside it. See README.md.
"""

import json
import sys
import types
from pathlib import Path

import numpy as np
import timm
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from transformers.models.llama.modeling_llama import LlamaModel

HERE = Path(__file__).resolve().parent
BASE = HERE.parent / "openvla-tiny"
SEED = 20250219
STEPS = 100
KEY = "tabletop_orig"
PROPRIOCEPTION = [0.42, -0.11, 0.35, 2.9, 0.3, -0.2, 0.031, -0.07]


def import_published(root):
    """The clone's modules without its packages' __init__ files, which import TensorFlow."""
    sys.argv = ["libero"]  # the published constants depend on the command line
    for name in ["prismatic", "prismatic.extern", "prismatic.extern.hf", "prismatic.models", "prismatic.training",
                 "prismatic.vla"]:
        package = types.ModuleType(name)
        package.__path__ = [str(root / name.replace(".", "/"))]
        sys.modules[name] = package
    schedulers = types.ModuleType("diffusers.schedulers.scheduling_ddim")
    schedulers.DDIMScheduler = None  # of the diffusion head, which is not made here
    sys.modules.setdefault("diffusers.schedulers.scheduling_ddim", schedulers)


def shrink_vision(weights, overrides):
    """Lets timm build the models that the configuration names with the sizes that the weights have."""
    create = timm.create_model
    names = iter(["featurizer", "fused_featurizer"])

    def create_tiny(model_id, **options):
        name = next(names)
        prefix = f"vision_backbone.{name}."
        width = weights[prefix + "patch_embed.proj.weight"].shape[0]
        hidden = weights[prefix + "blocks.0.mlp.fc1.weight"].shape[0]
        depth = len({key[len(prefix):].split(".")[1] for key in weights if key.startswith(prefix + "blocks.")})
        heads = overrides[0 if name == "featurizer" else 1]["num_heads"]
        return create(model_id, embed_dim=width, depth=depth, num_heads=heads, mlp_ratio=(hidden + 0.5) / width,
                      **options)

    timm.create_model = create_tiny


def randomized(module, generator):
    """Every parameter drawn, norms too, so that none is left out of the comparison."""
    for name, value in module.state_dict().items():
        noise = torch.randn(value.shape, generator=generator)
        is_norm = value.dim() == 1 and name.endswith("weight")
        value.copy_(1 + 0.3 * noise if is_norm else noise * (1.6 / value.shape[-1] ** 0.5 if value.dim() > 1 else 0.2))
    return module.eval()


def pixel_values(path, preprocessor):
    image = Image.open(path).convert("RGB")
    if image.size != (224, 224):
        image = image.resize((224, 224), Image.BICUBIC)
    pixels = torch.from_numpy(np.array(image)).permute(2, 0, 1).float() / 255
    parts = []
    for mean, std in zip(preprocessor["means"], preprocessor["stds"]):
        mean, std = torch.tensor(mean), torch.tensor(std)
        parts.append((pixels - mean[:, None, None]) / std[:, None, None])
    return torch.cat(parts)


def main():
    root = Path(sys.argv[1]).resolve()
    import_published(root)
    from prismatic.extern.hf.configuration_prismatic import OpenVLAConfig
    from prismatic.extern.hf.modeling_prismatic import OpenVLAForActionPrediction
    from prismatic.models.action_heads import L1RegressionActionHead
    from prismatic.models.projectors import ProprioProjector

    # The forked transformers that the paper's checkpoints need attends in both directions: no mask at all.
    LlamaModel._update_causal_mask = lambda self, *arguments, **options: None

    weights = {}
    for shard in sorted(BASE.glob("model-*.safetensors")):
        weights.update(load_file(shard))
    settings = json.loads((BASE / "config.json").read_text())
    shrink_vision(weights, settings["vision_overrides"])
    config = OpenVLAConfig(**settings)
    config._attn_implementation = "eager"
    model = OpenVLAForActionPrediction(config).eval()
    model.load_state_dict({name: value.float() for name, value in weights.items()})

    generator = torch.Generator().manual_seed(SEED)
    width = settings["text_config"]["hidden_size"]
    head = randomized(L1RegressionActionHead(input_dim=width, hidden_dim=width, action_dim=7), generator)
    projector = randomized(ProprioProjector(llm_dim=width, proprio_dim=len(PROPRIOCEPTION)), generator)
    # One as distributed training saves it, one without; one in bfloat16.
    torch.save({f"module.{name}": value for name, value in head.state_dict().items()},
               HERE / f"action_head--{STEPS}_checkpoint.pt")
    projector = projector.to(torch.bfloat16)
    torch.save(projector.state_dict(), HERE / f"proprio_projector--{STEPS}_checkpoint.pt")
    projector = projector.float()

    spread = torch.rand(2, len(PROPRIOCEPTION), generator=generator)
    low, high = (-0.2 - spread[0]).tolist(), (0.3 + spread[1]).tolist()
    statistics = settings["norm_stats"]
    statistics[KEY]["proprio"] = {
        "mean": [0.0] * 8, "std": [1.0] * 8, "min": [x - 1 for x in low], "max": [x + 1 for x in high],
        "q01": low, "q99": high}
    model.norm_stats = statistics
    (HERE / "dataset_statistics.json").write_text(json.dumps(statistics, indent=1) + "\n")
    low, high = np.array(low), np.array(high)
    state = np.clip(2 * (np.array(PROPRIOCEPTION) - low) / (high - low + 1e-8) - 1, -1, 1)

    with safe_open(BASE / "expected.safetensors", "pt") as stored:
        first, prompt = stored.get_tensor("pixel_values_0").float(), stored.get_tensor("input_ids_0")
        features = stored.get_tensor("patch_features_0").float()
    # The base checkpoint's own reference: the shrunken vision transformers are the published ones.
    with torch.inference_mode():
        difference = (model.vision_backbone(first[None])[0] - features).abs().max()
    assert difference < 1e-4 * features.abs().max(), difference
    logits = []
    model.language_model.register_forward_hook(lambda _, __, output: logits.append(output.logits))

    @torch.no_grad()
    def predicted(images, prompt, has_head, has_state):
        model.vision_backbone.set_num_images_in_input(len(images))
        prompt = torch.as_tensor(prompt).long().reshape(1, -1)
        options = {"proprio": state, "proprio_projector": projector} if has_state else {}
        return model.predict_action(
            input_ids=prompt, unnorm_key=KEY, action_head=head if has_head else None,
            pixel_values=torch.cat(images)[None], attention_mask=torch.ones_like(prompt), **options)

    expected, margin = {"proprioception": torch.tensor(PROPRIOCEPTION, dtype=torch.float64),
                        "normalized_proprioception": torch.from_numpy(state)}, float("inf")
    for count, has_state, has_head in np.ndindex(2, 2, 2):
        # The second image is the first one's negative, which needs no file.
        images = [first, -first][: count + 1]
        actions, hidden = predicted(images, prompt, has_head, has_state)
        name = f"images_{count + 1}.{'state' if has_state else 'stateless'}"
        expected[f"{name}.hidden"] = hidden[0].contiguous()
        if has_head:
            normalized = head.predict_action(hidden)[0].detach()
            assert np.allclose(model._unnormalize_actions(normalized.numpy(), KEY), actions)
            expected[f"{name}.l1.normalized"] = normalized
        else:
            start = logits[-1].shape[1] - 2 - hidden.shape[1]
            chosen = logits[-1][0, start:start + hidden.shape[1]]
            expected[f"{name}.token_ids"] = chosen.argmax(-1)
            top = chosen.topk(2).values
            margin = min(margin, (top[:, 0] - top[:, 1]).min().item())
    save_file(expected, HERE / "expected.safetensors")

    preprocessor = json.loads((BASE / "preprocessor_config.json").read_text())
    prompt = [1, 512, 1724, 3158, 881, 278, 19964, 2125, 29973, 13, 3744, 29901]
    examples = []
    for names, has_state, has_head in [(["image_1.png"], False, True), (["image_1.png", "image_2.png"], True, True),
                                       (["image_2.png"], False, False)]:
        images = [pixel_values(BASE / name, preprocessor) for name in names]
        actions, _ = predicted(images, prompt, has_head, has_state)
        examples.append({
            "images": names, "input_ids": ",".join(map(str, prompt)),
            "proprioception": PROPRIOCEPTION if has_state else None, "has_head": has_head,
            "actions": actions.tolist()})
    (HERE / "actions.json").write_text(json.dumps(examples, indent=1) + "\n")
    print(f"smallest margin between the first and the second logit: {margin:.3g}")


if __name__ == "__main__":
    main()
