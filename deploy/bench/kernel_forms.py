# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""What the ways to write the gradient of a convolution cost in ONNX Runtime, on one thread.

    kernel_forms.py      prints a line a shape: milliseconds of CPU, best of 9, by form

Of the kernel: taps (a product for each tap), big and small (im2col on x or on dY), swap (a Conv with
batch and channels swapped, which no rule writes). Of the input: spread (ConvTranspose), turned (Conv
with the kernel turned). The costs in KernelCost are a fit to what it prints.
"""
import time

import numpy as np
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

noise = np.random.default_rng(0)


class Graph:
    def __init__(self, **shapes):
        self.nodes, self.constants = [], []
        self.feed = {k: noise.standard_normal(v).astype(np.float32) for k, v in shapes.items()}

    def __call__(self, op, *inputs, domain="", **attributes):
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        output = f"v{len(self.nodes)}"
        self.nodes.append(helper.make_node(op, names, [output], domain=domain, **attributes))
        return output

    def constant(self, numbers):
        name = f"k{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(numbers, np.int64), name))
        return name

    def session(self, output):
        value = lambda name, shape: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        inputs = [value(k, v.shape) for k, v in self.feed.items()]
        graph = helper.make_graph(self.nodes, "g", inputs, [value(output, None)], self.constants)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.enable_mem_pattern = False
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        return onnxruntime.InferenceSession(model.SerializeToString(), options), self.feed


def offsets(k):
    return [(i, j) for i in range(k) for j in range(k)]


def seen(g, padded, at, out, stride, axis):
    to = [a + (out - 1) * stride + 1 for a in at]
    return g("Slice", padded, at, to, [axis, axis + 1], [stride, stride])


def taps(n, cb, cs, size, k, stride, pad, out):
    g = Graph(x=(n, cb, size, size), y=(n, cs, out, out))
    x = g("Pad", g("Transpose", "x", perm=[0, 2, 3, 1]), [0, pad, pad, 0] * 2)
    left = g("Reshape", g("Transpose", "y", perm=[1, 0, 2, 3]), [cs, -1])
    rows = [g("Reshape", seen(g, x, at, out, stride, 1), [-1, cb]) for at in offsets(k)]
    every = g("Concat", *[g("MatMul", left, r) for r in rows], axis=0)
    return g.session(g("Transpose", g("Reshape", every, [k * k, cs, cb]), perm=[1, 2, 0]))


def summed(g, product, first, second, order):
    return g("Transpose", g("Reshape", g("ReduceSum", product, [0], keepdims=0), [*first, *second]), perm=order)


def big(n, cb, cs, size, k, stride, pad, out):
    g = Graph(x=(n, cb, size, size), y=(n, cs, out, out))
    x = g("Pad", "x", [0, 0, pad, pad] * 2)
    columns = g("Concat", *[seen(g, x, at, out, stride, 2) for at in offsets(k)], axis=1)
    columns = g("Reshape", columns, [n, k * k * cb, -1])
    y = g("Reshape", "y", [n, cs, -1])
    product = g("FusedMatMul", y, columns, domain="com.microsoft", transB=1)
    return g.session(summed(g, product, [cs], [k * k, cb], [0, 2, 1]))


def small(n, cb, cs, size, k, stride, pad, out):
    g = Graph(x=(n, cb, size, size), y=(n, cs, out, out))
    before, after = k - 1 - pad, size + pad - out
    y = g("Pad", "y", [0, 0, before, before, 0, 0, after, after])
    shifted = [seen(g, y, (k - 1 - i, k - 1 - j), size, 1, 2) for i, j in offsets(k)]
    columns = g("Reshape", g("Concat", *shifted, axis=1), [n, k * k * cs, -1])
    x = g("Reshape", "x", [n, cb, -1])
    product = g("FusedMatMul", columns, x, domain="com.microsoft", transB=1)
    return g.session(summed(g, product, [k * k], [cs, cb], [1, 2, 0]))


def swap(n, cb, cs, size, k, stride, pad, out):
    g = Graph(x=(n, cb, size, size), y=(n, cs, out, out))
    turned = [g("Transpose", v, perm=[1, 0, 2, 3]) for v in ("x", "y")]
    kernel = g("Conv", *turned, pads=[pad] * 4, dilations=[stride] * 2)
    return g.session(g("Transpose", g("Slice", kernel, [0, 0], [k, k], [2, 3]), perm=[1, 0, 2, 3]))


def spread(n, cb, cs, size, k, pad, out):
    g = Graph(y=(n, cs, out, out), w=(cs, cb, k, k))
    return g.session(g("ConvTranspose", "y", "w", pads=[pad] * 4))


def turned(n, cb, cs, size, k, pad, out):
    g = Graph(y=(n, cs, out, out), w=(cs, cb, k, k))
    w = g("Slice", "w", [-1, -1], [-(2**62)] * 2, [2, 3], [-1, -1])
    return g.session(g("Conv", "y", g("Transpose", w, perm=[1, 0, 2, 3]), pads=[k - 1 - pad] * 4))


def race(forms):
    best = dict.fromkeys(forms, float("inf"))
    for _ in range(9):
        for name, (session, feed) in forms.items():
            start = time.thread_time()
            session.run(None, feed)
            best[name] = min(best[name], time.thread_time() - start)
    return "  ".join(f"{name} {seconds * 1e3:.2f}" for name, seconds in best.items())


SHAPES = [(16, cb, cs, 32, 3, 1, 1)
          for cb, cs in ((1, 32), (3, 32), (8, 32), (16, 32), (32, 32), (32, 16), (32, 8), (32, 3), (32, 1),
                         (8, 8), (16, 16))]  # fmt: skip
SHAPES += [(16, cb, cs, 16, 3, 1, 1) for cb, cs in ((64, 64), (64, 8), (8, 64), (64, 16), (16, 64))]
SHAPES += [(16, 128, 128, 8, 3, 1, 1), (4, 3, 64, 128, 3, 1, 1), (4, 64, 3, 128, 3, 1, 1),
           (16, 3, 32, 32, 4, 2, 1), (16, 32, 64, 16, 4, 2, 1), (16, 16, 32, 32, 4, 2, 1),
           (16, 8, 16, 32, 4, 2, 1), (16, 1, 64, 28, 4, 2, 1), (16, 64, 64, 16, 1, 1, 0),
           (16, 32, 4, 32, 5, 1, 2)]  # fmt: skip


def main():
    print("onnxruntime", onnxruntime.__version__, "; N, C of x, C of y, size, kernel, stride")
    for n, cb, cs, size, k, stride, pad in SHAPES:
        out = (size + 2 * pad - k) // stride + 1
        shape = (n, cb, cs, size, k, stride, pad, out)
        forms = {"taps": taps(*shape), "big": big(*shape), "swap": swap(*shape)}
        if stride == 1:
            forms["small"] = small(*shape)
            whole = (n, cb, cs, size, k, pad, out)
            forms.update(spread=spread(*whole), turned=turned(*whole))
        print(shape[:6], race(forms), flush=True)


main()
