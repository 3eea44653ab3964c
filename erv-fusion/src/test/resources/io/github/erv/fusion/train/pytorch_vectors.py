"""Makes pytorch.safetensors: networks of erv's families in PyTorch, their outputs and gradients.

Run with Debian's python3-torch 1.13.1: python3 pytorch_vectors.py > pytorch.safetensors
Each family is written from its equations with torch.nn.functional, not from the Java code.
"""
import json
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

torch.manual_seed(20251124)
WIDTH, HEADS, OUTPUTS = 8, 2, 2
MODALITIES = [("face", 2, 6), ("text", 3, 4), ("voice", 4, 5)]  # name, features, steps
TENSORS = {}

STEPS = {n: torch.randn(s, f) for n, f, s in MODALITIES}
SECONDS = {n: torch.tensor([0.17 * i + 0.031 * k for i in range(s)]) for k, (n, f, s) in enumerate(MODALITIES)}
END = max(float(t.max()) for t in SECONDS.values())


class Weights:
    """Draws weights by name, as the network asks for them."""

    def __init__(self):
        self.all = {}

    def get(self, name, *shape, low=-0.5, high=0.5):
        if name not in self.all:
            self.all[name] = (torch.rand(*shape) * (high - low) + low).requires_grad_(True)
        return self.all[name]

    def linear(self, name, x, outputs):
        w = self.get(name + ".weight", outputs, x.shape[1])
        return F.linear(x, w, self.get(name + ".bias", outputs))

    def norm(self, name, x):
        w = self.get(name + ".weight", x.shape[1], low=0.5, high=1.5)
        return F.layer_norm(x, [x.shape[1]], w, self.get(name + ".bias", x.shape[1]))


def rotate(x, seconds):
    """RoFormer, equation 34, with time stamps: halves of a head are paired; periods 0.5 to 100 s."""
    half = WIDTH // HEADS // 2
    period = 0.5 * (200.0 ** (torch.arange(half) / max(1, half - 1)))
    angle = 2 * np.pi * seconds[:, None] / period[None, :]
    cos, sin = torch.cos(angle)[:, None, :], torch.sin(angle)[:, None, :]
    x = x.view(x.shape[0], HEADS, 2 * half)
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], dim=-1).reshape(x.shape[0], WIDTH)


def attention(w, name, x, t, source, s):
    q, k = w.linear(name + ".query", x, WIDTH), w.linear(name + ".key", source, WIDTH)
    if t is not None:
        q, k = rotate(q, t), rotate(k, s)
    v = w.linear(name + ".value", source, WIDTH)
    split = lambda y: y.view(y.shape[0], HEADS, -1).transpose(0, 1)
    p = torch.softmax(split(q) @ split(k).transpose(1, 2) / np.sqrt(WIDTH / HEADS), dim=-1)
    return w.linear(name + ".output", (p @ split(v)).transpose(0, 1).reshape(x.shape[0], WIDTH), WIDTH)


def feed_forward(w, name, x):
    return x + w.linear(name + ".down", F.gelu(w.linear(name + ".up", w.norm(name + ".norm", x), 2 * WIDTH)), WIDTH)


def transformer(w, name, x, t):
    n = w.norm(name + ".norm", x)
    return feed_forward(w, name + ".feed-forward", x + attention(w, name + ".attention", n, t, n, t))


def pool(w, name, x):
    scores = w.linear(name + ".score", torch.tanh(w.linear(name + ".hidden", x, WIDTH)), 1)
    return torch.softmax(scores, dim=0).t() @ x


def head(w, x):
    return w.linear("head.output", w.norm("head.norm", x), OUTPUTS)


def project(w, name):
    return w.linear(name + ".project", STEPS[name], WIDTH)


def mean(w, name, width):
    return w.linear(name + ".project", STEPS[name].mean(0, keepdim=True), width)


def early(w):
    x = torch.cat([STEPS[n].mean(0) for n, _, _ in MODALITIES] + [torch.ones(3)])[None]
    return w.linear("output", F.gelu(w.linear("hidden", x, 5)), OUTPUTS)


def tensor(w):
    z = torch.ones(1)
    for n, _, _ in MODALITIES:
        h = torch.cat([F.gelu(mean(w, n, 3))[0], torch.ones(1)])
        z = torch.einsum("i,j->ij", z, h).flatten()
    return w.linear("output", F.gelu(w.linear("hidden", z[None], 4)), OUTPUTS)


def low_rank(w):
    z = torch.ones(1, 5)
    for n, _, _ in MODALITIES:
        z = z * w.linear(n + ".factor", F.gelu(mean(w, n, 4)), 5)
    return w.linear("output", z, OUTPUTS)


