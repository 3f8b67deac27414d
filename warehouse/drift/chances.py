"""Two textbook figures about shares: the binomial tail and the Wilson score interval.

Written out, since the libraries that hold them take a second to load at the start of every crawl.
"""

import math
from typing import Final

_Z: Final = 2.5758  # two-sided 99 %


def tail_below(n: int, k: int, share: float) -> float:
    """The chance of at most `k` in `n` rows that each show a field with probability `share` (binomial).

    >>> round(tail_below(8, 0, 0.5), 6)
    0.003906
    """
    if n == 0 or k >= n or share <= 0:
        return 1.0
    return min(1.0, sum(math.comb(n, seen) * share**seen * (1 - share) ** (n - seen) for seen in range(k + 1)))


def wilson_lower(n: int, k: int) -> float:
    """The lower bound of the 99 % Wilson score interval of the share k/n.

    >>> round(wilson_lower(100, 100), 3)
    0.938
    """
    share, square = k / n, _Z * _Z
    middle = share + square / (2 * n)
    spread = _Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(0.0, (middle - spread) / (1 + square / n))
