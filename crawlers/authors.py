"""Pseudonyms: the one place where an author's name turns into a key."""

import hmac
from functools import lru_cache

# What both sites show for somebody who gave no name; keyed, they would make one author of strangers.
NAMELESS = frozenset({"비공개", "비공개 답변", "익명", "ㅇㅇ", "쓰니", "글쓴이"})


def author_key(site: str, author: str, salt: bytes | None) -> str | None:
    """This is the first 32 hex digits of HMAC-SHA256(salt, site and author id).

    None without a salt and for somebody who gave no name (see NAMELESS).
    """
    if salt is None or not author or author in NAMELESS:
        return None
    keyed = _keyed(salt).copy()
    keyed.update(f"{site}\n{author}".encode("utf-8", "replace"))
    return keyed.hexdigest()[:32]


@lru_cache(maxsize=2)
def _keyed(salt: bytes) -> hmac.HMAC:
    # One salt serves a whole crawl, and to take it in is most of the work.
    return hmac.new(salt, digestmod="sha256")
