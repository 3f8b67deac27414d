"""Which charset a page is written in, whatever it says of itself."""

import codecs
import re
from collections.abc import Mapping

_META_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_HEADER_CHARSET = re.compile(r"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
# Korean pages that say EUC-KR are written in its superset.
_SUPERSETS = {"euc_kr": "cp949", "ks_c_5601-1987": "cp949", "iso8859-1": "cp1252", "ascii": "utf-8"}


def decide_charset(headers: Mapping[str, str], body: bytes) -> str:
    """This picks the charset: header, then meta, then UTF-8, then CP949, the first that decodes without a fault.

    Where none does, the first that is known stands, and the text shows U+FFFD.
    """
    header = _HEADER_CHARSET.search(headers.get("content-type", ""))
    meta = _META_CHARSET.search(body[:4_096])
    named = (header[1] if header else None, meta[1].decode("ascii", "replace") if meta else None, "utf-8", "cp949")
    known = [charset for name in named if (charset := _known(name)) is not None]
    for charset in known:
        try:
            body.decode(charset)
        except UnicodeDecodeError:
            continue
        return charset
    return known[0]


def _known(name: str | None) -> str | None:
    try:
        found = codecs.lookup(name or "").name
        # The registry also knows transforms such as hex, which are no charsets.
        "".encode(found)
    except LookupError:
        return None
    return _SUPERSETS.get(found, found)
