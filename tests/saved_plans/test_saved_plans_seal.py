"""What is sealed of a manifest: its meaning, as canonical JSON, byte for byte what it always was."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.diagnostics import Position
from campaignctl.kinds import KINDS, SMS, VOICE
from campaignctl.kinds.countries import COUNTRIES, Country
from campaignctl.kinds.lifecycle import State, Status
from campaignctl.kinds.table import Field, Kind, Type, Value
from campaignctl.model.campaigns import Desired, Live
from campaignctl.model.plan import ManifestsSeal
from campaignctl.model.values import normal
from campaignctl.saved_plans.seal import canonical, canonical_manifest, fingerprint, keyed, seal_manifests

WHERE = Position("a.yaml", 1)
TOKEN = "made-up"
SPEC: Mapping[str, Value] = {
    "name": "Diwali “2027”",
    "from": ["+919800000001", "09800000002", "+919800000001"],
    "caller_id": "03349360005",
    "campaign_type": "STATIC",
    "retries": {"number_of_retries": 2, "mechanism": None, "on_status": ["no-answer", "busy"]},
    "schedule": {"send_at": "2027-01-15T09:00:00.5Z", "end_at": None},
    "call_duplicate_numbers": True,
    "lists": [],
}


def test_the_seal_is_what_it_always_was() -> None:
    labels = {"team": "growth", "a": "b"}
    manifest = Desired(VOICE, SPEC, WHERE, State.PAUSED, labels=labels, allow=frozenset({"complete"}))
    assert canonical_manifest(manifest, COUNTRIES["IN"]).decode() == (
        '{"allow":["complete"],"ignore":[],"kind":"VoiceCampaign","labels":{"a":"b","team":"growth"},'
        '"previous_name":null,"sid":null,"spec":{"call_duplicate_numbers":true,"caller_id":"+913349360005",'
        '"campaign_type":null,"from":[["+919800000001",2],["+919800000002",1]],"lists":null,'
        '"name":"Diwali \\u201c2027\\u201d","retries":{"mechanism":null,"number_of_retries":2,'
        '"on_status":["busy","no-answer"]},"schedule":{"end_at":null,"send_at":"2027-01-15T09:00:00.500000+00:00"}},'
        '"state":"paused"}'
    )
    seal = seal_manifests([manifest, Desired(SMS, {"name": "b"}, WHERE)], COUNTRIES["IN"], TOKEN)
    digest = "hmac-sha256:a542097d9152835f43b09c273945d9327644b69b8b2ef9ea80fce7717bdb6b9b"
    assert seal == ManifestsSeal(digest, 2, "0ce5180a")


def test_a_fingerprint_is_what_it_always_was() -> None:
    live = Live(VOICE, "v1", Status.PAUSED, "Paused", SPEC, updated="2027-01-12T01:30:00Z")
    assert fingerprint(live, COUNTRIES["IN"], TOKEN, with_updated=True) == (
        "status=494af28bdcf09e33;from=28ad5b3ad8b4f243;lists=eaaf2dfa0d1e4fd2;caller_id=6f37349c4dca5f4b;"
        "campaign_type=b64708545d55cda1;name=b9df79e054f55b78;call_duplicate_numbers=b43a821ca8ca348b;"
        "retries.number_of_retries=0f17b3c0ba98cfa9;retries.mechanism=513e023649c30cc3;"
        "retries.on_status=dbb6e970acf4e5c7;schedule.send_at=ff5fb68bbff1cdda;schedule.end_at=24accce73737ec72;"
        "date_updated=ae8c04e1ca759f4c"
    )


# --------------------------------------------------------------------------------------- the plain way, to hold against

NUMBERS = st.sampled_from(
    ["+919800000001", "+9198000000011", "09800000001", "98-0000 0001", "0033", "+", "", "a\nb", "é"]
)
TEXTS = st.one_of(
    NUMBERS, st.text(), st.sampled_from(["static", "AUTO", "transactional_opt_in", "HTTP://My.Exotel.com/A"])
)
TIMES = st.sampled_from(["2027-01-15T09:00:00+05:30", "2027-01-15t03:30:00.123z"])
COUNTRY = st.sampled_from([None, COUNTRIES["IN"], COUNTRIES["SG"]])


def values(field: Field) -> st.SearchStrategy[Any]:
    """Anything that a manifest or an answer may hold there, and some that none does."""
    match field.type:
        case Type.OBJECT:
            inner = st.fixed_dictionaries({}, optional={each.name: values(each) for each in field.fields})
            return st.none() | inner
        case Type.NUMBERS:
            return st.none() | TEXTS | st.lists(NUMBERS) | st.lists(NUMBERS).map(tuple)
        case Type.STRINGS:
            return st.none() | TEXTS | st.lists(TEXTS) | st.lists(TEXTS).map(tuple)
        case Type.TIME:
            return st.none() | TIMES
        case _:
            return st.none() | TEXTS | st.integers() | st.booleans() | st.lists(TEXTS)


def specs(kind: Kind) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional={field.name: values(field) for field in kind.fields})


DESIRED = st.sampled_from(list(KINDS.values())).flatmap(
    lambda kind: st.builds(
        Desired,
        st.just(kind),
        specs(kind),
        st.just(WHERE),
        state=st.none() | st.sampled_from(State),
        sid=st.none() | st.text(),
        previous_name=st.none() | st.text(),
        labels=st.dictionaries(st.text(), st.text()),
        ignore=st.frozensets(TEXTS),
        allow=st.frozensets(TEXTS),
    )
)


def plainly(fields: Iterable[Field], spec: Mapping[str, Value], country: Country | None) -> dict[str, object]:
    """A spec by meaning, as JSON has it, a row at a time."""
    return {field.name: meaning(field, spec[field.name], country) for field in fields if field.name in spec}


def meaning(field: Field, value: Value, country: Country | None) -> object:
    if field.type is Type.OBJECT:
        return plainly(field.fields, value, country) if isinstance(value, Mapping) else None
    return as_json(normal(field, value, country))


def as_json(found: Hashable | Any) -> object:
    if isinstance(found, frozenset):
        return sorted((list(it) if isinstance(it, tuple) else it for it in found), key=canonical)
    return found if found is None or isinstance(found, str | int) else found.isoformat()


@given(DESIRED, COUNTRY)
def test_a_manifest_is_sealed_as_its_meaning_encoded_plainly(
    desired: Desired, country: Country | None
) -> None:
    plain = {
        "kind": desired.kind.name,
        "spec": plainly(desired.kind.fields, desired.spec, country),
        "state": desired.state,
        "sid": desired.sid,
        "previous_name": desired.previous_name,
        "labels": desired.labels,
        "ignore": sorted(desired.ignore),
        "allow": sorted(desired.allow),
        **({"distinct_from": sorted(desired.distinct_from)} if desired.distinct_from else {}),
    }
    assert canonical_manifest(desired, country) == canonical(plain)


@given(DESIRED, COUNTRY)
def test_a_fingerprint_marks_each_field_by_its_meaning(desired: Desired, country: Country | None) -> None:
    live = Live(desired.kind, "a1", Status.CREATED, "created", desired.spec)
    marks = dict(pair.split("=") for pair in fingerprint(live, country, TOKEN).split(";"))
    for path, field in desired.kind.leaves_and_objects():
        if path in desired.spec and field.type is not Type.OBJECT:
            said = as_json(normal(field, desired.spec[path], country))
            assert keyed(TOKEN, [path, said]).partition(":")[2].startswith(marks[path])


@pytest.mark.parametrize("numbers", [["+911", "+91"], ["+91", "+911"], ["+911", "+91", "+91"]])
def test_numbers_are_sealed_whatever_their_order(numbers: list[str]) -> None:
    one, other = (
        canonical_manifest(Desired(VOICE, {"from": it}, WHERE), None) for it in (numbers, numbers[::-1])
    )
    assert one == other
