"""Where a crawl may go: the hosts of its site by name, and by number only what lies on the public network."""

import ipaddress
import socket

import httpx

from warehouse.errors import Permanent, Transient


def is_allowed(url: str, allowed_hosts: frozenset[str]) -> bool:
    """This tells whether a URL is http(s) to an allowed `host` (default port) or `host:port`."""
    try:
        parts = httpx.URL(url)
    except httpx.InvalidURL:
        return False
    if parts.scheme not in ("http", "https") or parts.userinfo:
        return False
    return parts.netloc.decode() in allowed_hosts


def check_host(url: str, allowed_hosts: frozenset[str]) -> None:
    """This raises Permanent for a URL that must not be asked."""
    if not is_allowed(url, allowed_hosts):
        raise Permanent(f"{url} is not on {', '.join(sorted(allowed_hosts))}: it is not fetched", "off_site")


def public_addresses(host: str, port: int, named_hosts: frozenset[str]) -> tuple[str, ...]:
    """This resolves a host to the addresses that may be connected to, in the resolver's order.

    A name that leads to any address of this machine, of a private network or of no network is refused as a whole: so
    does a name that was turned against us. `named_hosts` (as `host` or `host:port`) were named by the user together
    with where they lead, and a number stands for itself.

    Raises:
        Permanent: an address that is not public.
        Transient: the name is not known just now.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Transient(f"{host} cannot be found ({error}): check the name and the network, or try later") from error
    addresses = tuple(dict.fromkeys(str(entry[4][0]) for entry in found))
    if host in named_hosts or f"{host}:{port}" in named_hosts or f"[{host}]:{port}" in named_hosts:
        return addresses
    for address in addresses:
        if not _is_public(address):
            raise Permanent(
                f"{host} leads to {address}, which is not on the public network: it is not fetched", "off_site"
            )
    return addresses


def _is_public(address: str) -> bool:
    number = ipaddress.ip_address(address.partition("%")[0])
    # An IPv4 address can be dressed as an IPv6 one in three ways.
    inner = None
    if isinstance(number, ipaddress.IPv6Address):
        inner = number.ipv4_mapped or number.sixtofour or (number.teredo[1] if number.teredo else None)
    return all(part.is_global and not part.is_multicast for part in (number, inner) if part is not None)
