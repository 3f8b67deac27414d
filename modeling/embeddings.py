"""Training dialogues in, the token vectors that a model from scratch starts with out: which token follows which.

A small corpus is seen a few times only, and most of them would go into finding out what a bigram counts in a second.
"""

from collections.abc import Sequence
from typing import Any

import torch

from modeling.baselines import NGrams
from modeling.render import Rendered

_POWER_ITERATIONS = 3  # Halko and others (2011): one to three suffice where singular values fall slowly


def begin_with_neighbours(model: Any, rendered: Sequence[Rendered]) -> None:
    """This adds `neighbour_vectors` to the random token vectors of a GPT-2 from scratch, in the same deviation.

    The random part stays, since two tokens of equal neighbours would begin equal and be told apart only slowly: of
    16 pairs learnt by heart the model then gives 4 to 12 again, with it 16 (measured 2026-11).
    """
    table = model.get_input_embeddings().weight
    size, width = table.shape
    with torch.no_grad():
        table.add_(neighbour_vectors(rendered, size, width, deviation=model.config.initializer_range))


def neighbour_vectors(rendered: Sequence[Rendered], size: int, width: int, deviation: float) -> torch.Tensor:
    """(size, width) vectors of the given standard deviation, for input and output alike.

    The first half of a token's columns says what follows it, the second half what it follows: the singular vectors
    of log(1 + p(a, b) / (p(a) p(b))) over adjacent tokens, which is 0 for a pair never seen and so takes no more
    memory than the pairs (Levy and Goldberg, 2014, on such matrices and word vectors). Torch's global generator
    decides the last bits, as it does for random weights. A token without any neighbour has zeros.
    """
    counts = NGrams.count(rendered, size)
    vectors = torch.zeros(size, width)
    half = min(width // 2, size)
    if not half or not len(counts.codes):
        return vectors
    codes, pairs = torch.from_numpy(counts.codes), torch.from_numpy(counts.counts).double()
    before, after = codes // size, codes % size
    starts = torch.from_numpy(counts.starts).double()
    ends = torch.bincount(after, weights=pairs, minlength=size)
    association = torch.log1p(pairs * pairs.sum() / (starts[before] * ends[after])).float()
    matrix = torch.sparse_coo_tensor(torch.stack([before, after]), association, (size, size), check_invariants=True)
    left, strength, right = torch.svd_lowrank(matrix, q=half, niter=_POWER_ITERATIONS)
    for side, columns in ((left, slice(0, half)), (right, slice(half, 2 * half))):
        scaled = side * strength.sqrt()
        vectors[:, columns] = scaled * (deviation / scaled.std())
    return vectors
