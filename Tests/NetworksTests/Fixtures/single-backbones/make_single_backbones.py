"""Writes tiny OpenVLA checkpoints with one vision transformer each, and what PyTorch computes from them.

Made with timm 0.9.16, transformers 4.40.1, peft 0.11.1 (CPU): python3 make_single_backbones.py

The transformers are timm's own, under the ids that Prismatic gives them, with small sizes; the feature is
`get_intermediate_layers` at the second block from the end, as Prismatic takes it. The adapter is PEFT's `all-linear`.
"""
import json
import pathlib

import timm
import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from timm.models.vision_transformer import LayerScale
from transformers import LlamaConfig, LlamaForCausalLM, PretrainedConfig, PreTrainedModel

WIDTH, DEPTH, HEADS, PATCH, VOCABULARY = 16, 3, 2, 4, 40
# Folder, timm id, overridden activation, image side: the second leaves a margin, as 384 pixels do in patches of 14.
VARIANTS = [
    ("clip", "vit_large_patch14_clip_224.openai", "quick_gelu", 12),
    ("siglip", "vit_so400m_patch14_siglip_384", None, 14),
    ("dinov2", "vit_large_patch14_reg4_dinov2.lvd142m", None, 12),
]
TEXT = [1, 7, 30, 12, 5, 21]
LABELS = [-100, -100, -100, 12, 5, 21]


class Backbone(torch.nn.Module):
    def __init__(self, model_id, activation, side):
        super().__init__()
        self.featurizer = timm.create_model(
            model_id, pretrained=False, num_classes=0, img_size=side, patch_size=PATCH, embed_dim=WIDTH,
            depth=DEPTH, num_heads=HEADS, act_layer=activation)
        for module in self.featurizer.modules():
            if isinstance(module, LayerScale):
                module.register_parameter("scale_factor", module.gamma)
                del module.gamma
                module.forward = lambda x, module=module: x * module.scale_factor

    def forward(self, pixels):
        return self.featurizer.get_intermediate_layers(pixels, n={DEPTH - 2})[0]


class Projector(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.fc1, self.fc2 = torch.nn.Linear(WIDTH, WIDTH), torch.nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        return self.fc2(torch.nn.functional.gelu(self.fc1(x)))


class Model(PreTrainedModel):
    config_class = PretrainedConfig

    def __init__(self, config, backbone, text_config):
        super().__init__(config)
        self.vision_backbone, self.projector = backbone, Projector()
        self.language_model = LlamaForCausalLM(text_config)

    def get_input_embeddings(self):
        return self.language_model.get_input_embeddings()

    def get_output_embeddings(self):
        return self.language_model.get_output_embeddings()

    def forward(self, pixels, tokens, labels=None):
        text = self.language_model.get_input_embeddings()(tokens)
        patches = self.projector(self.vision_backbone(pixels))
        if labels is not None:
            gap = torch.full(patches.shape[:2], -100)
            labels = torch.cat([labels[:, :1], gap, labels[:, 1:]], 1)
        sequence = torch.cat([text[:, :1], patches, text[:, 1:]], 1)
        return self.language_model(inputs_embeds=sequence, labels=labels)


def randomize(module):
    """Every parameter away from its special starting value, and exact in bfloat16."""
    for name, parameter in module.named_parameters():
        center = 1.0 if parameter.dim() == 1 and name.endswith("weight") else 0.0
        spread = 0.3 if parameter.dim() == 1 else 0.25
        values = center + spread * torch.randn_like(parameter)
        parameter.data = values.bfloat16().float()


def write(folder, model_id, activation, side):
    folder.mkdir(exist_ok=True)
    text_config = LlamaConfig(
        vocab_size=VOCABULARY, hidden_size=WIDTH, intermediate_size=32, num_hidden_layers=1,
        num_attention_heads=2, max_position_embeddings=64)
    model = Model(PretrainedConfig(), Backbone(model_id, activation, side), text_config).eval()
    randomize(model)
    stored = {name: value.bfloat16().contiguous() for name, value in model.state_dict().items()}
    save_file(stored, folder / "model.safetensors", metadata={"format": "pt"})
    config = {
        "model_type": "openvla", "arch_specifier": "no-align+gelu-mlp", "use_fused_vision_backbone": False,
        "image_sizes": [side], "timm_model_ids": [model_id], "timm_override_act_layers": [activation],
        "vision_overrides": [{"num_heads": HEADS}], "pad_token_id": 0,
        "text_config": {
            "model_type": "llama", "vocab_size": VOCABULARY, "hidden_size": WIDTH, "intermediate_size": 32,
            "num_hidden_layers": 1, "num_attention_heads": 2, "max_position_embeddings": 64},
    }
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")

    pixels, tokens, labels = torch.randn(1, 3, side, side), torch.tensor([TEXT]), torch.tensor([LABELS])
    with torch.no_grad():
        features = model.vision_backbone(pixels)
        logits = model(pixels, tokens).logits[0, -1]
    expected = {"pixel_values": pixels, "input_ids": tokens, "labels": labels,
                "patch_features": features[0].contiguous(), "last_logits": logits.contiguous()}
    if folder.name == "clip":
        add_adapter(model, folder / "lora", pixels, tokens, labels, expected)
    save_file(expected, folder / "expected.safetensors")


def add_adapter(model, folder, pixels, tokens, labels, expected):
    config = LoraConfig(r=2, lora_alpha=3, target_modules="all-linear", init_lora_weights="gaussian")
    adapted = get_peft_model(model, config)
    for name, parameter in adapted.named_parameters():
        if "lora_" in name:
            parameter.data = (0.3 * torch.randn_like(parameter)).bfloat16().float()
    output = adapted(pixels, tokens, labels=labels)
    output.loss.backward()
    expected["lora_loss"] = output.loss.detach()
    expected["lora_last_logits"] = output.logits[0, -1].detach().contiguous()
    for name, parameter in adapted.named_parameters():
        if parameter.grad is not None:
            expected["gradient." + name.replace(".default", "")] = parameter.grad
    adapted.save_pretrained(folder)
    (folder / "README.md").unlink(missing_ok=True)


torch.manual_seed(20251125)
for name, *variant in VARIANTS:
    write(pathlib.Path(__file__).parent / name, *variant)
