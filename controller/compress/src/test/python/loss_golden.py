#!/usr/bin/env python3
# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values of the losses, by numpy and scipy in float64.

Writes src/test/resources/train/losses.json; the Java tests compare with it. Run it again only when
a loss is added:  pip install numpy scipy && loss_golden.py
Signals are made by the same linear congruential generator in both languages.
"""
import json
import pathlib

import numpy as np
from scipy import special, stats

OUT = pathlib.Path(__file__).parent.parent / "resources" / "train" / "losses.json"


def noise(seed, *shape):
    """Uniform in 0..1, as dev.sagui.quality.Signals.noise."""
    x, values = seed, []
    for _ in range(int(np.prod(shape))):
        x = (1103515245 * x + 12345) % 2**31
        values.append(x / 2**31)
    return np.array(values, np.float32).astype(np.float64).reshape(shape)


golden = {}


def elements():
    x, y = 3 * noise(1, 4, 6), noise(2, 4, 6)
    golden["l1"] = np.abs(x - y).mean()
    golden["l2"] = ((x - y) ** 2).mean()
    golden["huber"] = special.huber(0.7, x - y).mean()
    p = noise(3, 4, 6)
    golden["bce"] = (special.kl_div(y, p) + special.kl_div(1 - y, 1 - p) + special.entr(y) + special.entr(1 - y)).mean()
    z = 60 * (noise(3, 4, 6) - 0.5)
    golden["bce_logits"] = (np.logaddexp(0, z) - y * z).mean()


def classes():
    z = 6 * noise(4, 3, 5, 7)
    ids = (np.arange(15) * 5 + 2).reshape(3, 5) % 7
    log_p = special.log_softmax(z, axis=2)
    picked = np.take_along_axis(log_p, ids[..., None], axis=2)[..., 0]
    golden["cross_entropy"] = -picked.mean()
    golden["cross_entropy_smooth"] = (-0.9 * picked - 0.1 * log_p.mean(axis=2)).mean()
    golden["cross_entropy_masked"] = -picked[ids != 3].mean()
    log_p = special.log_softmax(z, axis=1)
    ids = (np.arange(21) * 3 + 1).reshape(3, 7) % 5
    golden["cross_entropy_axis_1"] = -np.take_along_axis(log_p, ids[:, None, :], axis=1).mean()
    t = 6 * noise(5, 3, 5, 7)
    for name, tau in (("kl", 1.0), ("kl_2", 2.0)):
        divergence = stats.entropy(special.softmax(t / tau, axis=2), special.softmax(z / tau, axis=2), axis=2)
        golden[name] = tau**2 * divergence.mean()


def pictures():
    x, y = noise(6, 2, 3, 20, 17), noise(7, 2, 3, 20, 17)
    golden["total_variation"] = np.abs(np.diff(x, axis=2)).mean() + np.abs(np.diff(x, axis=3)).mean()
    d, terms = x - y, []
    while len(terms) < 3:
        terms.append(np.abs(d).mean())
        h, w = d.shape[2] // 2 * 2, d.shape[3] // 2 * 2
        d = d[:, :, :h, :w].reshape(2, 3, h // 2, 2, w // 2, 2).mean(axis=(3, 5))
    golden["multi_scale"] = np.mean(terms)


def others():
    r, f = 4 * noise(8, 6, 2) - 2, 4 * noise(9, 6, 2) - 2
    soft = lambda v: np.logaddexp(0, v).mean()
    golden["non-saturating_critic"], golden["non-saturating_generator"] = soft(-r) + soft(f), soft(-f)
    hinge = lambda v: np.maximum(0, 1 + v).mean()
    golden["hinge_critic"], golden["hinge_generator"] = hinge(-r) + hinge(f), -f.mean()
    square = lambda v: 0.5 * (v**2).mean()
    golden["least-squares_critic"], golden["least-squares_generator"] = square(r - 1) + square(f), square(f - 1)
    m, s = 2 * noise(10, 4, 3) - 1, 2 * noise(11, 4, 3) - 1
    sd = np.exp(s / 2)
    golden["elbo_kl"] = (0.5 * (sd**2 + m**2 - 1) - np.log(sd)).sum(axis=1).mean()
    p, t = 0.8 * noise(12, 4, 8) + 0.1, noise(13, 4, 8)
    golden["elbo_bce"] = -(t * np.log(p) + (1 - t) * np.log(1 - p)).sum(axis=1).mean()
    golden["elbo_gaussian"] = (0.5 * (p - t) ** 2 / 0.25).sum(axis=1).mean()
    a, s, t = noise(14, 5, 3) - 0.5, noise(15, 2, 3, 4, 4) - 0.5, noise(16, 2, 5, 4, 4) - 0.5
    golden["features"] = ((np.einsum("oc,nchw->nohw", a, s) - t) ** 2).sum() / (t**2).sum()
    w = noise(17, 4, 3, 2, 2) - 0.5
    golden["weights_l1"] = np.abs(w).sum()
    golden["group_lasso"] = sum(np.sqrt(12) * np.linalg.norm(w[i]) for i in range(4))
    golden["group_lasso_axis_1"] = sum(4 * np.linalg.norm(w[:, i]) for i in range(3))


elements()
classes()
pictures()
others()
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps({k: float(v) for k, v in golden.items()}, indent=1) + "\n")
