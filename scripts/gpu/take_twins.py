# SPDX-License-Identifier: MIT
"""Measures twins in one precision, in a process of its own: a card's error spoils all that follows in a process.

Takes as its argument, as JSON, what `twin_times.Twins` asks for, and prints a line of JSON as soon as there is something: that
the twins are ready, then each one's windows in the order asked for, or what went wrong in it, after which it ends.
"""

import json
import pathlib
import sys
import time

# The parts are a package of the folder above.
sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)


def tell(**found):
    print(json.dumps(found), flush=True)


def told(error):
    return (f"{type(error).__name__}: {error}".splitlines() or [""])[0]


def main():
    asked = json.loads(sys.argv[1])
    import torch
    from gpu import pace, twins
    from gpu.twin_losses import check_losses
    tell(ready=f"PyTorch {torch.__version__}; {check_losses()} losses of the twins are ours")
    device = torch.device(asked["device"])
    for kind in asked["kinds"]:
        setup = twins.Setup(device, kind["batch"], kind["height"], kind["width"], asked["precision"], asked["identities"],
                            asked["images"], is_graph=asked["is_graph"])
        began = time.monotonic()
        try:
            windows = pace.measure(getattr(twins, kind["twin"]), setup, asked["window"])
        except Exception as error:
            tell(problem=told(error))
            sys.exit(1)
        tell(windows=windows, took=time.monotonic() - began)
        try:
            pace.give_back(device)
        except Exception as error:
            tell(spoilt=told(error))
            sys.exit(1)


main()
