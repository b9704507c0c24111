"""How much one address may ask in a minute; the door to limits. Addresses are held in memory, and only the latest."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter

MOST_ADDRESSES = 4_096  # whose asking is remembered; then the one that was silent longest is forgotten
_HOUSEHOLD = 64  # bits of an IPv6 address that name who pays for it; the rest a machine chooses by itself


@dataclass(slots=True)
class Limit:
    """So many times in any minute, by address. Safe to share by threads."""

    per_minute: int  # 0: as often as one likes
    most_addresses: int = MOST_ADDRESSES
    _limiter: MovingWindowRateLimiter | None = None
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def wait_s(self, peer: str) -> int:
        """Count once more for an address; 0 where it may, else the whole seconds until it may again."""
        if not self.per_minute:
            return 0
        from limits import RateLimitItemPerMinute

        item, who = RateLimitItemPerMinute(self.per_minute), household(peer)
        with self._lock:
            limiter = self._opened()
            self._seen[who] = None
            self._seen.move_to_end(who)
            if len(self._seen) > self.most_addresses:
                limiter.clear(item, self._seen.popitem(last=False)[0])
            if limiter.hit(item, who):
                return 0
            return max(1, math.ceil(limiter.get_window_stats(item, who).reset_time - time.time()))

    def _opened(self) -> MovingWindowRateLimiter:
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        if self._limiter is None:
            self._limiter = MovingWindowRateLimiter(MemoryStorage())
        return self._limiter


def household(peer: str) -> str:
    """Whom an address counts for: an IPv4 address by itself, an IPv6 one with its network, anything else as it is."""
    try:
        address = ip_address(peer)
    except ValueError:
        return peer[:100]
    mapped = getattr(address, "ipv4_mapped", None)
    if mapped:
        return str(mapped)
    return str(address) if address.version == 4 else str(ip_network((int(address), _HOUSEHOLD), strict=False))
