"""Weights out of an exported ONNX file, so that a shipped network can be trained on.

The export folds every batch norm into the convolution before it, and the means and variances that
it had are lost. `restore` measures them anew on training pictures and chooses the affine part so
that the network computes what the file does. The size of a filter is free then; it gets the size
that training ends with, so that a step of the optimiser weighs as much as one of a run that goes on.

    python exported.py text ../models/text.onnx     # restores, exports again and compares the outputs
    python exported.py vehicle ../models/vehicle.onnx
"""

import argparse
import copy

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import nn

# Root mean square of a trained filter's weights before its batch norm; layers differ by a quarter.
FILTER_RMS = 0.15


def layers(net):
    """[(name, convolution, the batch norm behind it or None)] in the order of definition."""
    found, owned = [], {}
    for module in net.modules():
        if isinstance(module, nn.Sequential):
            for a, b in zip(module, list(module)[1:]):
                if isinstance(a, nn.Conv2d) and isinstance(b, nn.BatchNorm2d):
                    owned[a] = b
    for name, module in net.named_modules():
        if isinstance(module, nn.Conv2d):
            found.append((name, module, owned.get(module)))
    return found


def stored(path):
    """{name of a convolution in the network: (weight, bias)} of a file that `export` wrote."""
    graph = onnx.load(str(path)).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    out = {}
    for node in graph.node:
        if node.op_type == "Conv":
            name = node.input[1].removeprefix("net.").removesuffix(".weight")
            if len(node.input) < 3 or name in out and name != "classify":
                raise ValueError(f"{path}: not one of this project's exported networks")
            out[name] = tuple(torch.from_numpy(values[n].copy()) for n in node.input[1:3])
    return out


def restore(net, path, pictures, first=lambda weight: weight):
    """Gives `net` the weights of the ONNX file at `path`.

    pictures: a batch as the network takes it in training, some hundred of them; they set the
    means and variances. first: undoes what the export did to the first convolution's weight.
    """
    values, known = stored(path), layers(net)
    wrong = [
        name
        for name, conv, _ in known
        if name not in values or values[name][0].shape != conv.weight.shape
    ]
    if wrong or len(values) != len(known):
        raise ValueError(f"{path}: made by another kind of network (at {wrong[:3]})")
    # What the file computes, with biases and without batch norms, shows each layer's inputs.
    twin = copy.deepcopy(net).eval()
    seen = {}

    def look(name):
        def hook(_, __, out):
            out = out.double()
            seen[name] = out.mean((0, 2, 3)), out.var((0, 2, 3))

        return hook

    for i, ((name, conv, norm), (_, real, real_norm)) in enumerate(zip(layers(twin), known)):
        weight, bias = values[name]
        if i == 0:
            weight = first(weight)
        for each in (conv, real):
            each.weight.data.copy_(weight)
            if each.bias is not None:
                each.bias.data.copy_(bias)
        if norm is None:
            continue
        conv.register_forward_hook(look(name))
        norm.running_mean.zero_(), norm.running_var.fill_(1 - norm.eps)
        norm.weight.data.fill_(1), norm.bias.data.copy_(bias)
    with torch.no_grad():
        twin(pictures)
    for name, conv, norm in known:
        if norm is None:
            continue
        mean, variance = seen[name]
        rms = conv.weight.data.double().flatten(1).square().mean(1).sqrt()
        scale = rms.clamp(min=1e-6) / FILTER_RMS
        conv.weight.data.div_(scale.float()[:, None, None, None])
        mean, variance = mean / scale, variance / scale**2
        norm.running_mean.copy_(mean), norm.running_var.copy_(variance)
        deviation = (norm.running_var.double() + norm.eps).sqrt()
        norm.weight.data.copy_(scale * deviation)
        norm.bias.data.copy_(values[name][1].double() + scale * norm.running_mean.double())


def start(net, path, pictures, first=lambda weight: weight):
    """Weights of an earlier run (.pt) or of an exported file (.onnx). pictures: a function that
    gives the batch of `restore`."""
    if str(path).endswith(".onnx"):
        restore(net, path, pictures(), first)
    else:
        net.load_state_dict(torch.load(path)["weights"])


def mean(before, tuned, share):
    """Weights (state dicts) between two networks of one kind; share: of the tuned ones. What is counted, not learnt, is
    the tuned one's."""
    return {
        name: torch.lerp(before[name], value, share) if value.is_floating_point() else value
        for name, value in tuned.items()
    }


def check(task, path):
    """Largest difference of each output between a file and the network restored from it, as a share
    of the largest value."""
    import onnxruntime

    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    height, width = session.get_inputs()[0].shape[2 if task == "text" else 1 :][:2]
    if task == "text":
        from read import data, nets

        pictures = data.to_tensor([s[0] for s in data.rendered(256, 7)])
        net, first, feed = nets.Reader(), lambda weight: weight, pictures[:64]
    else:
        from detect import nets
        from detect.train import TASKS

        t = TASKS[task]
        pictures = torch.rand(12, 3, height, width)
        net, first = nets.Detector(t["classes"], t["corners"]), nets.file_to_training
        feed = torch.randint(0, 256, (2, height, width, 3), dtype=torch.uint8)
    restore(net, path, pictures, first)
    whole = nets.Export(net) if task == "text" else nets.Export(net, width, height)
    with torch.no_grad():
        got = whole.eval()(feed)
    return [
        float(np.abs(a - b.numpy()).max() / max(1.0, np.abs(a).max()))
        for a, b in zip(session.run(None, {"image": feed.numpy()}), got)
    ]


def main():
    p = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    p.add_argument("task", choices=["vehicle", "plate", "text"])
    p.add_argument("onnx")
    args = p.parse_args()
    differences = check(args.task, args.onnx)
    print("largest differences, in shares of the largest value:", differences)
    if max(differences) > 1e-4:
        raise SystemExit("the restored network does not compute what the file does")


if __name__ == "__main__":
    main()
