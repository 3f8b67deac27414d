"""How many threads torch computes with: more than one slows a small model, and burns what other processes need."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from modeling.options import SCRATCH


@contextmanager
def torch_threads(threads: int, model: str) -> Iterator[None]:
    """So many threads meanwhile, then as before; 0 is one for `tiny` on the processor, else what torch has chosen.

    60 steps of `tiny` on two busy cores took 14 s (25 s of processor time) with one thread, 18 s (26 s) with two, and
    181 s (68 s) with two that spin while they wait (2026-11, one run each).
    """
    before = torch.get_num_threads()
    torch.set_num_threads(threads or (1 if model == SCRATCH and not torch.cuda.is_available() else before))
    try:
        yield
    finally:
        torch.set_num_threads(before)
