"""Finds the chains of a trail: an organization's trail has one for each account and region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from auditor.integrity.place import (
    ChainPlace,
    DigestName,
    TrailPlace,
    day_of,
    is_account,
    is_organization,
)
from auditor.integrity.shelf import Shelf
from auditor.model.integrity import Span

# A digest names the log files of the hour before its end.
HOUR = timedelta(hours=1)
# Among so many keys of a region one of the trail's digests is found, if there are any; other trails' may be there too.
_LOOKED_AT = 5000


@dataclass(frozen=True, slots=True)
class Search:
    """Looks for chains and their files.

    Attributes:
        shelf: Where they are.
        trail: The trail.
        asked: The time that is asked for.
        account_id: The only account to look at; empty for all that the trail has.
        regions: The only regions to look at; none for all.
    """

    shelf: Shelf
    trail: TrailPlace
    asked: Span
    account_id: str = ""
    regions: frozenset[str] = frozenset()

    def places(self) -> tuple[ChainPlace, ...]:
        """Gives every chain that the trail may have, whether it has digests or not.

        Raises:
            NotReadError: The folders could not be listed.
        """
        return tuple(place for folder, account_id in self._accounts() for place in self._regions(folder, account_id))

    def _accounts(self) -> Iterator[tuple[str, str]]:
        """Gives the folder of each account, and the account."""
        root, alone = self.trail.root, self.account_id or self.trail.account_id
        if not self.trail.organization:
            yield f"{root}{alone}/", alone
        if self.trail.organization is False:
            return
        for organization in filter(is_organization, self._folders(root)):
            under = f"{root}{organization}/"
            for account_id in [self.account_id] if self.account_id else self._folders(under):
                if is_account(account_id):
                    yield f"{under}{account_id}/", account_id

    def _regions(self, folder: str, account_id: str) -> Iterator[ChainPlace]:
        # Where all digests of a region are gone, its log files still tell of it.
        named = {*self._folders(f"{folder}CloudTrail-Digest/"), *self._folders(f"{folder}CloudTrail/")}
        named.add(self.trail.home_region)
        for region in sorted(named & self.regions if self.regions else named):
            yield ChainPlace(self.trail, folder, account_id, region)

    def _folders(self, prefix: str) -> tuple[str, ...]:
        return self.shelf.folders(self.trail.bucket, prefix)

    def digests(self, place: ChainPlace, bucket: str | None = None) -> tuple[DigestName, ...]:
        """Gives a chain's digests, backfills too, whose time ends in the time asked for or in the hour after it.

        Raises:
            NotReadError: They could not be listed.
        """
        where = self.trail.bucket if bucket is None else bucket
        last = self.asked.end + HOUR
        found = (place.digest(key) for key in self._of_days(where, place.digests, self.asked.start, last))
        return tuple(name for name in found if name and self.asked.start <= name.end <= last)

    def after(self, place: ChainPlace, newest: DigestName) -> DigestName | None:
        """Gives the digest that follows one within a day; None where there is none.

        Raises:
            NotReadError: They could not be listed.
        """
        found = (place.digest(key) for key in self._of_days(self.trail.bucket, place.digests, newest.end, newest.end))
        later = [name for name in found if name and name.backfill is newest.backfill and name.end > newest.end]
        return min(later, key=lambda name: name.end, default=None)

    def logs(self, place: ChainPlace, within: Span) -> Iterator[tuple[str, datetime]]:
        """Gives a chain's log files that were delivered within a time, by their names.

        Raises:
            NotReadError: They could not be listed.
        """
        for key in self._of_days(self.trail.bucket, place.logs, within.start, within.end):
            delivered = place.log_time(key)
            if delivered and within.start <= delivered <= within.end:
                yield key, delivered

    def _of_days(self, bucket: str, folder: str, first: datetime, last: datetime) -> Iterator[str]:
        """Gives the keys in the folders of days; one more before and after, for names and folders need not agree."""
        after = f"{folder}{first - timedelta(days=1):%Y/%m/%d/}"
        until = f"{last + timedelta(days=1):%Y/%m/%d/}"
        for key in self.shelf.keys(bucket, folder, after):
            if day_of(key, folder) > until:
                return
            yield key

    def expects(self, place: ChainPlace) -> bool:
        """Gives whether a chain without digests is amiss.

        A region of which only log files are there may be another trail's, unless this one records all regions. Where
        one that does has ever written digests, it writes them each hour, also when nothing happens.
        """
        at_home = place.region == self.trail.home_region
        own = place.account_id == (self.account_id or self.trail.account_id)
        if at_home and own and self.trail.organization is not None:
            return True
        return (at_home or self.trail.multi_region is True) and (self._had_digests(place) or self._has_logs(place))

    def _had_digests(self, place: ChainPlace) -> bool:
        keys = islice(self.shelf.keys(self.trail.bucket, place.digests, ""), _LOOKED_AT)
        return any(place.digest(key) for key in keys)

    def _has_logs(self, place: ChainPlace) -> bool:
        return next(self.logs(place, self.asked), None) is not None
