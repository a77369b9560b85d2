# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""What PyTorch says of the gradients of ONNX operators, on random shapes.

    gradient_peer.py FOLDER      writes gradients.json and gradients.safetensors

Each case is a graph of ONNX nodes that gives y, and the same in PyTorch. The gradients are those of
sum(y * r) with random r, computed in float64. Tensors are named CASE/NAME: x0, x1 ... are what is
differentiated, c0, c1 ... constants of the graph, dx0, dx1 ... the gradients.
"""
import json
import pathlib
import random
import sys

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.numpy import save_file

CASES, TENSORS = [], {}
pick = random.Random(7)
noise = np.random.default_rng(7)


def dim(low=2, high=5):
    return pick.randint(low, high)


def values(*shape):
    """Away from 0, where many functions have a kink, and no two alike."""
    count = int(np.prod(shape))
    grid = (np.arange(count) + noise.uniform(0.3, 0.7)) / count * 1.2 + 0.1
    signs = noise.choice([-1, 1], count)
    return (noise.permutation(grid) * signs).reshape(shape).astype(np.float32)


def positive(*shape):
    return np.abs(values(*shape))


def node(op, inputs, outputs="y", **attributes):
    domain, _, name = op.rpartition(".")
    return {
        "op": name,
        "domain": domain,
        "inputs": inputs.split(" "),
        "outputs": outputs.split(" "),
        "attributes": attributes,
    }


def case(name, nodes, inputs, torch_function, constants=(), opset=17, penalty=False):
    """inputs are numpy arrays or shapes; torch_function takes them, and gives y.

    With a penalty the loss is sum(y * r) + sum(g * g), where g is the gradient of the first term
    for x0.
    """
    nodes = nodes if isinstance(nodes, list) else [nodes]
    arrays = [values(*i) if isinstance(i, tuple) else np.asarray(i, np.float32) for i in inputs]
    leaves = [torch.from_numpy(a.astype(np.float64)).requires_grad_() for a in arrays]
    y = torch_function(*leaves)
    r = values(*y.shape)
    loss = (y * torch.from_numpy(r.astype(np.float64))).sum()
    if penalty:
        (g,) = torch.autograd.grad(loss, leaves[0], create_graph=True)
        loss = loss + (g * g).sum()
    loss.backward()
    CASES.append({"name": name, "opset": opset, "penalty": penalty, "nodes": nodes})
    for i, (array, leaf) in enumerate(zip(arrays, leaves)):
        TENSORS[f"{name}/x{i}"] = array
        TENSORS[f"{name}/dx{i}"] = leaf.grad.numpy().astype(np.float32)
    for i, constant in enumerate(constants):
        TENSORS[f"{name}/c{i}"] = np.asarray(constant)
    TENSORS[f"{name}/r"] = r


def plain(tensor):
    """Row-major, which safetensors takes for granted."""
    return np.array(tensor, order="C")


def ints(*numbers):
    return np.array(numbers, np.int64)


def unary():
    same = {
        "Neg": torch.neg, "Abs": torch.abs, "Exp": torch.exp, "Sin": torch.sin, "Cos": torch.cos,
        "Tan": torch.tan, "Sinh": torch.sinh, "Cosh": torch.cosh, "Atan": torch.atan,
        "Asinh": torch.asinh, "Reciprocal": torch.reciprocal, "Sigmoid": torch.sigmoid,
        "Tanh": torch.tanh, "Softplus": F.softplus, "Softsign": F.softsign, "Erf": torch.erf,
        "Relu": torch.relu, "Elu": F.elu, "Selu": F.selu, "HardSwish": F.hardswish, "Mish": F.mish,
    }  # fmt: skip
    for op, function in same.items():
        opset = 18 if op == "Mish" else 17
        case(op, node(op, "x0"), [(dim(), dim(), dim())], function, opset=opset)
    for op, function in {"Log": torch.log, "Sqrt": torch.sqrt, "Acosh": None}.items():
        x = positive(dim(), dim()) + (1 if op == "Acosh" else 0)
        case(op, node(op, "x0"), [x], function or torch.acosh)
    for op, function in {"Asin": torch.asin, "Acos": torch.acos, "Atanh": torch.atanh}.items():
        case(op, node(op, "x0"), [values(dim(), dim()) * 0.7], function)
    x = (dim(), dim(), dim())
    case("LeakyRelu", node("LeakyRelu", "x0", alpha=0.2), [x], lambda a: F.leaky_relu(a, 0.2))
    case("Elu of alpha", node("Elu", "x0", alpha=0.7), [x], lambda a: F.elu(a, 0.7))
    case("Celu", node("Celu", "x0", alpha=0.7), [x], lambda a: F.celu(a, 0.7))
    case(
        "ThresholdedRelu",
        node("ThresholdedRelu", "x0", alpha=0.7),
        [x],
        lambda a: a * (a > 0.7),
    )
    hard = lambda a: torch.clamp(0.3 * a + 0.4, 0, 1)
    case("HardSigmoid", node("HardSigmoid", "x0", alpha=0.3, beta=0.4), [values(*x) * 2], hard)
    case("Gelu", node("Gelu", "x0"), [x], F.gelu, opset=20)
    tanh = lambda a: F.gelu(a, approximate="tanh")
    case("Gelu by tanh", node("Gelu", "x0", approximate="tanh"), [x], tanh, opset=20)
    case("Gelu of the runtime", node("com.microsoft.Gelu", "x0"), [x], F.gelu)
    case("QuickGelu", node("com.microsoft.QuickGelu", "x0", alpha=1.0), [x], F.silu)
    case("QuickGelu 1.7", node("com.microsoft.QuickGelu", "x0", alpha=1.7), [x],
         lambda a: a * torch.sigmoid(1.7 * a))  # fmt: skip
    last = dim()
    case("FastGelu", node("com.microsoft.FastGelu", "x0 x1"), [(dim(), dim(), last), (last,)],
         lambda a, b: F.gelu(a + b, approximate="tanh"))  # fmt: skip
    case("FastGelu without bias", node("com.microsoft.FastGelu", "x0"), [x], tanh)
    case("BiasGelu", node("com.microsoft.BiasGelu", "x0 x1"), [(dim(), dim(), last), (last,)],
         lambda a, b: F.gelu(a + b))  # fmt: skip
    silu = [node("Sigmoid", "x0", "s"), node("Mul", "x0 s")]
    case("SiLU", silu, [x], F.silu)
    case("Clip", node("Clip", "x0 c0 c1"), [x], lambda a: a.clamp(-0.5, 0.8),
         [np.float32(-0.5), np.float32(0.8)])  # fmt: skip
    case("Clip below", node("Clip", "x0 c0"), [x], lambda a: a.clamp(min=-0.5),
         [np.float32(-0.5)])  # fmt: skip


def broadcast():
    a, b, c = dim(), dim(), dim()
    shapes = [[(a, b, c), (b, 1)], [(c,), (a, b, c)], [(a, 1, c), (1, b, 1)], [(a, b), ()]]
    for op, function in {"Add": torch.add, "Sub": torch.sub, "Mul": torch.mul, "Div": torch.div,
                         "Max": torch.maximum, "Min": torch.minimum}.items():  # fmt: skip
        for i, (left, right) in enumerate(shapes):
            right = values(*right) if right else np.float32(0.7)
            case(f"{op} {i}", node(op, "x0 x1"), [values(*left), right], function)
    case("Sum", node("Sum", "x0 x1 x2"), [(a, b), (b,), (a, 1)], lambda p, q, r: p + q + r)
    case("Mean", node("Mean", "x0 x1 x2"), [(a, b), (b,), (a, 1)],
         lambda p, q, r: (p + q + r) / 3)  # fmt: skip
    case("Max of three", node("Max", "x0 x1 x2"), [(a, b), (b,), (a, 1)],
         lambda p, q, r: torch.maximum(torch.maximum(p, q), r))  # fmt: skip
    case("Pow", node("Pow", "x0 x1"), [positive(a, b, c), (b, 1)], torch.pow)
    case("Pow of 2", node("Pow", "x0 c0"), [(a, b)], lambda p: p**2, [np.float32(2)])
    case("Pow of 3", node("Pow", "x0 c0"), [(a, b)], lambda p: p**3, [np.float32(3)])
    case("PRelu", node("PRelu", "x0 x1"), [(a, b, c), (b, 1)],
         lambda p, s: torch.where(p > 0, p, p * s))  # fmt: skip
    case("Expand", node("Expand", "x0 c0"), [(b, 1)], lambda p: p.expand(a, b, c), [ints(a, b, c)])
    mask = noise.random((b, c)) > 0.5
    case("Where", node("Where", "c0 x0 x1"), [(a, 1, c), (b, c)],
         lambda p, q: torch.where(torch.from_numpy(mask), p, q), [mask])  # fmt: skip


def products():
    a, b, c, d = dim(), dim(), dim(), dim()
    for left, right in [((a, b, c), (c, d)), ((d, a, b), (d, b, c)), ((a, b), (d, b, c)),
                        ((b,), (b, c)), ((d, a, b), (b,)), ((2, 1, a, b), (1, 3, b, c))]:  # fmt: skip
        name = f"MatMul {len(left)}D by {len(right)}D" + (" batches" if left[0] == d else "")
        case(name, node("MatMul", "x0 x1"), [left, right], torch.matmul)
    t = lambda m, yes: m.T if yes else m
    for ta in (0, 1):
        for tb in (0, 1):
            left, right = ((b, a) if ta else (a, b)), ((c, b) if tb else (b, c))
            case(f"Gemm {ta}{tb}", node("Gemm", "x0 x1 x2", transA=ta, transB=tb, alpha=0.5, beta=2.0),
                 [left, right, (c,)],
                 lambda p, q, r: 0.5 * t(p, ta) @ t(q, tb) + 2 * r)  # fmt: skip
            batch = lambda m, yes: m.transpose(-1, -2) if yes else m
            case(f"FusedMatMul {ta}{tb}",
                 node("com.microsoft.FusedMatMul", "x0 x1", transA=ta, transB=tb, alpha=0.5),
                 [(d,) + left, (d,) + right],
                 lambda p, q: 0.5 * batch(p, ta) @ batch(q, tb))  # fmt: skip
    case("FusedMatMul broadcast", node("com.microsoft.FusedMatMul", "x0 x1", transB=1),
         [(d, a, b), (c, b)], lambda p, q: p @ q.T)  # fmt: skip


def convolutions():
    n = dim(1, 3)
    one = [("plain", 1, 1, 0, 1), ("padded", 1, 1, 2, 1), ("strided", 3, 1, 1, 1), ("dilated", 1, 2, 2, 1),
           ("grouped", 1, 1, 1, 2), ("depthwise", 1, 1, 1, 4), ("all", 2, 2, 3, 2)]  # fmt: skip
    for name, stride, dilation, pad, group in one:
        for axes, conv, back in ((1, F.conv1d, F.conv_transpose1d), (2, F.conv2d, F.conv_transpose2d)):
            kernel = tuple(dim(2, 4) for _ in range(axes))
            size = tuple(dim(8, 11) for _ in range(axes))
            c = 4 if group == 4 else 2 * group
            out = c if group == 4 else 3 * group
            attributes = dict(strides=[stride] * axes, dilations=[dilation] * axes,
                              pads=[pad] * 2 * axes, group=group)  # fmt: skip
            case(f"Conv {axes}-D {name}", node("Conv", "x0 x1 x2", **attributes),
                 [(n, c) + size, (out, c // group) + kernel, (out,)],
                 lambda x, w, b: conv(x, w, b, stride, pad, dilation, group))  # fmt: skip
            small = tuple(dim(4, 5) for _ in range(axes))
            case(f"ConvTranspose {axes}-D {name}", node("ConvTranspose", "x0 x1 x2", **attributes),
                 [(n, c) + small, (c, out // group) + kernel, (out,)],
                 lambda x, w, b: back(x, w, b, stride, pad, 0, group, dilation))  # fmt: skip
    case("Conv uneven", node("Conv", "x0 x1", strides=[2, 3], pads=[0, 1, 2, 3]), [(2, 3, 9, 8), (4, 3, 3, 2)],
         lambda x, w: F.conv2d(F.pad(x, (1, 3, 0, 2)), w, None, (2, 3)))  # fmt: skip
    case("Conv wide padding", node("Conv", "x0 x1", pads=[3, 3, 3, 3]), [(2, 3, 5, 4), (2, 3, 2, 3)],
         lambda x, w: F.conv2d(x, w, None, 1, 3))  # fmt: skip
    case("Conv to one channel", node("Conv", "x0 x1", pads=[1, 1, 1, 1]), [(2, 6, 5, 4), (1, 6, 3, 3)],
         lambda x, w: F.conv2d(x, w, None, 1, 1))  # fmt: skip
    case("Conv from one channel", node("Conv", "x0 x1", pads=[1, 1, 1, 1], strides=[2, 2]),
         [(2, 1, 5, 6), (6, 1, 3, 3)], lambda x, w: F.conv2d(x, w, None, 2, 1))  # fmt: skip
    case("Conv of one tap", node("Conv", "x0 x1"), [(2, 3, 5, 4), (5, 3, 1, 1)], F.conv2d)
    case("Conv two filters a channel", node("Conv", "x0 x1", group=3), [(2, 3, 5, 4), (6, 1, 3, 2)],
         lambda x, w: F.conv2d(x, w, groups=3))  # fmt: skip
    case("Conv same upper", node("Conv", "x0 x1", auto_pad="SAME_UPPER"), [(1, 2, 5, 6), (3, 2, 4, 2)],
         lambda x, w: F.conv2d(F.pad(x, (0, 1, 1, 2)), w))  # fmt: skip
    case("ConvTranspose output padding", node("ConvTranspose", "x0 x1", strides=[2, 2], output_padding=[1, 1]),
         [(1, 3, 3, 4), (3, 2, 3, 3)], lambda x, w: F.conv_transpose2d(x, w, None, 2, 0, 1))  # fmt: skip
    case("ConvTranspose to one channel", node("ConvTranspose", "x0 x1", strides=[2, 2], pads=[1, 1, 1, 1]),
         [(2, 6, 3, 4), (6, 1, 4, 4)], lambda x, w: F.conv_transpose2d(x, w, None, 2, 1))  # fmt: skip


def reductions():
    a, b, c = dim(), dim(), dim()
    x = (a, b, c)
    known = {
        "ReduceMean": lambda v, d, k: v.mean(d, k), "ReduceMax": lambda v, d, k: v.amax(d, k),
        "ReduceMin": lambda v, d, k: v.amin(d, k),
        "ReduceL1": lambda v, d, k: v.abs().sum(d, k), "ReduceL2": lambda v, d, k: (v * v).sum(d, k).sqrt(),
        "ReduceSumSquare": lambda v, d, k: (v * v).sum(d, k),
        "ReduceLogSumExp": lambda v, d, k: v.logsumexp(d, k),
    }  # fmt: skip
    for op, function in known.items():
        case(op, node(op, "x0", axes=[1]), [x], lambda v: function(v, [1], True))
        case(op + " of two", node(op, "x0", axes=[0, -1], keepdims=0), [x],
             lambda v: function(v, [0, 2], False))  # fmt: skip
        case(op + " of all", node(op, "x0", keepdims=0), [x], lambda v: function(v, [0, 1, 2], False))
        case(op + " 18", node(op, "x0 c0", keepdims=0), [x], lambda v: function(v, [0, 2], False),
             [ints(0, -1)], opset=18)  # fmt: skip
    case("ReduceLogSum", node("ReduceLogSum", "x0", axes=[1]), [positive(*x)],
         lambda v: v.sum(1, True).log())  # fmt: skip
    case("ReduceProd", node("ReduceProd", "x0", axes=[1]), [x], lambda v: v.prod(1, True))
    case("ReduceSum", node("ReduceSum", "x0 c0", keepdims=0), [x], lambda v: v.sum((0, 2)), [ints(0, -1)])
    case("ReduceSum of all", node("ReduceSum", "x0", keepdims=0), [x], torch.sum)
    case("CumSum", node("CumSum", "x0 c0"), [x], lambda v: v.cumsum(1), [np.int64(1)])
    for axis in (-1, 1):
        case(f"Softmax {axis}", node("Softmax", "x0", axis=axis), [x], lambda v: v.softmax(axis))
        case(f"LogSoftmax {axis}", node("LogSoftmax", "x0", axis=axis), [x], lambda v: v.log_softmax(axis))


def normalizations():
    n, c, h, w = dim(), dim(), dim(3), dim(3)
    for x in ((n, c, h, w), (n, c, h), (n, c)):
        case(f"BatchNormalization frozen {len(x)}-D", node("BatchNormalization", "x0 x1 x2 x3 x4", epsilon=1e-3),
             [x, (c,), (c,), (c,), positive(c)],
             lambda v, s, b, m, d: (v - wide(m, v)) / (wide(d, v) + 1e-3).sqrt() * wide(s, v) + wide(b, v))  # fmt: skip
        case(f"BatchNormalization training {len(x)}-D",
             node("BatchNormalization", "x0 x1 x2 c0 c1", "y m v", epsilon=1e-3, training_mode=1),
             [x, (c,), (c,)], lambda v, s, b: F.batch_norm(v, None, None, s, b, True, 0, 1e-3),
             [np.zeros(c, np.float32), np.ones(c, np.float32)])  # fmt: skip
    case("InstanceNormalization", node("InstanceNormalization", "x0 x1 x2", epsilon=1e-3),
         [(n, c, h, w), (c,), (c,)], lambda v, s, b: F.instance_norm(v, None, None, s, b, eps=1e-3))  # fmt: skip
    case("GroupNormalization", node("GroupNormalization", "x0 x1 x2", num_groups=2, epsilon=1e-3),
         [(n, 6, h, w), (6,), (6,)], lambda v, s, b: F.group_norm(v, 2, s, b, 1e-3), opset=21)  # fmt: skip
    case("GroupNormalization 18", node("GroupNormalization", "x0 x1 x2", num_groups=2, epsilon=1e-3),
         [(n, 6, h), (2,), (2,)],
         lambda v, s, b: F.group_norm(v, 2, s.repeat_interleave(3), b.repeat_interleave(3), 1e-3), opset=18)  # fmt: skip
    case("LayerNormalization", node("LayerNormalization", "x0 x1 x2", epsilon=1e-3), [(n, h, w), (w,), (w,)],
         lambda v, s, b: F.layer_norm(v, (w,), s, b, 1e-3))  # fmt: skip
    case("LayerNormalization of two", node("LayerNormalization", "x0 x1", axis=1, epsilon=1e-3),
         [(n, h, w), (h, w)], lambda v, s: F.layer_norm(v, (h, w), s, None, 1e-3))  # fmt: skip
    root = lambda v, s: v / ((v * v).mean(-1, True) + 1e-3).sqrt() * s
    case("SimplifiedLayerNormalization", node("SimplifiedLayerNormalization", "x0 x1", epsilon=1e-3),
         [(n, h, w), (w,)], root)  # fmt: skip
    case("SkipLayerNormalization", node("com.microsoft.SkipLayerNormalization", "x0 x1 x2 x3 x4", epsilon=1e-3),
         [(n, h, w), (n, h, w), (w,), (w,), (w,)],
         lambda v, k, s, b, f: F.layer_norm(v + k + f, (w,), s, b, 1e-3))  # fmt: skip
    used = [node("com.microsoft.SkipLayerNormalization", "x0 x1 x2 x3", "z   t", epsilon=1e-3),
            node("Mul", "z t")]  # fmt: skip
    case("SkipLayerNormalization with its sum", used, [(n, h, w), (n, h, w), (w,), (w,)],
         lambda v, k, s, b: F.layer_norm(v + k, (w,), s, b, 1e-3) * (v + k))  # fmt: skip
    case("SkipSimplifiedLayerNormalization",
         node("com.microsoft.SkipSimplifiedLayerNormalization", "x0 x1 x2", epsilon=1e-3),
         [(n, h, w), (n, h, w), (w,)], lambda v, k, s: root(v + k, s))  # fmt: skip
    case("MeanVarianceNormalization", node("MeanVarianceNormalization", "x0"), [(n, c, h, w)],
         lambda v: F.batch_norm(v, None, None, training=True, eps=1e-9))  # fmt: skip
    for p in (1, 2):
        case(f"LpNormalization {p}", node("LpNormalization", "x0", axis=1, p=p), [(n, c, h)],
             lambda v: F.normalize(v, p, 1))  # fmt: skip


def wide(v, like):
    return v.reshape([-1] + [1] * (like.dim() - 2))


def layouts():
    a, b, c = dim(), dim(), dim()
    x = (a, b, c)
    case("Reshape", node("Reshape", "x0 c0"), [x], lambda v: v.reshape(b, -1), [ints(b, -1)])
    case("Flatten", node("Flatten", "x0", axis=2), [x], lambda v: v.reshape(a * b, c))
    case("Transpose", node("Transpose", "x0", perm=[2, 0, 1]), [x], lambda v: v.permute(2, 0, 1))
    case("Transpose reversed", node("Transpose", "x0"), [x], lambda v: v.permute(2, 1, 0))
    case("Squeeze", node("Squeeze", "x0 c0"), [(a, 1, b)], lambda v: v.squeeze(1), [ints(1)])
    case("Unsqueeze", node("Unsqueeze", "x0 c0"), [x], lambda v: v[:, None, ..., None], [ints(1, -1)])
    case("Concat", node("Concat", "x0 x1 x2", axis=-2), [(a, 2, c), (a, 1, c), (a, 3, c)],
         lambda p, q, r: torch.cat([p, q, r], 1))  # fmt: skip
    split = [node("Split", "x0 c0", "p q", axis=1), node("Mul", "p q")]
    case("Split", split, [(a, 6, c)], lambda v: v[:, :3] * v[:, 3:], [ints(3, 3)])
    case("Split in part", node("Split", "x0 c0", "p y", axis=-1), [(a, 5)], lambda v: v[:, 2:], [ints(2, 3)])
    case("Slice", node("Slice", "x0 c0 c1 c2 c3"), [(7, 9)], lambda v: v.flip(0)[::2, 1:8:3],
         [ints(-1, 1), ints(-(2**62), 8), ints(0, 1), ints(-2, 3)])  # fmt: skip
    case("Slice plain", node("Slice", "x0 c0 c1"), [(7, 9)], lambda v: v[2:-1, 3:], [ints(2, 3), ints(-1, 99)])
    image = (a, b, 5, 6)
    pads = [0, 0, 1, 2, 0, 0, 3, 1]
    around = (2, 1, 1, 3)
    for mode, name in {"reflect": "reflect", "edge": "replicate"}.items():
        case(f"Pad {mode}", node("Pad", "x0 c0", mode=mode), [image],
             lambda v: F.pad(v, around, mode=name), [ints(*pads)])  # fmt: skip
    case("Pad wrap", node("Pad", "x0 c0", mode="wrap"), [image],
         lambda v: F.pad(v, around, mode="circular"), [ints(*pads)], opset=19)  # fmt: skip
    case("Pad constant", node("Pad", "x0 c0 x1"), [image, np.float32(0.3)],
         lambda v, k: F.pad(v - k, around) + k, [ints(*pads)])  # fmt: skip
    case("Pad cutting", node("Pad", "x0 c0"), [image], lambda v: F.pad(v, (-2, 1, 1, -1)),
         [ints(0, 0, 1, -2, 0, 0, -1, 1)])  # fmt: skip
    case("Pad of some axes", node("Pad", "x0 c0  c1"), [image], lambda v: F.pad(v, (2, 1)),
         [ints(2, 1), ints(-1)], opset=18)  # fmt: skip
    case("Tile", node("Tile", "x0 c0"), [(a, b)], lambda v: v.repeat(2, 3), [ints(2, 3)])
    case("Trilu", node("Trilu", "x0", upper=0), [(a, 5, 4)], torch.tril)
    case("Trilu above", node("Trilu", "x0 c0", upper=1), [(5, 4)], lambda v: v.triu(1), [np.int64(1)])
    case("DepthToSpace", node("DepthToSpace", "x0", blocksize=2, mode="DCR"), [(a, 8, 3, 2)],
         lambda v: F.pixel_shuffle(v.reshape(a, 4, 2, 3, 2).transpose(1, 2).reshape(a, 8, 3, 2), 2))  # fmt: skip
    case("DepthToSpace CRD", node("DepthToSpace", "x0", blocksize=2, mode="CRD"), [(a, 8, 3, 2)],
         lambda v: F.pixel_shuffle(v, 2))  # fmt: skip
    case("SpaceToDepth", node("SpaceToDepth", "x0", blocksize=2), [(a, 2, 4, 6)],
         lambda v: F.pixel_unshuffle(v, 2).reshape(a, 2, 4, 2, 3).transpose(1, 2).reshape(a, 8, 2, 3))  # fmt: skip


def indices():
    a, b, c = 4, 5, 3
    rows = ints(1, 3, 1, 0, -1, 1).reshape(2, 3)
    at = lambda i: torch.from_numpy(i)
    for axis in (0, 1, -1):
        size = [6, 6, 6]
        size[axis] = 4
        flat = np.where(rows < 0, rows + 4, rows)
        case(f"Gather {axis}", node("Gather", "x0 c0", axis=axis), [tuple(size)],
             lambda v: torch.stack([v.select(axis, int(i)) for i in flat.flatten()], axis).unflatten(axis, (2, 3)),
             [rows])  # fmt: skip
    case("Gather of one", node("Gather", "x0 c0", axis=1), [(a, b, c)], lambda v: v[:, 2], [np.int64(2)])
    many = noise.integers(0, b, (a, 7, c))
    case("GatherElements", node("GatherElements", "x0 c0", axis=1), [(a, b, c)],
         lambda v: v.gather(1, at(many)), [many])  # fmt: skip
    pairs = ints(0, 1, 3, 4, 0, 1).reshape(3, 2)
    case("GatherND", node("GatherND", "x0 c0"), [(a, b, c)], lambda v: v[pairs[:, 0], pairs[:, 1]], [pairs])
    once = np.argsort(noise.random((a, b, c)), 1)[:, :3]
    case("ScatterElements", node("ScatterElements", "x0 c0 x1", axis=1), [(a, b, c), (a, 3, c)],
         lambda v, u: v.scatter(1, at(once), u), [once])  # fmt: skip
    case("ScatterElements adding", node("ScatterElements", "x0 c0 x1", axis=1, reduction="add"),
         [(a, b, c), (a, 7, c)], lambda v, u: v.scatter_add(1, at(many), u), [many])  # fmt: skip
    single = ints(0, 1, 3, 4, 2, 0).reshape(3, 2)
    case("ScatterND", node("ScatterND", "x0 c0 x1"), [(a, b, c), (3, c)],
         lambda v, u: v.index_put((at(single[:, 0]), at(single[:, 1])), u), [single])  # fmt: skip
    case("ScatterND adding", node("ScatterND", "x0 c0 x1", reduction="add"), [(a, b, c), (3, c)],
         lambda v, u: v.index_put((at(pairs[:, 0]), at(pairs[:, 1])), u, True), [pairs])  # fmt: skip
    case("TopK", node("TopK", "x0 c0", "y i", axis=1), [(a, b, c)], lambda v: v.topk(2, 1).values, [ints(2)])


def pools():
    n, c = dim(), dim()
    p2 = [1, 1, 1, 1]
    case("AveragePool", node("AveragePool", "x0", kernel_shape=[3, 2], strides=[2, 1]), [(n, c, 7, 6)],
         lambda v: F.avg_pool2d(v, (3, 2), (2, 1)))  # fmt: skip
    case("AveragePool tiles", node("AveragePool", "x0", kernel_shape=[3, 2], strides=[3, 2]), [(n, c, 6, 8)],
         lambda v: F.avg_pool2d(v, (3, 2)))  # fmt: skip
    case("AveragePool padded", node("AveragePool", "x0", kernel_shape=[3, 3], strides=[2, 2], pads=p2),
         [(n, c, 7, 6)], lambda v: F.avg_pool2d(v, 3, 2, 1, count_include_pad=False))  # fmt: skip
    case("AveragePool counts padding",
         node("AveragePool", "x0", kernel_shape=[3, 3], strides=[2, 2], pads=p2, count_include_pad=1),
         [(n, c, 7, 6)], lambda v: F.avg_pool2d(v, 3, 2, 1))  # fmt: skip
    case("AveragePool 1-D", node("AveragePool", "x0", kernel_shape=[3], pads=[1, 1]), [(n, c, 7)],
         lambda v: F.avg_pool1d(v, 3, 1, 1, count_include_pad=False))  # fmt: skip
    case("AveragePool ceil", node("AveragePool", "x0", kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
         [(n, c, 8, 6)], lambda v: F.avg_pool2d(v, 3, 2, ceil_mode=True))  # fmt: skip
    case("MaxPool", node("MaxPool", "x0", kernel_shape=[2, 2], strides=[2, 2]), [(n, c, 6, 7)],
         lambda v: F.max_pool2d(v, 2))  # fmt: skip
    case("MaxPool overlapping", node("MaxPool", "x0", kernel_shape=[3, 3], pads=p2), [(n, c, 6, 7)],
         lambda v: F.max_pool2d(v, 3, 1, 1))  # fmt: skip
    case("MaxPool dilated", node("MaxPool", "x0", kernel_shape=[2, 2], dilations=[2, 3]), [(n, c, 6, 7)],
         lambda v: F.max_pool2d(v, 2, 1, 0, (2, 3)))  # fmt: skip
    case("MaxPool 1-D", node("MaxPool", "x0", kernel_shape=[3], strides=[2]), [(n, c, 9)],
         lambda v: F.max_pool1d(v, 3, 2))  # fmt: skip
    case("GlobalAveragePool", node("GlobalAveragePool", "x0"), [(n, c, 5, 3)], lambda v: v.mean((2, 3), True))
    case("GlobalMaxPool", node("GlobalMaxPool", "x0"), [(2, 2, 3, 2)], lambda v: v.amax((2, 3), True))


def resizes():
    n, c = dim(), dim()
    empty = np.zeros(0, np.float32)

    def resize(name, size, scales, function, **attributes):
        case(f"Resize {name}", node("Resize", "x0 c0 c1", **attributes), [(n, c) + size], function,
             [empty, np.array((1, 1) + scales, np.float32)], opset=18)  # fmt: skip

    up = lambda mode, **more: lambda v: F.interpolate(v, mode=mode, **more)
    floor = dict(mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    resize("nearest twice", (3, 4), (2.0, 2.0), up("nearest", scale_factor=2), **floor)
    resize("nearest 1.5", (4, 6), (1.5, 2.5), up("nearest", scale_factor=(1.5, 2.5)), **floor)
    resize("nearest down", (6, 8), (0.5, 0.25), up("nearest", scale_factor=(0.5, 0.25)), **floor)
    resize("nearest 1-D", (5,), (3.0,), up("nearest", scale_factor=3), **floor)
    linear = dict(mode="linear", coordinate_transformation_mode="half_pixel")
    resize("linear twice", (3, 4), (2.0, 2.0), up("bilinear", scale_factor=2), **linear)
    resize("linear 2.5", (4, 6), (2.5, 1.5), up("bilinear", scale_factor=(2.5, 1.5)), **linear)
    resize("linear down", (8, 6), (0.5, 0.5), up("bilinear", scale_factor=0.5), **linear)
    resize("linear 1-D", (200,), (2.0,), up("linear", scale_factor=2), **linear)
    resize("linear long", (300,), (1.5,), up("linear", scale_factor=1.5), **linear)
    resize("cubic", (4, 5), (2.0, 3.0), up("bicubic", scale_factor=(2, 3)),
           mode="cubic", coordinate_transformation_mode="half_pixel")  # fmt: skip
    case("Resize aligned", node("Resize", "x0   c0", mode="linear", coordinate_transformation_mode="align_corners"),
         [(n, c, 4, 5)], up("bilinear", size=(7, 9), align_corners=True), [ints(n, c, 7, 9)], opset=18)  # fmt: skip


def quantized():
    n, c, h = 3, 4, 5
    scale, zero = np.float32(0.05), np.int8(-20)
    pair = [node("QuantizeLinear", "x0 x1 c0", "q"), node("DequantizeLinear", "q x1 c0")]

    def learned(v, s, low, high, point=0):
        places = v / s
        inside = (places + point >= low - 0.5) & (places + point <= high + 0.5)
        rounded = torch.clamp(torch.round(places) + point, low, high) - point
        # LSQ: round straight through within the range, a constant beyond it
        straight = torch.where(inside, places + (rounded - places).detach(), rounded.detach())
        return straight * s

    case("QuantizeLinear and back", pair, [values(n, c, h) * 6, scale],
         lambda v, s: learned(v, s, -128, 127, -20), [zero])  # fmt: skip
    unsigned = [node("QuantizeLinear", "x0 x1", "q"), node("DequantizeLinear", "q x1")]
    case("QuantizeLinear unsigned", unsigned, [values(n, c, h) * 8, scale],
         lambda v, s: learned(v, s, 0, 255))  # fmt: skip
    for axis in (0, 1):
        along = [node("QuantizeLinear", "x0 x1 c0", "q", axis=axis),
                 node("Reshape", "q c1", "f"), node("Reshape", "f c2", "g"),
                 node("DequantizeLinear", "g x1 c0", axis=axis)]  # fmt: skip
        count = (n, c)[axis]
        view = [-1 if i == axis else 1 for i in range(3)]
        case(f"QuantizeLinear along {axis}", along, [values(n, c, h) * 5, positive(count) * 0.05],
             lambda v, s: learned(v, s.reshape(view), -128, 127),
             [np.zeros(count, np.int8), ints(-1), ints(n, c, h)])  # fmt: skip


def einsums():
    sizes = dict(zip("abcdijkn", (2, 3, 4, 5, 3, 4, 5, 2)))
    for equation in ("bij,bjk->bik", "ij,kj->ik", "bnid,bnjd->bnij", "bij,j->bi", "ij->ji", "ij->i", "i,j->ij",
                     "abcd,abcd->ab", "bijk,ck->bcij", "ij,jk", "ij,ik->j"):  # fmt: skip
        terms = equation.split("->")[0].split(",")
        case(f"Einsum {equation}", node("Einsum", " ".join(f"x{i}" for i in range(len(terms))), equation=equation),
             [tuple(sizes[c] for c in t) for t in terms],
             lambda *v: torch.einsum(equation, *v))  # fmt: skip
    case("Einsum with an ellipsis", node("Einsum", "x0 x1", equation="...ij,jk->...ik"), [(2, 3, 4, 5), (5, 2)],
         lambda p, q: torch.einsum("...ij,jk->...ik", p, q))  # fmt: skip


def recurrent():
    t, b, i, h = 4, 2, 3, 5

    def torch_order(v, gates):
        """ONNX's gates in PyTorch's order."""
        return torch.cat([v[g * h : (g + 1) * h] for g in gates])

    def parameters(w, r, bias, gates, count):
        flat = []
        for d in range(w.shape[0]):
            flat += [torch_order(w[d], gates), torch_order(r[d], gates),
                     torch_order(bias[d, : count * h], gates), torch_order(bias[d, count * h :], gates)]  # fmt: skip
        return flat

    def lstm(x, w, r, bias, h0, c0):
        flat = parameters(w, r, bias, (0, 2, 3, 1), 4)
        y, hn, cn = torch._VF.lstm(x, (h0, c0), flat, True, 1, 0.0, False, w.shape[0] == 2, False)
        return y.reshape(t, b, -1, h).transpose(1, 2), hn, cn

    def gru(x, w, r, bias, h0):
        flat = parameters(w, r, bias, (1, 0, 2), 3)
        y, hn = torch._VF.gru(x, h0, flat, True, 1, 0.0, False, w.shape[0] == 2, False)
        return y.reshape(t, b, -1, h).transpose(1, 2), hn

    def gru_reset_first(x, w, r, bias, h0):
        state, all_steps, (bw, br) = h0[0], [], bias[0].split(3 * h)
        for step in x:
            zr = torch.sigmoid((step @ w[0].T + bw)[:, : 2 * h] + state @ r[0, : 2 * h].T + br[: 2 * h])
            z, reset = zr.split(h, 1)
            new = torch.tanh((step @ w[0].T + bw)[:, 2 * h :] + (reset * state) @ r[0, 2 * h :].T + br[2 * h :])
            state = (1 - z) * new + z * state
            all_steps.append(state)
        return torch.stack(all_steps)[:, None]

    def rnn(x, w, r, bias, h0):
        flat = parameters(w, r, bias, (0,), 1)
        y, _ = torch._VF.rnn_tanh(x, h0, flat, True, 1, 0.0, False, False, False)
        return y[:, None]

    def shapes(d, gates, cell=False):
        state = (d, b, h)
        return [(t, b, i), (d, gates * h, i), (d, gates * h, h), (d, 2 * gates * h), state] + [state] * cell

    def reverse(function):
        return lambda x, *rest: function(x.flip(0), *rest)[0].flip(0)

    for d, direction in ((1, "forward"), (2, "bidirectional")):
        case(f"LSTM {direction}", node("LSTM", "x0 x1 x2 x3  x4 x5", hidden_size=h, direction=direction),
             shapes(d, 4, True), lambda *v: lstm(*v)[0])  # fmt: skip
        case(f"GRU {direction}",
             node("GRU", "x0 x1 x2 x3  x4", hidden_size=h, direction=direction, linear_before_reset=1),
             shapes(d, 3), lambda *v: gru(*v)[0])  # fmt: skip
    case("LSTM reverse", node("LSTM", "x0 x1 x2 x3  x4 x5", hidden_size=h, direction="reverse"),
         shapes(1, 4, True), reverse(lstm))  # fmt: skip
    case("GRU reverse", node("GRU", "x0 x1 x2 x3  x4", hidden_size=h, direction="reverse", linear_before_reset=1),
         shapes(1, 3), reverse(gru))  # fmt: skip
    case("LSTM without biases and states", node("LSTM", "x0 x1 x2", hidden_size=h), shapes(1, 4)[:3],
         lambda x, w, r: lstm(x, w, r, w.new_zeros(1, 8 * h), *[w.new_zeros(1, b, h)] * 2)[0])  # fmt: skip
    ends = [node("LSTM", "x0 x1 x2 x3", " p q", hidden_size=h), node("Add", "p q")]
    zero = lambda w: [w.new_zeros(1, b, h)] * 2
    case("LSTM by its last states", ends, shapes(1, 4)[:4],
         lambda x, w, r, s: sum(lstm(x, w, r, s, *zero(w))[1:]))  # fmt: skip
    case("GRU reset first", node("GRU", "x0 x1 x2 x3  x4", hidden_size=h), shapes(1, 3), gru_reset_first)
    case("RNN", node("RNN", "x0 x1 x2 x3  x4", hidden_size=h), shapes(1, 1), rnn)


def rotations():
    n, t, heads, half = 2, 3, 2, 4
    angle = noise.random((8, half)).astype(np.float32) * 3
    places = np.arange(t)[None].repeat(n, 0) + 2

    def rotate(x):
        a = torch.from_numpy(angle[places].astype(np.float64))[:, :, None]
        p, q = x.reshape(n, t, heads, 2 * half).split(half, -1)
        return torch.cat([p * a.cos() - q * a.sin(), q * a.cos() + p * a.sin()], -1).reshape(x.shape)

    case("RotaryEmbedding", node("com.microsoft.RotaryEmbedding", "x0 c0 c1 c2"), [(n, t, heads * 2 * half)],
         rotate, [places, np.cos(angle), np.sin(angle)])  # fmt: skip


def penalties():
    """Second derivatives: what a critic's gradient penalty needs (Mescheder et al. 2018, R1)."""
    first = dict(strides=[2, 2], pads=[1, 1, 1, 1])
    second = dict(pads=[1, 1, 1, 1])

    def critic(activation, function, **attributes):
        nodes = [node("Conv", "x0 x1 x2", "a", **first), node(activation, "a", "b", **attributes),
                 node("Conv", "b x3 x4", "c", **second), node(activation, "c", "d", **attributes),
                 node("Flatten", "d", "f"), node("Gemm", "f x5 x6", transB=1)]  # fmt: skip

        def torch_function(x, w1, b1, w2, b2, w3, b3):
            h = function(F.conv2d(x, w1, b1, 2, 1))
            h = function(F.conv2d(h, w2, b2, 1, 1))
            return h.flatten(1) @ w3.T + b3

        case(f"Penalty of a critic with {activation}", nodes,
             [(2, 3, 6, 8), (4, 3, 4, 4), (4,), (5, 4, 3, 3), (5,), (1, 60), (1,)],
             torch_function, penalty=True)  # fmt: skip

    critic("LeakyRelu", lambda v: F.leaky_relu(v, 0.2), alpha=0.2)
    critic("Softplus", F.softplus)
    critic("Tanh", torch.tanh)
    critic("Elu", F.elu)
    nodes = [node("Conv", "x0 x1", "a", pads=[1, 1, 1, 1]), node("LeakyRelu", "a", "b", alpha=0.2),
             node("AveragePool", "b", "c", kernel_shape=[2, 2], strides=[2, 2]),
             node("Conv", "c x2", "d", group=2), node("Sigmoid", "d", "e"), node("Mul", "d e", "f"),
             node("GlobalAveragePool", "f")]  # fmt: skip
    case("Penalty of a critic with pools", nodes, [(2, 3, 6, 8), (4, 3, 3, 3), (6, 2, 2, 2)],
         lambda x, w, v: F.silu(F.conv2d(F.avg_pool2d(F.leaky_relu(F.conv2d(x, w, None, 1, 1), 0.2), 2), v, groups=2))
         .mean((2, 3), True), penalty=True)  # fmt: skip
    nodes = [node("MatMul", "x0 x1", "a"), node("LayerNormalization", "a x2 x3", "n", epsilon=1e-2),
             node("com.microsoft.Gelu", "n", "b"), node("MatMul", "b x4")]  # fmt: skip
    case("Penalty of a critic with products", nodes, [(2, 3, 4), (4, 5), (5,), (5,), (5, 2)],
         lambda x, w, s, b, v: F.gelu(F.layer_norm(x @ w, (5,), s, b, 1e-2)) @ v, penalty=True)  # fmt: skip


def several_ways():
    nodes = [node("Sigmoid", "x0", "s"), node("Mul", "x0 s", "m"), node("Add", "m x0", "a"),
             node("Greater", "a c0", "b"), node("Cast", "b", "f", to=1), node("Mul", "a f")]  # fmt: skip

    def function(v):
        a = v * torch.sigmoid(v) + v
        return a * (a > 0.5)

    case("Several ways and a flat one", nodes, [(3, 4)], function, [np.float32(0.5)])


def main():
    torch.manual_seed(7)
    for part in (unary, broadcast, products, convolutions, reductions, normalizations, layouts,
                 indices, pools, resizes, quantized, einsums, recurrent, rotations, penalties, several_ways):  # fmt: skip
        part()
    folder = pathlib.Path(sys.argv[1])
    text = ",\n".join("  " + json.dumps(c) for c in CASES)
    (folder / "gradients.json").write_text('{"cases": [\n' + text + "\n]}\n")
    save_file({k: plain(v) for k, v in TENSORS.items()}, folder / "gradients.safetensors", {"torch": torch.__version__})
    print(len(CASES), "cases")


main()
