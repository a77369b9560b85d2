# Copyright the Sagui authors
# SPDX-License-Identifier: Apache-2.0
"""The peers of `sagui bench quantize*`: one model through one recipe of onnxruntime's tools or of nncf.

    quantize_peer.py METHOD MODEL CALIBRATION.npz OUT.onnx [SAMPLES]
    quantize_peer.py check MODEL...        one line a file: ok, or what the ONNX checker says

The samples are rows: each array [N, ...] is fed as [1, ...], row by row; to nncf small ones by eight.
An array of another length than the first one's is the same in every sample.
A method whose name ends in "-op17" gets the model at opset 17 with its Constant nodes as
initializers, because the tool refuses the original or writes an invalid file of it.
"""
import os
import sys
import tempfile

import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter

LARGE = 1 << 30


def rows(path, limit=None, batch=1):
    with np.load(path) as arrays:
        arrays = {name: arrays[name] for name in arrays.files}
    count = len(next(iter(arrays.values())))
    for i in range(0, min(count, limit or count), batch):
        yield {name: a[i : i + batch] if len(a) == count else a for name, a in arrays.items()}


class Reader:
    """onnxruntime's CalibrationDataReader, without holding more than one sample."""

    def __init__(self, path, limit):
        self.rows = rows(path, limit)

    def get_next(self):
        return next(self.rows, None)

    def set_range(self, start_index, end_index):
        raise NotImplementedError


def save(model, out):
    if sum(len(t.raw_data) for t in model.graph.initializer) > LARGE:
        onnx.save(model, out, save_as_external_data=True, location=os.path.basename(out) + ".data")
    else:
        onnx.save(model, out)


def opset17(path):
    """The model's copy at opset 17, constants as initializers."""
    model = onnx.load(path)
    kept = [n for n in model.graph.node if n.op_type != "Constant" or n.attribute[0].name != "value"]
    for node in model.graph.node:
        if node.op_type == "Constant" and node.attribute[0].name == "value":
            tensor = node.attribute[0].t
            tensor.name = node.output[0]
            model.graph.initializer.append(tensor)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    names = {t.name for t in model.graph.initializer}
    inputs = [i for i in model.graph.input if i.name not in names]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    copy = os.path.join(tempfile.mkdtemp(dir=os.environ.get("SAGUI_SCRATCH")), "op17.onnx")
    save(version_converter.convert_version(model, 17), copy)
    return copy


def prepared(path):
    from onnxruntime.quantization.shape_inference import quant_pre_process

    prepared = os.path.join(tempfile.mkdtemp(dir=os.environ.get("SAGUI_SCRATCH")), "prepared.onnx")
    try:
        quant_pre_process(path, prepared, skip_symbolic_shape=True)
    except Exception as e:  # as its documentation advises: go on without
        print("pre-process failed:", e)
        prepared = path
    return prepared


def static_defaults(path, calibration, out, limit):
    from onnxruntime.quantization import quantize_static

    quantize_static(prepared(path), out, Reader(calibration, limit))


def static(path, calibration, out, limit, method="MinMax", reduce_range=False):
    from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

    quantize_static(
        prepared(path),
        out,
        Reader(calibration, limit),
        quant_format=QuantFormat.QDQ,
        per_channel=True,
        reduce_range=reduce_range,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=getattr(CalibrationMethod, method),
    )


def dynamic(path, out, weight, per_channel=False, reduce_range=False):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        path,
        out,
        per_channel=per_channel,
        reduce_range=reduce_range,
        weight_type=getattr(QuantType, weight),
        use_external_data_format=os.path.getsize(path) < 100_000
        and any(t.external_data for t in onnx.load(path, load_external_data=False).graph.initializer),
    )


def four_bit(path, out):
    from onnxruntime.quantization import QuantFormat
    from onnxruntime.quantization.matmul_nbits_quantizer import (
        DefaultWeightOnlyQuantConfig,
        MatMulNBitsQuantizer,
    )

    config = DefaultWeightOnlyQuantConfig(
        block_size=32, is_symmetric=True, accuracy_level=4, quant_format=QuantFormat.QOperator, bits=4
    )
    quantizer = MatMulNBitsQuantizer(onnx.load(path), algo_config=config)
    quantizer.process()
    model = quantizer.model.model if hasattr(quantizer.model, "model") else quantizer.model
    if not any(n.op_type == "MatMulNBits" for n in model.graph.node):
        raise SystemExit("MatMulNBits changed nothing: no MatMul with a constant weight was found")
    save(model, out)


