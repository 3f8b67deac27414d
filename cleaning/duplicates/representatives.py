"""Who stands for a cluster of near-copies when data has grown since the last time.

A new row can be like two old ones that are not like each other, or come before an old one in order. An old row would
then be dropped for a new one, which may fall on another side. So rows whose side is stored stand for themselves.
"""

from collections.abc import Collection, Iterator, Mapping

from cleaning.duplicates.search import THRESHOLD, jaccard


def settle(clusters: Mapping[str, str], texts: Mapping[str, str], known: Collection[str]) -> dict[str, str]:
    """Each id with its representative, where the `known` rows of a cluster have the first claim.

    `clusters` names for each id the first one of its cluster, `texts` the text of each. A known row gives way to
    another known one only where the two are near-copies themselves. Others go to the known row most like them.

    >>> texts = {"new": "오늘 점심은 김치찌개 먹었다", "old": "오늘 점심은 김치찌개 먹었다!"}
    >>> settle({"new": "new", "old": "new"}, texts, {"old"})
    {'new': 'old', 'old': 'old'}
    """
    settled = dict(clusters)
    members: dict[str, list[str]] = {}
    for row_id, root in clusters.items():
        members.setdefault(root, []).append(row_id)
    for root, rows in members.items():
        if len(rows) > 1 and any(row_id in known for row_id in rows):
            settled |= dict(_settled(root, rows, texts, known))
    return settled


def _settled(root: str, rows: list[str], texts: Mapping[str, str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    standing: list[str] = []
    for row_id in (row_id for row_id in rows if row_id in known):
        most = _most_like(row_id, standing, texts)
        if most is None or jaccard(texts[row_id], texts[most]) < THRESHOLD:
            standing.append(row_id)
            yield row_id, row_id
        else:
            yield row_id, most
    for row_id in (row_id for row_id in rows if row_id not in known):
        yield row_id, _most_like(row_id, standing, texts) or root


def _most_like(row_id: str, others: list[str], texts: Mapping[str, str]) -> str | None:
    return max(others, key=lambda other: jaccard(texts[row_id], texts[other]), default=None)
