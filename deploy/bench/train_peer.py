# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""PyTorch training the net of an ONNX file, asked line by line on standard input.

    train_peer.py MODEL SAMPLES THREADS

SAMPLES is a safetensors file with the net's inputs and, as `target`, what its first output shall be.
The loss is L1, the optimizer Adam. Requests: `gradient FILE` writes the gradients of all float
initializers at the start, `truth FILE` the same in float64, rounded once; `steps N` does N steps and answers with the seconds of each and the
process's CPU seconds; `memory` answers with the peak of resident memory in bytes.
"""
import resource
import sys
import time

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper
from safetensors.numpy import load_file, save_file

torch.set_num_threads(int(sys.argv[3]))
model = onnx.load(sys.argv[1])
samples = {name: torch.from_numpy(value) for name, value in load_file(sys.argv[2]).items()}
target = samples.pop("target")
values = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in model.graph.initializer}
weights = {n: v.requires_grad_() for n, v in values.items() if v.dtype == torch.float32 and v.numel() > 1}


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def conv(a, x, w, b=None):
    pads = a.get("pads", [0] * 2 * (w.dim() - 2))
    return F.conv2d(x, w, b, a.get("strides", 1), pads[: w.dim() - 2], a.get("dilations", 1), a.get("group", 1))


def conv_transpose(a, x, w, b=None):
    pads = a.get("pads", [0] * 2 * (w.dim() - 2))[: w.dim() - 2]
    return F.conv_transpose2d(x, w, b, a.get("strides", 1), pads, a.get("output_padding", 0), a.get("group", 1))


def gemm(a, x, w, b=None):
    x = x.t() if a.get("transA") else x
    return F.linear(x, w if a.get("transB") else w.t(), b)


def lstm(a, x, w, r, b):
    """One direction; ONNX orders the gates i o f c, PyTorch i f c o."""
    hidden = a["hidden_size"]

    def ordered(m):
        i, o, f, c = m.split(hidden)
        return torch.cat([i, f, c, o])

    zeros = x.new_zeros(1, x.shape[1], hidden)
    flat = [ordered(w[0]), ordered(r[0]), ordered(b[0, : 4 * hidden]), ordered(b[0, 4 * hidden :])]
    y, _, _ = torch._VF.lstm(x, (zeros, zeros), flat, True, 1, 0.0, True, False, False)
    return y.unsqueeze(1)


OPS = {
    "Add": lambda a, x, y: x + y,
    "Mul": lambda a, x, y: x * y,
    "Conv": conv,
    "ConvTranspose": conv_transpose,
    "Gemm": gemm,
    "MatMul": lambda a, x, y: x @ y,
    "Relu": lambda a, x: F.relu(x),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Tanh": lambda a, x: torch.tanh(x),
    "Erf": lambda a, x: torch.erf(x),
    "Softmax": lambda a, x: torch.softmax(x, a.get("axis", -1)),
    "LayerNormalization": lambda a, x, s, b: F.layer_norm(x, s.shape, s, b, a.get("epsilon", 1e-5)),
    "Reshape": lambda a, x, shape: x.reshape([x.shape[i] if d == 0 else int(d) for i, d in enumerate(shape)]),
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Squeeze": lambda a, x, axes: x.squeeze(int(axes[0])),
    "LSTM": lstm,
    "Constant": lambda a: torch.from_numpy(numpy_helper.to_array(a["value"]).copy()),
}
nodes = [(OPS[n.op_type], attributes(n), list(n.input), n.output[0]) for n in model.graph.node]


def forward(values, samples):
    known = dict(values, **samples)
    for function, attribute, inputs, output in nodes:
        known[output] = function(attribute, *[known[i] for i in inputs if i])
    return known[model.graph.output[0].name]


optimizer = torch.optim.Adam(weights.values(), lr=1e-3)


def backward():
    optimizer.zero_grad(set_to_none=True)
    (forward(values, samples) - target).abs().mean().backward()


def truth():
    wide = {n: v.detach().double() if v.is_floating_point() else v for n, v in values.items()}
    leaves = {n: wide[n].requires_grad_() for n in weights}
    doubles = {n: v.double() for n, v in samples.items()}
    (forward(wide, doubles) - target.double()).abs().mean().backward()
    return leaves


def write(leaves, file):
    save_file({n: np.ascontiguousarray(w.grad.float().numpy()) for n, w in leaves.items()}, file)
    print("written", flush=True)


for line in sys.stdin:
    request, _, argument = line.strip().partition(" ")
    if request == "gradient":
        backward()
        write(weights, argument)
    elif request == "truth":
        write(truth(), argument)
    elif request == "memory":
        print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
    else:
        seconds = []
        for _ in range(int(argument)):
            start = time.perf_counter()
            backward()
            optimizer.step()
            seconds.append(time.perf_counter() - start)
        print(",".join(map(str, seconds)), time.process_time(), flush=True)
