#!/usr/bin/env python3
"""PyTorch eager on the shapes of `performance device`: one JSON object a line, as that prints them.

    python3 Benchmarks/Performance/device_peer.py [--dry] [ROOT]

The networks are those of small_openvla.py; at the published size they are given random weights on the device.
"""
import json
import pathlib
import statistics
import sys
import time

import torch
import torch.nn.functional as F

from small_openvla import Backbone, Llama, Projector, SmallOpenVLA, joined

DRY = "--dry" in sys.argv
DEVICE = "cpu" if DRY else "cuda"
ROOT = next((a for a in sys.argv[1:] if not a.startswith("--")), str(pathlib.Path(__file__).resolve().parents[2]))


def report(what, value, unit, note=None):
    print(json.dumps({"what": what, "value": value, "unit": unit, "note": note}), flush=True)


def synchronize():
    if not DRY:
        torch.cuda.synchronize()


def rate(units, work):
    for _ in range(1 if DRY else 3):
        work()
    synchronize()
    times, start = [], time.perf_counter()
    while len(times) < (2 if DRY else 8) or time.perf_counter() - start < (0 if DRY else 2):
        begin = time.perf_counter()
        work()
        synchronize()
        times.append(time.perf_counter() - begin)
    return units / statistics.median(times)


class Published(SmallOpenVLA):
    """The published sizes, without the five prefix tokens of DINOv2."""

    def __init__(self):
        torch.nn.Module.__init__(self)
        if DRY:
            sizes = [(16, 2, 2, 32)] * 2
            t = {"hidden_size": 32, "intermediate_size": 32, "num_attention_heads": 2, "num_hidden_layers": 2}
            side, patch, vocabulary = 32, 8, 600
        else:
            sizes = [(1024, 24, 16, 4096), (1152, 27, 16, 4304)]
            t = {"hidden_size": 4096, "intermediate_size": 11008, "num_attention_heads": 32, "num_hidden_layers": 32}
            side, patch, vocabulary = 224, 14, 32064
        t.update(num_key_value_heads=t["num_attention_heads"], rms_norm_eps=1e-6, rope_theta=10000,
                 max_position_embeddings=2048, vocab_size=vocabulary, bos_token_id=1)
        vision = [{"width": w, "feature_block": d - 2, "heads": h, "mlp_width": m, "image_size": side, "patch": patch}
                  for w, d, h, m in sizes]
        self.config = {"text_config": t}
        with torch.device(DEVICE):
            torch.set_default_dtype(torch.float32 if DRY else torch.bfloat16)
            self.vision_backbone = Backbone(vision)
            self.projector = Projector(sum(v["width"] for v in vision), t["hidden_size"])
            self.language_model = Llama(t)
            torch.set_default_dtype(torch.float32)
        self.patches, self.side = (side // patch) ** 2, side
        self.allowed, self.choices = [(0, vocabulary)] * 7, ["likeliest"] * 7
        self.register_buffer("scale", torch.full((2, 1, 3, 1, 1), 1 / 127.5, device=DEVICE), persistent=False)
        self.register_buffer("shift", torch.full((2, 1, 3, 1, 1), -1.0, device=DEVICE), persistent=False)

    @torch.inference_mode()
    def chunk(self, images, prompt, slots=56):
        """One pass in which every token sees every other; a token for each slot."""
        lm, m = self.language_model, self.language_model.model
        ids = torch.tensor([prompt])
        prefix = self.prefix(self.vision_backbone(self.pixel_values(images)))
        zeros = prefix.new_zeros(1, slots, prefix.shape[2])
        x = torch.cat([prefix, m.embed_tokens(ids), zeros, m.embed_tokens(torch.tensor([[2]]))], 1)
        n = x.shape[1]
        cos, sin = lm.cos[:n].to(x.dtype), lm.sin[:n].to(x.dtype)
        for layer in m.layers:
            q, k, v = layer.heads(x, cos, sin)
            x = layer.finish(x, joined(F.scaled_dot_product_attention(q, k, v)))
        return lm.lm_head(m.norm(x[:, -slots - 2:-2])).argmax(-1)


def random_images(count, side):
    return torch.randint(0, 256, (count, side, side, 3), dtype=torch.uint8)


def small():
    prompt = [5 + i * 7 for i in range(20)]
    for name, dtype in (("float32", torch.float32), ("bfloat16", torch.bfloat16)):
        net = SmallOpenVLA(f"{ROOT}/Checkpoints/openvla").eval()
        scale, shift = net.scale, net.shift
        net = net.to(dtype)
        net.scale, net.shift = scale, shift
        for batch in (1, 2 if DRY else 32):
            images = random_images(batch, 224)
            report(f"small {name}, batch {batch}",
                   rate(batch, lambda: net.act(images, [prompt] * batch, pad=False).tolist()), "actions/s")


def published():
    net = Published().eval()
    images = random_images(1, net.side)
    prompt = [5 + i * 7 for i in range(21)]
    report("published", rate(1, lambda: net.act(images, [prompt], pad=False).tolist()), "actions/s")
    report("published chunks of 8", rate(8, lambda: net.chunk(images, prompt).tolist()), "actions/s")


def training():
    net = SmallOpenVLA(f"{ROOT}/Checkpoints/openvla")
    batch, texts, length, last = (2 if DRY else 64), 5, 28, 7
    lm, m = net.language_model, net.language_model.model
    tokens = torch.randint(5, 1000, (batch, texts, length))
    pixels = net.pixel_values(random_images(batch, 224))
    s, n = net.patches + 1, net.patches + 1 + texts * length
    mask = torch.zeros(n, n, dtype=torch.bool)
    mask[:, :s] = True
    mask[:s, :s] = torch.ones(s, s).tril().bool()
    for i in range(texts):
        a = s + i * length
        mask[a:a + length, a:a + length] = torch.ones(length, length).tril().bool()
    positions = torch.cat([torch.arange(s)] + [s + torch.arange(length)] * texts)
    cos, sin = lm.cos[positions], lm.sin[positions]
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-5, fused=True)

    def step():
        x = torch.cat([net.prefix(net.vision_backbone(pixels)), m.embed_tokens(tokens.flatten(1))], 1)
        for layer in m.layers:
            q, k, v = layer.heads(x, cos, sin)
            x = layer.finish(x, joined(F.scaled_dot_product_attention(q, k, v, attn_mask=mask)))
        kept = x[:, s:].reshape(batch, texts, length, -1)[:, :, -last:].flatten(0, 2)
        loss = F.cross_entropy(lm.lm_head(m.norm(kept)), tokens[:, :, -last:].flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)

    report(f"training, batch {batch}", rate(batch, step), "images/s")


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_default_device(DEVICE)
    for step in (small, published, training):
        try:
            step()
        except Exception as error:  # what fails is said, and the rest is measured all the same
            report(step.__name__, 0, "failed", repr(error))
