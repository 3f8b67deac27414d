"""Connections that are safe by themselves: to a checked address, within a time, with a head of bounded size.

The name is resolved once for a connection and the connection goes to the very address that was checked, so that a name
which answers differently a moment later (DNS rebinding) gains nothing. A proxy of the environment is not used: it
would resolve names out of our sight.
"""

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore

from crawlers.addresses import public_addresses
from warehouse.errors import Permanent

_MAX_HEAD_BYTES = 64_000


@dataclass(slots=True)
class Allowance:
    """What the request under way may still use: time until `deadline` (monotonic), bytes until its head is read."""

    deadline: float = 0.0
    head_bytes: int | None = None

    def begin(self, seconds: float) -> None:
        """This starts a request."""
        self.deadline = time.monotonic() + seconds
        self.head_bytes = _MAX_HEAD_BYTES

    def head_is_read(self) -> None:
        """This ends the count of the head's bytes."""
        self.head_bytes = None

    def seconds(self, timeout: float | None) -> float:
        """This is the time left for one step; httpcore.ReadTimeout where there is none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time for the whole request is over")
        return left if timeout is None else min(timeout, left)

    def take(self, received: bytes) -> bytes:
        """This counts bytes of a head; Permanent where it is too long."""
        if self.head_bytes is not None:
            # The last read of a head brings bytes of the body too, so that only the reads before it count.
            self.require_short_head()
            self.head_bytes -= len(received)
        return received

    def require_short_head(self) -> None:
        """This passes while a head may still be read on; Permanent where all of its bytes came and it has no end."""
        if self.head_bytes is not None and self.head_bytes <= 0:
            raise Permanent(
                f"the server sent more than {_MAX_HEAD_BYTES:,} bytes of headers: it is set aside", "too_large"
            )


class SafeBackend(httpcore.NetworkBackend):
    """Opens TCP connections to checked addresses only; `named_hosts` may be private ones."""

    def __init__(self, named_hosts: frozenset[str], allowance: Allowance) -> None:
        self._named_hosts = named_hosts
        self._allowance = allowance
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """This connects to the first checked address that answers."""
        addresses = public_addresses(host, port, self._named_hosts)
        for number, address in enumerate(addresses, start=1):
            seconds = self._allowance.seconds(timeout)
            try:
                stream = self._inner.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _SafeStream(stream, self._allowance)
        raise httpcore.ConnectError(f"{host} has no address")

    def sleep(self, seconds: float) -> None:
        """This waits, as the pool asks between its tries to connect."""
        self._inner.sleep(seconds)


class _SafeStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, allowance: Allowance) -> None:
        self._inner = inner
        self._allowance = allowance

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._allowance.take(self._inner.read(max_bytes, self._allowance.seconds(timeout)))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._allowance.seconds(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, self._allowance.seconds(timeout))
        return _SafeStream(inner, self._allowance)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)
