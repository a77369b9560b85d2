# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""The peer of `sagui bench prune`: Torch-Pruning on a decoder, without the fine-tuning after it.

    prune_peer.py MODEL SHARE OUT.onnx     removes that share of the multiplications

Prints the share that went. Takes a chain of Gemm, Reshape, Conv, ConvTranspose, BatchNormalization,
Relu, Sigmoid and Tanh. The Gemm and the Reshape after it become one ConvTranspose on an input of
1 x 1: as a Linear and a view, Torch-Pruning would remove more than it was asked for.
Multiplications are counted as the model does them: those of a ConvTranspose by its input's pixels.
"""
import sys

import onnx
import torch
import torch_pruning
from onnx import helper, numpy_helper

torch.manual_seed(0)
torch.set_num_threads(1)


class Decoder(torch.nn.Module):
    """Latents [N, L] to what the last layer puts out."""

    def __init__(self, layers):
        super().__init__()
        self.layers = torch.nn.Sequential(*layers)

    def forward(self, latents):
        return self.layers(latents[:, :, None, None])


def filled(layer, weight, bias):
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(weight.copy()))
        layer.bias.copy_(torch.from_numpy(bias.copy()))
    return layer


class Head(torch.nn.Module):
    """y = W z + b, read as [C, H, W]: a ConvTranspose whose kernel is as large as the map.

    A further input that is always one carries the bias, which each pixel has its own of.
    """

    def __init__(self, weight, bias, shape):
        super().__init__()
        channels, height, width = shape
        self.grow = torch.nn.ConvTranspose2d(
            weight.shape[1] + 1, channels, (height, width), bias=False
        )
        rows = weight.T.reshape(-1, channels, height, width)
        with torch.no_grad():
            self.grow.weight[:-1].copy_(torch.from_numpy(rows.copy()))
            self.grow.weight[-1].copy_(torch.from_numpy(bias.reshape(shape).copy()))

    def forward(self, latents):
        return self.grow(torch.cat([latents, torch.ones_like(latents[:, :1])], 1))


def convolution(node, weight, bias):
    attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    pads, strides = attributes["pads"], attributes["strides"]
    if node.op_type == "Conv":
        layer = torch.nn.Conv2d(weight.shape[1], weight.shape[0], weight.shape[2:], strides, pads[:2])
    else:
        layer = torch.nn.ConvTranspose2d(
            weight.shape[0], weight.shape[1], weight.shape[2:], strides, pads[:2]
        )
    return filled(layer, weight, bias)


def normalization(node, scale, bias, mean, variance):
    epsilon = {a.name: helper.get_attribute_value(a) for a in node.attribute}.get("epsilon", 1e-5)
    layer = filled(torch.nn.BatchNorm2d(len(scale), epsilon), scale, bias)
    layer.running_mean.copy_(torch.from_numpy(mean.copy()))
    layer.running_var.copy_(torch.from_numpy(variance.copy()))
    return layer


def decoder(path):
    graph = onnx.load(path).graph
    values = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    for node in graph.node:
        if node.op_type == "Constant":
            values[node.output[0]] = numpy_helper.to_array(node.attribute[0].t)
    maps = next(values[n.input[1]] for n in graph.node if n.op_type == "Reshape")
    plain = {"Relu": torch.nn.ReLU, "Sigmoid": torch.nn.Sigmoid, "Tanh": torch.nn.Tanh}
    layers = []
    for node in graph.node:
        weights = [values[name] for name in node.input[1:] if name in values]
        if node.op_type == "Gemm":
            layers.append(Head(*weights, [int(n) for n in maps[1:]]))
        elif node.op_type in ("Conv", "ConvTranspose"):
            layers.append(convolution(node, *weights))
        elif node.op_type == "BatchNormalization":
            layers.append(normalization(node, *weights))
        elif node.op_type in plain:
            layers.append(plain[node.op_type]())
        elif node.op_type not in ("Constant", "Reshape"):
            sys.exit("cannot build a " + node.op_type)
    return Decoder(layers).eval(), int(graph.input[0].type.tensor_type.shape.dim[1].dim_value)


def multiplications(model, latents):
    """Of one run."""
    counted = []

    def count(layer, inputs, output):
        pixels = inputs[0] if isinstance(layer, torch.nn.ConvTranspose2d) else output
        counted.append(layer.weight.numel() * pixels.shape[2] * pixels.shape[3])

    layers = [m for m in model.modules() if isinstance(m, (torch.nn.Conv2d, torch.nn.ConvTranspose2d))]
    hooks = [layer.register_forward_hook(count) for layer in layers]
    with torch.no_grad():
        model(latents)
    for hook in hooks:
        hook.remove()
    return sum(counted)


def pruned(path, ratio):
    """By the default: group L2 norms, one ratio for all layers."""
    model, width = decoder(path)
    latents = torch.zeros(1, width)
    before = multiplications(model, latents)
    torch_pruning.pruner.MetaPruner(
        model,
        latents,
        importance=torch_pruning.importance.GroupMagnitudeImportance(p=2),
        pruning_ratio=ratio,
        ignored_layers=[[m for m in model.modules() if isinstance(m, torch.nn.Conv2d)][-1]],
    ).step()
    return model, latents, 1 - multiplications(model, latents) / before


def main():
    path, share, out = sys.argv[1], float(sys.argv[2]), sys.argv[3]
    ratios = [i / 100 for i in range(2, 80, 2)]
    best = min(ratios, key=lambda ratio: abs(pruned(path, ratio)[2] - share))
    model, latents, removed = pruned(path, best)
    names = onnx.load(path).graph
    torch.onnx.export(
        model,
        latents,
        out,
        input_names=[names.input[0].name],
        output_names=[names.output[0].name],
        dynamic_axes={names.input[0].name: {0: "batch"}, names.output[0].name: {0: "batch"}},
        opset_version=13,
    )
    print("%.4f" % removed)


if __name__ == "__main__":
    main()
