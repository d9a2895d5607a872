"""A thousand campaigns and as many templates at once; what that costs is a row of the benchmarks."""

from __future__ import annotations

from random import Random

import pytest

from campaignctl.diagnostics import Position
from campaignctl.dlt.holding import Registry
from campaignctl.dlt.templates import build
from campaignctl.kinds.table import Value
from campaignctl.model.companions import CompanionPlace


def test_a_thousand_campaigns_match_a_thousand_templates() -> None:
    text = "{}: your order {} is on its way and will reach you before the evening of {} for certain"
    templates: list[Value] = [
        {
            "id": f"1107160086{place:06d}",
            "headers": ["EXOTEL"],
            "category": "service_implicit",
            "text": text.format(place, "{#alphanumeric#}", "{#numeric#}"),
        }
        for place in range(1000)
    ]
    spec: dict[str, Value] = {"entity": "1", "templates": templates}
    document = build({"metadata": {"name": "shop"}, "spec": spec}, CompanionPlace(Position("a.yaml"), 0))
    campaigns: list[dict[str, Value]] = [
        {
            "dlt_template_id": f"1107160086{place:06d}",
            "dlt_entity_id": "1",
            "sender_id": "EXOTEL",
            "sms_type": "transactional",
            "template": text.format(place, "@@Order", "12"),
        }
        for place in range(1000)
    ]
    registry = Registry([document])
    found = [fault for campaign in campaigns for fault in registry.of_campaign(campaign)]
    found += [fault for _, fault in registry.of_templates()]
    assert found == []


@pytest.mark.slow
def test_the_nearest_of_many_ids_is_named() -> None:
    """A thousand campaigns may all name an id that is not there, where somebody changed the document."""
    random = Random(2)
    ids = list(dict.fromkeys(f"11071600{random.randrange(10**11):011d}" for _ in range(1000)))
    templates: list[Value] = [{"id": it, "text": "x"} for it in ids]
    spec: dict[str, Value] = {"entity": "1", "templates": templates}
    registry = Registry([build({"spec": spec}, CompanionPlace(Position("a.yaml"), 0))])
    for template_id in ids[:200]:
        at = random.randrange(1, 18)
        slip = f"{template_id[:at]}{(int(template_id[at]) + 5) % 10}{template_id[at + 1 :]}"
        (fault,) = registry.of_campaign({"dlt_template_id": slip})
        assert f'did you mean "{template_id}"?' in fault.message, slip
