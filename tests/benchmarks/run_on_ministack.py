"""Plays the table of scenarios on ministack, an emulator that nobody here wrote tests for.

    python -m venv ms && ms/bin/pip install ministack
    BIND_HOST=127.0.0.1 GATEWAY_PORT=4577 ms/bin/ministack &
    python -m tests.benchmarks.run_on_ministack http://127.0.0.1:4577

What differs is listed; whose fault it is takes a look.
"""

from __future__ import annotations

import sys
from collections import Counter
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from botocore.exceptions import BotoCoreError, ClientError

from auditor.demo.session import Credentials, DemoAccount
from tests.scenarios import (
    test_delivery,
    test_filter,
    test_metric_and_alarm,
    test_people,
    test_speaking,
    test_trail,
)
from tests.scenarios.scenario import Scenario

_ACCOUNT = "123456789012"
_TABLES = (test_trail, test_delivery, test_filter, test_metric_and_alarm, test_speaking, test_people)


def main(endpoint_url: str) -> None:
    """Plays every scenario and prints what differs."""
    # Ministack takes an access key of twelve digits for the account.
    account = DemoAccount(endpoint_url, Credentials(_ACCOUNT, "secret"), account_id=_ACCOUNT)

    def empty() -> None:
        urlopen(Request(f"{endpoint_url}/_ministack/reset", method="POST"), timeout=30).close()  # noqa: S310 - loopback

    counts: Counter[str] = Counter()
    for table in _TABLES:
        for scenario in table.SCENARIOS:
            outcome = _play(scenario, account, empty)
            counts[outcome.partition(":")[0]] += 1
            if outcome != "as here":
                print(f"{table.__name__.rpartition('.')[2]} | {scenario.name} | {outcome}")
    print(dict(counts))


def _play(scenario: Scenario, account: DemoAccount, empty: object) -> str:
    try:
        broken, sound = scenario.play(account, empty, fronted=False)  # type: ignore[arg-type]
    except (HTTPError, ClientError, BotoCoreError, StopIteration) as error:
        return f"cannot be set there: {type(error).__name__}: {str(error)[:160]}"
    return "as here" if not broken and not sound else f"differs: {broken[:200]} {sound[:200]}"


if __name__ == "__main__":
    main(sys.argv[1])