def entropy(path, calibration, limit):
    """Calibration alone, for its time and memory."""
    from onnxruntime.quantization.calibrate import CalibrationMethod, create_calibrator

    scratch = tempfile.mkdtemp(dir=os.environ.get("SAGUI_SCRATCH"))
    calibrator = create_calibrator(
        path,
        augmented_model_path=os.path.join(scratch, "augmented.onnx"),
        calibrate_method=CalibrationMethod.Entropy,
    )
    calibrator.collect_data(Reader(calibration, limit))
    print(len(calibrator.compute_data().keys()), "tensors")


def nncf_static(path, calibration, out, limit):
    import nncf
    from nncf.quantization.advanced_parameters import AdvancedQuantizationParameters, OverflowFix

    first = next(rows(calibration))
    small = sum(a.size for a in first.values()) < 4096
    # Its ranges are means over batches: small samples serve it better by eight.
    samples = list(rows(calibration, limit, 8 if small else 1))
    model = nncf.quantize(
        onnx.load(path),
        nncf.Dataset(samples),
        subset_size=len(samples),
        advanced_parameters=AdvancedQuantizationParameters(overflow_fix=OverflowFix.ENABLE),
    )
    save(model, out)


def nncf_weights(path, out, mode):
    import nncf

    options = {"mode": getattr(nncf.CompressWeightsMode, mode)}
    if mode.startswith("INT4"):
        options.update(group_size=32, ratio=1.0)
    save(nncf.compress_weights(onnx.load(path), **options), out)


def floor(path, out):
    """No peer: int8 weights a channel by plain rounding, the floor that any tool must beat."""
    model = onnx.load(path)
    axes = {}
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            axis = {"Conv": 0, "ConvTranspose": 1, "Gemm": 1, "MatMul": -1, "Gather": 0}.get(node.op_type)
            if axis is None or i > 1 or (i == 0 and node.op_type != "Gather"):
                continue
            transposed = any(a.name == "transB" and a.i for a in node.attribute)
            axes[name] = 0 if transposed else axis
    inputs, nodes = [], []
    for tensor in list(model.graph.initializer):
        values = numpy_helper.to_array(tensor)
        if tensor.name not in axes or values.dtype != np.float32 or values.ndim < 2 or values.size < 256:
            inputs.append(tensor)
            continue
        axis = axes[tensor.name] % values.ndim
        rest = tuple(i for i in range(values.ndim) if i != axis)
        scale = np.maximum(np.abs(values).max(axis=rest, keepdims=True), 1e-12) / np.float32(127)
        integers = np.clip(np.rint(values / scale), -127, 127).astype(np.int8)
        inputs.append(numpy_helper.from_array(integers, tensor.name + "_q"))
        inputs.append(numpy_helper.from_array(scale.astype(np.float32), tensor.name + "_s"))
        cast = tensor.name + "_c"
        nodes.append(helper.make_node("Cast", [tensor.name + "_q"], [cast], to=onnx.TensorProto.FLOAT))
        nodes.append(helper.make_node("Mul", [cast, tensor.name + "_s"], [tensor.name]))
    rest = list(model.graph.node)
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(inputs)
    model.graph.node.extend(nodes + rest)
    save(model, out)


def check(paths):
    for path in paths:
        try:
            onnx.checker.check_model(path, full_check=False)
            print("ok")
        except Exception as e:
            print(str(e).replace("\n", " ")[:300])


def main(method, path, calibration, out, samples=None):
    limit = int(samples) if samples else None
    if method.endswith("-op17"):
        method = method[: -len("-op17")]
        path = opset17(path)
    run = {
        "ort-static": lambda: static_defaults(path, calibration, out, limit),
        "ort-static-pc": lambda: static(path, calibration, out, limit),
        "ort-static-pc-rr": lambda: static(path, calibration, out, limit, reduce_range=True),
        "ort-percentile-pc-rr": lambda: static(path, calibration, out, limit, "Percentile", True),
        "ort-dynamic-u8": lambda: dynamic(path, out, "QUInt8"),
        "ort-dynamic-s8": lambda: dynamic(path, out, "QInt8"),
        "ort-dynamic-s8-pc-rr": lambda: dynamic(path, out, "QInt8", True, True),
        "ort-4bit-b32": lambda: four_bit(path, out),
        "ort-entropy": lambda: entropy(path, calibration, limit),
        "nncf-ptq": lambda: nncf_static(path, calibration, out, limit),
        "nncf-w8": lambda: nncf_weights(path, out, "INT8_ASYM"),
        "nncf-w4-g32": lambda: nncf_weights(path, out, "INT4_SYM"),
        "floor-w8": lambda: floor(path, out),
    }
    run[method]()


if __name__ == "__main__":
    if sys.argv[1] == "check":
        check(sys.argv[2:])
    else:
        main(*sys.argv[1:])
