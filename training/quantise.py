"""An int8 version of a network for processors without AMX: static post-training quantisation of its convolutions.

    python quantise.py vehicle ../models/vehicle.onnx ../models/vehicle.int8.onnx [--samples 150] [--seed 7]
    python quantise.py plate ../models/plate.onnx ../models/plate.int8.onnx
    python quantise.py text ../models/text.onnx ../models/text.int8.onnx

Weights are rounded per channel to 7 bits, since the sum of two products of bytes has 16 bits in AVX2 and saturates with 8
(VNNI has 32, and gives the same results); activations to 8 bits over the range of nearly all values that `--samples` training
pictures give (drawn as in training; no development picture). The last convolutions and what decodes their results stay in
float. `build.py` calls this and writes the checksum into the contract. Prints how far its outputs are from the original's
on other training pictures, and milliseconds for one sample on one thread of both.
"""

import argparse
import time

import numpy as np
import onnx
from onnxruntime.quantization import CalibrationMethod, QuantFormat, QuantType, quantize_static

PERCENTILE = 99.999
# Roles whose first convolution stays in float: corners and characters come out closer, for a tenth of the gain.
FLOAT_STEM = ("plate", "text")
ROLES = ("vehicle", "plate", "text")
# What lies between two convolutions is done in int8 as well, so that nothing is widened on the way.
INSIDE = ["Conv", "Add", "MaxPool", "Resize", "Concat", "Relu"]


def pictures(role, seed, width, height):
    """Endless inputs (1, ...) of the network."""
    if role == "text":
        from read import data

        for number in range(1000):
            for sample in data.rendered(100, seed + number):
                yield np.float32(sample[0])[None, None] / 255
    else:
        if role == "vehicle":
            from detect.vehicle_samples import VehicleSamples as Samples
        else:
            from detect.plate_samples import PlateSamples as Samples
        samples = Samples(seed)
        while True:  # BGR bytes
            yield samples.sample(width, height)[0][None]


class Calibration:
    """What onnxruntime asks for inputs."""

    def __init__(self, name, samples, count):
        self.name, self.samples, self.left = name, samples, count

    def get_next(self):
        self.left -= 1
        return {self.name: next(self.samples)} if self.left >= 0 else None


def tail(graph):
    """Names of the last convolutions, whose results no other one uses, and of all that follows them."""
    needed, names = set(), []
    for node in reversed(graph.node):
        leads_on = any(name in needed for name in node.output)
        if not leads_on:
            names.append(node.name)
        if node.op_type == "Conv" or leads_on:
            needed.update(node.input)
    return names


def quantise(role, source, path, count, seed):
    """Writes `path`; returns other pictures."""
    model = onnx.load(source)
    image = model.graph.input[0]
    shape = [d.dim_value for d in image.type.tensor_type.shape.dim]
    height, width = shape[1:3] if role != "text" else shape[2:4]
    excluded = tail(model.graph)
    if role in FLOAT_STEM:
        excluded.append(next(n.name for n in model.graph.node if n.op_type == "Conv"))
    quantize_static(
        source,
        path,
        Calibration(image.name, pictures(role, seed, width, height), count),
        quant_format=QuantFormat.QDQ,
        op_types_to_quantize=INSIDE,
        per_channel=True,
        reduce_range=True,
        activation_type=QuantType.QUInt8,
        weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.Percentile,  # the largest values would make all others coarse
        extra_options={"CalibPercentile": PERCENTILE},
        nodes_to_exclude=excluded,
    )
    onnx.checker.check_model(onnx.load(path), full_check=True)
    return pictures(role, seed + 1, width, height)


def compiled(path, precision):
    import openvino

    core = openvino.Core()
    model = core.read_model(str(path))
    model.reshape([1] + [d.get_length() for d in list(model.input(0).partial_shape)[1:]])
    return core.compile_model(
        model,
        "CPU",
        {"INFERENCE_NUM_THREADS": 1, "INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"},
    )


def compare(source, path, samples, count=60):
    """Mean and largest difference of each output, and milliseconds."""
    networks = {"f32": compiled(source, "f32"), "bf16": compiled(source, "bf16"), "int8": compiled(path, "f32")}
    times = {name: [] for name in networks}
    outputs = {name: [] for name in networks}
    for _, sample in zip(range(count), samples):
        for name, network in networks.items():
            start = time.thread_time()
            result = network(sample)
            times[name].append(1e3 * (time.thread_time() - start))
            outputs[name].append([result[k][0].copy() for k in range(len(network.outputs))])
    for name in networks:
        text = []
        for k, port in enumerate(networks["f32"].outputs):
            off = np.abs(np.stack([o[k] for o in outputs[name]]) - np.stack([o[k] for o in outputs["f32"]]))
            text.append(f"{port.get_any_name()} off by {off.mean():.5f}, at most {off.max():.4f}")
        print(f"{name}: {np.median(times[name]):.2f} ms; {'; '.join(text)}")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("role", choices=ROLES)
    p.add_argument("source")
    p.add_argument("path")
    p.add_argument("--samples", type=int, default=150)
    p.add_argument("--seed", type=int, default=7)
    args = p.parse_args()
    fresh = quantise(args.role, args.source, args.path, args.samples, args.seed)
    compare(args.source, args.path, fresh)


if __name__ == "__main__":
    main()