def gated(w):
    h = [torch.tanh(mean(w, n, 4)) for n, _, _ in MODALITIES]
    seen = F.gelu(w.linear("gate", torch.cat(h, dim=1), 4))
    g = torch.softmax(torch.cat([w.linear(n + ".gate", seen, 1) for n, _, _ in MODALITIES]), dim=0)
    return w.linear("output", g.t() @ torch.cat(h), OUTPUTS)


def hierarchical(w):
    rows = []
    for n, _, _ in MODALITIES:
        x, t = F.gelu(project(w, n)), SECONDS[n] - END
        window = torch.floor(t / 0.3).long()
        segment = torch.div(window, 2, rounding_mode="floor")
        segments = []
        for s in sorted(set(segment.tolist())):
            inside = sorted(set(window[segment == s].tolist()))
            windows = [pool(w, n + ".frames", x[window == k]) for k in inside]
            segments.append(pool(w, n + ".windows", torch.cat(windows)))
        rows.append(pool(w, n + ".segments", torch.cat(segments)))
    return head(w, pool(w, "modalities", torch.cat(rows)))


def kinds(w, n):
    return w.get(n + ".kind", 1, WIDTH)


def self_attention(w):
    x = torch.cat([project(w, n) + kinds(w, n) for n, _, _ in MODALITIES])
    t = torch.cat([SECONDS[n] for n, _, _ in MODALITIES]) - END
    for l in range(2):
        x = transformer(w, f"layer.{l}", x, t)
    return head(w, pool(w, "pool", x))


def double_attention(w):
    rows = []
    for n, _, _ in MODALITIES:
        x = transformer(w, n + ".time", project(w, n), SECONDS[n] - END)
        rows.append(pool(w, n + ".pool", x) + kinds(w, n))
    return head(w, pool(w, "pool", transformer(w, "modalities", torch.cat(rows), None)))


def graph(w):
    x = torch.cat([project(w, n) + kinds(w, n) for n, _, _ in MODALITIES])
    t = torch.cat([SECONDS[n] for n, _, _ in MODALITIES])
    kind = torch.cat([torch.full((s,), k) for k, (_, _, s) in enumerate(MODALITIES)])
    step = torch.cat([torch.arange(s) for _, _, s in MODALITIES])
    same = kind[:, None] == kind[None, :]
    near = torch.where(same, (step[:, None] - step[None, :]).abs() <= 1, (t[:, None] - t[None, :]).abs() <= 0.3)
    for l in range(2):
        a = w.get(f"layer.{l}.a", HEADS, WIDTH // HEADS)
        source, target = w.linear(f"layer.{l}.source", x, WIDTH), w.linear(f"layer.{l}.target", x, WIDTH)
        z = F.leaky_relu(source[None, :, :] + target[:, None, :], 0.2).view(len(x), len(x), HEADS, -1)
        e = (z * a).sum(-1).masked_fill(~near[..., None], -float("inf"))
        p = torch.softmax(e, dim=1)
        heard = torch.einsum("ijh,jhd->ihd", p, source.view(len(x), HEADS, -1)).reshape(len(x), WIDTH)
        x = w.norm(f"layer.{l}.norm", x + F.gelu(heard))
    return head(w, pool(w, "pool", x))


def cross_attention(w):
    names = [n for n, _, _ in MODALITIES]
    x = {n: project(w, n) for n in names}
    for l in range(2):
        normal = {n: w.norm(f"layer.{l}.{n}.norm", x[n]) for n in names}
        x = {
            n: feed_forward(
                w,
                f"layer.{l}.{n}.feed-forward",
                x[n]
                + sum(
                    attention(w, f"layer.{l}.{n}.to.{s}", normal[n], SECONDS[n] - END, normal[s], SECONDS[s] - END)
                    for s in names
                )
                / len(names),
            )
            for n in names
        }
    return head(w, pool(w, "pool", torch.cat([x[n] for n in names])))


for n, _, _ in MODALITIES:
    TENSORS[f"steps.{n}"] = STEPS[n]
    TENSORS[f"seconds.{n}"] = SECONDS[n]
DIRECTION = torch.tensor([[1.0, -0.5]])
for family in (early, tensor, low_rank, gated, hierarchical, self_attention, double_attention, graph, cross_attention):
    weights = Weights()
    outputs = family(weights)
    (outputs * DIRECTION).sum().backward()
    name = family.__name__.replace("_", "-")
    TENSORS[f"{name}/outputs"] = outputs
    for key, value in weights.all.items():
        TENSORS[f"{name}/weights/{key}"] = value
        TENSORS[f"{name}/gradients/{key}"] = value.grad

header, data = {"__metadata__": {"made by": "pytorch_vectors.py, torch " + torch.__version__}}, b""
for key, value in TENSORS.items():
    raw = value.detach().numpy().astype("<f4").tobytes()
    header[key] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [len(data), len(data) + len(raw)]}
    data += raw
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
sys.stdout.buffer.write(struct.pack("<Q", len(text)) + text + data)
