"""A body as it comes over the wire, unpacked without ever holding more than is allowed."""

import zlib
from collections.abc import Iterable

from warehouse.errors import Permanent, Transient

ACCEPTED = "gzip, deflate"
_GZIP = zlib.MAX_WBITS | 16


def read_body(chunks: Iterable[bytes], encoding: str, max_bytes: int, url: str) -> bytes:
    """This joins and unpacks a body of one content coding; both the packed and the unpacked size are bounded.

    Raises:
        Permanent: over `max_bytes`, a coding that was not asked for, or one that does not unpack.
        Transient: a packed body that ends before its end.
    """
    coding = encoding.strip().lower()
    unpack = _unpacker(coding, max_bytes, url)
    received, unpacked = 0, bytearray()
    for chunk in chunks:
        received += len(chunk)
        unpacked += unpack.feed(chunk, max_bytes + 1 - len(unpacked)) if unpack else chunk
        if max(received, len(unpacked)) > max_bytes:
            raise Permanent(f"{url} holds more than {max_bytes:,} bytes: it is set aside", "too_large")
    if unpack and received and not unpack.is_whole:
        raise Transient(f"connection to {url} failed (a packed body was cut short): try again later")
    return bytes(unpacked)


def _unpacker(coding: str, max_bytes: int, url: str) -> "_Unpacker | None":
    if coding in ("", "identity"):
        return None
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise Permanent(
            f"{url} is packed as {coding!r}, which was not asked for ({ACCEPTED}): it is set aside", "broken_body"
        )
    return _Unpacker(url, is_deflate=coding == "deflate")


class _Unpacker:
    """Unpacks gzip of one or more members, and deflate with or without its zlib wrapping."""

    def __init__(self, url: str, *, is_deflate: bool) -> None:
        self._url = url
        self._start = b""
        self._stream = zlib.decompressobj(_GZIP)
        self._is_begun = not is_deflate

    @property
    def is_whole(self) -> bool:
        """Whether the last member came to its end."""
        return self._stream.eof

    def feed(self, chunk: bytes, room: int) -> bytes:
        """This unpacks at most `room` bytes more; what would be over is left packed."""
        out = bytearray()
        try:
            chunk = chunk if self._is_begun else self._begin(chunk)
            while chunk and len(out) < room:
                if self._stream.eof:
                    self._stream = zlib.decompressobj(_GZIP)
                out += self._stream.decompress(chunk, room - len(out))
                chunk = self._stream.unused_data
        except zlib.error as error:
            raise Permanent(
                f"{self._url} sent a body whose compression is broken: it is set aside", "broken_body"
            ) from error
        return bytes(out)

    def _begin(self, chunk: bytes) -> bytes:
        """Some servers send deflate without the wrapping that the standard asks for: its two first bytes tell."""
        self._start += chunk
        if len(self._start) < 2:
            return b""
        first, second = self._start[:2]
        is_wrapped = first & 15 == zlib.DEFLATED and (first * 256 + second) % 31 == 0
        self._stream = zlib.decompressobj(zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
        self._is_begun = True
        return self._start
