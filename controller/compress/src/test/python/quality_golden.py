#!/usr/bin/env python3
# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""Golden values of the quality metrics, by numpy, scipy, scikit-image and librosa.

Writes src/test/resources/quality/golden.json; the Java tests compare with it. Run it again only
when a metric is added:  pip install numpy scipy scikit-image librosa && quality_golden.py
Signals are made by the same linear congruential generator in both languages.
"""
import json
import math
import pathlib

import librosa
import numpy as np
from scipy import ndimage, signal, special, stats
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


def speech(seed, count):
    """Tones that stop every 4000 samples, over a soft hiss, as dev.sagui.quality.Signals.speech."""
    i = np.arange(count)
    tone = 0.3 * np.sin(0.02 * (seed + 2) * i) + 0.1 * np.sin(0.3 * i)
    on = (i // 4000) % 2 == 0
    return (np.where(on, tone, 0) + 1e-4 * (noise(seed, count).astype(np.float64) - 0.5)).astype(np.float32)


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




class JavaRandom:
    """java.util.Random, as its documentation specifies it."""

    def __init__(self, seed):
        self.seed, self.spare = (seed ^ 0x5DEECE66D) & (2**48 - 1), None

    def next(self, bits):
        self.seed = (self.seed * 0x5DEECE66D + 0xB) & (2**48 - 1)
        value = self.seed >> (48 - bits)
        return value - (1 << bits) if value >= 1 << (bits - 1) else value

    def double(self):
        return (((self.next(26) & (2**26 - 1)) << 27) + (self.next(27) & (2**27 - 1))) / 2**53

    def gaussian(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        while True:
            a, b = 2 * self.double() - 1, 2 * self.double() - 1
            s = a * a + b * b
            if 0 < s < 1:
                break
        scale = math.sqrt(-2 * math.log(s) / s)
        self.spare = b * scale
        return a * scale


def sets():
    """40 vectors of 12 numbers, and the same scaled and disturbed."""
    x = noise(11, 480).reshape(40, 12)
    return x, np.float32(0.8) * x + np.float32(0.3) * noise(12, 480).reshape(40, 12)


def sliced_wasserstein():
    x, y = sets()
    channel = lambda v: v.astype(np.float64).reshape(40, 3, 4)
    mean, std = channel(x).mean((0, 2))[:, None], channel(x).std((0, 2))[:, None]
    a, b = [((channel(v) - mean) / std).reshape(40, 12) for v in (x, y)]
    random, total = JavaRandom(5), 0
    for _ in range(128):
        d = np.array([random.gaussian() for _ in range(12)])
        d /= np.sqrt((d * d).sum())
        total += stats.wasserstein_distance(a @ d, b @ d) / 128
    golden["swd"] = float(total)


def kernel_distance():
    x, y = [v.astype(np.float64) for v in sets()]
    both = np.concatenate([x, y])
    mean, std = both.mean(0), both.std(0)
    x, y = (x - mean) / std, (y - mean) / std
    k = lambda p, q: (p @ q.T / 12 + 1) ** 3
    h = k(x, x) + k(y, y) - k(x, y) - k(y, x)
    golden["kid"] = float((h.sum() - np.trace(h)) / (40 * 39))


def pyramid():
    a = picture(2, 60, 36).astype(np.float64)
    f = np.outer([1, 4, 6, 4, 1], [1, 4, 6, 4, 1]) / 256
    levels, rest = [], a
    while min(rest.shape) // 2 >= 14:
        coarse = ndimage.convolve(rest, f, mode="mirror")[::2, ::2]
        sparse = np.zeros_like(rest)
        sparse[::2, ::2] = coarse
        levels.append(rest - ndimage.convolve(sparse, 4 * f, mode="mirror"))
        rest = coarse
    levels.append(rest)
    for i, level in enumerate(levels):
        golden[f"pyramid_{i}_rms"] = float(np.sqrt((level**2).mean()))
        golden[f"pyramid_{i}_last"] = float(level[-1, -1])
    golden["pyramid_levels"] = len(levels)


def spectrum():
    h, w = 28, 20
    a = picture(3, h, w).astype(np.float64)
    hann = lambda n: 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(n) + 0.5) / n)
    window = np.outer(hann(h), hann(w))
    power = np.abs(np.fft.fft2((a - a.mean()) * window)) ** 2 / (window**2).sum()
    radius = np.hypot(np.fft.fftfreq(h)[:, None], np.fft.fftfreq(w)[None]) * min(h, w)
    bins = np.floor(radius + 0.5).astype(int)
    for i in (1, 5, 14):
        golden[f"spectrum_{i}"] = float(power[bins == i].mean())


def random_features():
    now = [picture(4, 21, 30).astype(np.float64), picture(5, 21, 30).astype(np.float64)]
    random, features = JavaRandom(9), []
    for outs in (16, 32, 64):
        std = math.sqrt(2 / (1.04 * len(now) * 9))
        weights = [[[std * random.gaussian() for _ in range(9)] for _ in now] for _ in range(outs)]
        nxt = []
        for o in range(outs):
            total = sum(signal.correlate2d(p, np.array(w).reshape(3, 3), mode="same")[::2, ::2]
                        for p, w in zip(now, weights[o]))
            nxt.append(np.where(total < 0, 0.2 * total, total))
        now = nxt
        for p in now:
            features += [p.mean(), p.std()]
    golden["features_first"] = float(features[0])
    golden["features_last"] = float(features[-1])
    golden["features_norm"] = float(np.sqrt(np.square(features).sum()))


def power(wave, size, hop, window, pad):
    padded = np.pad(wave.astype(np.float64), pad, mode="reflect")
    w = np.zeros(size)
    left = (size - window) // 2
    w[left : left + window] = signal.get_window("hann", window, fftbins=True)
    frames = 1 + (len(padded) - size) // hop
    return np.array([np.abs(np.fft.rfft(w * padded[i * hop : i * hop + size])) ** 2 for i in range(frames)])


def waves():
    a = speech(1, 12000)
    return a, np.float32(0.9) * a + np.float32(0.01) * noise(7, 12000)


def mel_distance():
    bank = librosa.filters.mel(sr=22050, n_fft=1024, n_mels=80, fmin=0, fmax=8000)
    mels = [np.log(np.maximum(1e-5, np.sqrt(power(v, 1024, 256, 1024, 384) + 1e-9) @ bank.T)) for v in waves()]
    golden["log_mel_first"] = float(mels[0][0, 0])
    golden["log_mel_last"] = float(mels[0][-1, -1])
    golden["log_mel_l1"] = float(np.abs(mels[0] - mels[1]).mean())
    bank = librosa.filters.mel(sr=16000, n_fft=1024, n_mels=80, fmin=0, fmax=8000)
    mel = np.log(np.maximum(1e-5, np.sqrt(power(waves()[0], 1024, 256, 1024, 384) + 1e-9) @ bank.T))
    golden["log_mel_16000_mean"] = float(mel.mean())


def warping():
    """Of two random spectrograms, and of one and itself with every second frame doubled."""
    a, b = noise(31, 40 * 5).reshape(40, 5), noise(32, 46 * 5).reshape(46, 5)
    for name, other in (("dtw", b), ("dtw_doubled", np.repeat(a, 1 + np.arange(40) % 2, axis=0) + 0.01)):
        cost, path = librosa.sequence.dtw(C=np.abs(a[:, None].astype(np.float64) - other[None]).mean(2))
        golden[name] = float(cost[-1, -1] / len(path))


def stft_loss():
    total = 0
    for size, hop, window in ((1024, 120, 600), (2048, 240, 1200), (512, 50, 240)):
        x, y = [np.sqrt(np.maximum(1e-7, power(v, size, hop, window, size // 2))) for v in waves()]
        total += np.linalg.norm(x - y) / np.linalg.norm(x) + np.abs(np.log(x) - np.log(y)).mean()
    golden["mr_stft"] = float(total / 3)


def tokens():
    a = 8 * noise(21, 50 * 30).reshape(50, 30).astype(np.float64)
    b = a.astype(np.float32) + np.float32(2) * noise(22, 1500).reshape(50, 30)
    p, q = special.log_softmax(a, axis=1), special.log_softmax(b.astype(np.float64), axis=1)
    kl = stats.entropy(np.exp(p), np.exp(q), axis=1)
    golden["kl"] = float(kl.mean())
    golden["kl_p90"] = float(np.sort(kl)[44])
    golden["top1_agreement"] = float((p.argmax(1) == q.argmax(1)).mean())
    following = (np.arange(50) * 7 + 3) % 30
    dp = np.exp(q[np.arange(50), following]) - np.exp(p[np.arange(50), following])
    golden["rms_delta_p"] = float(np.sqrt((dp**2).mean()))
    golden["perplexity"] = float(np.exp(-q[np.arange(50), following].mean()))
    golden["perplexity_reference"] = float(np.exp(-p[np.arange(50), following].mean()))


mel_distance()
warping()
stft_loss()
tokens()
similarity()
sliced_wasserstein()
kernel_distance()
pyramid()
spectrum()
random_features()
OUT.parent.mkdir(parents=True, exist_ok=True)
OUT.write_text(json.dumps(golden, indent=1) + "\n")
