"""Tells whether a host is this machine: its requests stay here, need no TLS and go through no proxy."""

from __future__ import annotations


def is_loopback(host: str) -> bool:
    """Tells it by name or by address, as it stands in a URL or without brackets.

    An IPv4 address that is wrapped in an IPv6 one does not count: Python versions disagree about it.
    """
    if host == "localhost":
        return True
    from ipaddress import ip_address

    try:
        address = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None
