"""Weights -> ONNX (posteriors and places), a check against PyTorch, and OpenVINO's milliseconds per
crop on one thread.

python -m read.export runs/read.pt runs/read.onnx
"""

import argparse
import time

import numpy as np
import torch

from . import evaluate
from . import nets


def export(weights, path):
    """Input 'image' (N,1,64,192) float 0..1; outputs 'posterior' (N,10,37) after the
    temperature, 'place' (N,10,2)."""
    net, temperature = evaluate.load(weights)
    print(f"{nets.mac(net) / 1e9:.3f} GMAC, temperature {temperature:.3f}")
    model = nets.Export(nets.fuse(net), temperature).eval()
    names = ["posterior", "place"]
    image = torch.rand(2, 1, nets.HEIGHT, nets.WIDTH)
    torch.onnx.export(
        model,
        (image,),
        path,
        input_names=["image"],
        output_names=names,
        opset_version=17,
        dynamic_axes={n: {0: "batch"} for n in ["image", *names]},
        dynamo=False,
    )
    import onnxruntime

    image = torch.rand(3, 1, nets.HEIGHT, nets.WIDTH)  # a batch of another size than the traced one
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    got = session.run(None, {"image": image.numpy()})
    with torch.no_grad():
        print(
            "largest difference to PyTorch",
            [float(np.abs(a - b.numpy()).max()) for a, b in zip(got, model(image))],
        )


def speed(path):
    """Median milliseconds per crop in OpenVINO, one thread, f32 and bf16."""
    import openvino

    core = openvino.Core()
    for precision in ("f32", "bf16"):
        model = core.compile_model(
            path,
            "CPU",
            {
                "INFERENCE_NUM_THREADS": 1,
                "INFERENCE_PRECISION_HINT": precision,
                "PERFORMANCE_HINT": "LATENCY",
            },
        )
        image, times = np.random.rand(1, 1, nets.HEIGHT, nets.WIDTH).astype(np.float32), []
        for _ in range(300):
            start = time.perf_counter()
            model(image)
            times.append(time.perf_counter() - start)
        print(f"OpenVINO {precision}: {1e3 * np.median(times[50:]):.2f} ms per crop")


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("weights")
    p.add_argument("onnx")
    args = p.parse_args()
    export(args.weights, args.onnx)
    speed(args.onnx)


if __name__ == "__main__":
    main()
