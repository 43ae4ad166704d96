"""How the services of a batch are divided among threads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from zlib import crc32

from spot_failover.core.service_key import ServiceKey

PAGE = 10
"""Services that are read together, as many as one DescribeServices call takes: they are decided about while that is
news."""
STRANDS = 2
"""Pages of one account and Region at a time: more would only wait for its quota of UpdateService, and what they have
read would be old by then."""
LONG = 2
"""Lists that are begun with though they are the longest: what takes most of the time begins at once, and the other
threads are left to the short ones."""

Page = list[ServiceKey]


def strands(keys: Iterable[ServiceKey], name: str) -> list[list[Page]]:
    """Pages to be handled one after the other, in lists that may be handled side by side.

    In an order that is this invocation's own, by its name: of several invocations that a storm gives the same services,
    few meet at one page.
    """
    clusters: defaultdict[tuple[str, str, str], Page] = defaultdict(list)
    for key in keys:
        clusters[key.account, key.region, key.cluster].append(key)
    pages = (each[start : start + PAGE] for each in clusters.values() for start in range(0, len(each), PAGE))
    return divided(pages, name)


def divided(pages: Iterable[Page], name: str) -> list[list[Page]]:
    """The same of pages. But for `LONG`, short lists come first: no account waits for those with hundreds."""
    places: defaultdict[tuple[str, str], list[Page]] = defaultdict(list)
    for page in pages:
        places[page[0].account, page[0].region].append(page)

    def turn(page: Page) -> int:
        return crc32(f"{name} {page[0]}".encode())

    ordered = [sorted(pages, key=turn) for pages in places.values()]
    found = [pages[nth::STRANDS] for pages in ordered for nth in range(min(STRANDS, len(pages)))]
    by_length = sorted(found, key=lambda strand: (len(strand), turn(strand[0])))
    return [*reversed(by_length[-LONG:]), *by_length[:-LONG]]
