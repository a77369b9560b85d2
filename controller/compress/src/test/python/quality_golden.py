#!/usr/bin/env python3
# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values of the quality metrics, by numpy, scipy, scikit-image and librosa.

Writes src/test/resources/quality/golden.json; the Java tests compare with it. Run it again only
when a metric is added:  pip install numpy scipy scikit-image librosa && quality_golden.py
Signals are made by the same linear congruential generator in both languages.
"""
import json
import pathlib

import numpy as np
from scipy import ndimage
from skimage.metrics import structural_similarity

OUT = pathlib.Path(__file__).parent.parent / "resources" / "quality" / "golden.json"


def noise(seed, count):
    """Uniform in 0..1, as dev.sagui.quality.Signals.noise."""
    x, values = seed, []
    for _ in range(count):
        x = (1103515245 * x + 12345) % 2**31
        values.append(x / 2**31)
    return np.array(values, np.float32)


def picture(seed, h, w):
    """A smooth picture in 0..1, as dev.sagui.quality.Signals.picture."""
    y, x = np.mgrid[0:h, 0:w].astype(np.float64)
    wave = 0.5 + 0.2 * np.sin(0.3 * x + seed) + 0.2 * np.cos(0.23 * y * (1 + 0.1 * seed))
    return (wave + 0.1 * (noise(seed, h * w).reshape(h, w).astype(np.float64) - 0.5)).astype(np.float32)


def ssim(a, b):
    return structural_similarity(a.astype(np.float64), b.astype(np.float64), data_range=1.0,
                                 gaussian_weights=True, sigma=1.5, use_sample_covariance=False)


def ssim_terms(a, b):
    """Mean SSIM and mean contrast-structure over the valid part."""
    f = lambda v: ndimage.gaussian_filter(v, 1.5, truncate=3.5)[5:-5, 5:-5]
    a, b = a.astype(np.float64), b.astype(np.float64)
    ma, mb = f(a), f(b)
    va, vb, cov = f(a * a) - ma * ma, f(b * b) - mb * mb, f(a * b) - ma * mb
    cs = (2 * cov + 0.03**2) / (va + vb + 0.03**2)
    return np.mean(cs * (2 * ma * mb + 0.01**2) / (ma**2 + mb**2 + 0.01**2)), np.mean(cs)


def ms_ssim(a, b):
    powers = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]
    terms = []
    while True:
        last = len(terms) == 4 or min(a.shape) // 2 < 11
        s, cs = ssim_terms(a, b)
        terms.append(s if last else cs)
        if last:
            break
        half = lambda v: v[: v.shape[0] // 2 * 2, : v.shape[1] // 2 * 2].reshape(
            v.shape[0] // 2, 2, v.shape[1] // 2, 2).mean((1, 3))
        a, b = half(a), half(b)
    p = np.array(powers[: len(terms)])
    return float(np.prod(np.maximum(terms, 0) ** (p / p.sum())))


golden = {}


def similarity():
    for h, w in [(28, 28), (64, 48), (200, 190)]:
        a, b = picture(1, h, w), picture(1, h, w) * np.float32(0.9) + np.float32(0.2) * noise(7, h * w).reshape(h, w)
        golden[f"ssim_{h}x{w}"] = float(ssim(a, b))
        golden[f"ms_ssim_{h}x{w}"] = ms_ssim(a, b)


similarity()
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(golden, indent=1) + "\n")
