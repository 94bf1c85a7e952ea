from __future__ import annotations

import pytest
from botocore.exceptions import ProfileNotFound
from botocore.loaders import Loader

from auditor.collect import OPERATIONS
from auditor.collect.models import core_session


@pytest.mark.parametrize("service", sorted({one.service for one in OPERATIONS}))
def test_a_model_is_the_one_that_botocore_loads_itself(service: str) -> None:
    quick = core_session().get_component("data_loader")
    for kind in ("service-2", "paginators-1", "endpoint-rule-set-1"):
        ours, theirs = quick.load_service_model(service, kind), Loader().load_service_model(service, kind)
        assert ours == theirs
        assert list(ours) == list(theirs), "the order tells nothing apart, but stays"


def test_what_is_not_there_is_said() -> None:
    loader = core_session().get_component("data_loader")
    assert loader.load_data("endpoints") == Loader().load_data("endpoints")
    assert loader.file_loader.load_file("/nowhere/at/all") is None
    with pytest.raises(ProfileNotFound):
        core_session("nobody")
