from __future__ import annotations

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.trail.selection import BOTH, EVERYTHING, Scope, Side, Slice, missed

# No scope names z, so that no list of scopes can add up to another one.
PROBES = ["".join(letters) for length in range(5) for letters in product("abz", repeat=length)]
SCOPES = st.builds(Scope, st.text("ab", max_size=3), st.booleans())
SLICES = st.builds(
    Slice,
    st.sampled_from([BOTH, frozenset({Side.READ}), frozenset({Side.WRITE})]),
    st.lists(SCOPES, min_size=1, max_size=2).map(tuple),
    st.lists(SCOPES, max_size=2).map(tuple),
)


def is_in(name: str, scopes: tuple[Scope, ...]) -> bool:
    return any(name == scope.text if scope.exact else name.startswith(scope.text) for scope in scopes)


def logs(one: Slice, name: str, side: Side) -> bool:
    return side in one.sides and is_in(name, one.within) and not is_in(name, one.without)


@settings(max_examples=300, deadline=None)
@given(st.lists(SLICES, max_size=4), SCOPES, st.sampled_from(Side))
def test_what_is_missed_is_what_no_slice_logs(slices: list[Slice], wanted: Scope, side: Side) -> None:
    lost = [name for name in PROBES if is_in(name, (wanted,)) and not any(logs(one, name, side) for one in slices)]
    gaps = missed(wanted, side, slices)
    assert bool(gaps) == bool(lost)
    assert all(is_in(name, gaps) for name in lost)


@given(SCOPES, SCOPES)
def test_scopes_lie_within_each_other_or_apart(one: Scope, other: Scope) -> None:
    both = one.common(other)
    for name in PROBES:
        assert (is_in(name, (one,)) and is_in(name, (other,))) == (both is not None and is_in(name, (both,)))


def test_everything_is_everything() -> None:
    assert missed(EVERYTHING, Side.READ, [Slice()]) == ()
    assert missed(EVERYTHING, Side.READ, []) == (EVERYTHING,)
