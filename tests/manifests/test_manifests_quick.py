"""The quick way and the careful one read the same, or the quick one gives up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from example_counts import examples
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.kinds.manifest import DOCUMENTS
from campaignctl.manifests.fields import FieldReader
from campaignctl.manifests.nodes import MalformedYamlError, documents
from campaignctl.manifests.quick import QuickReader
from campaignctl.manifests.substitution import Recorded

VARIABLES = {"account": "acme1", "flow_id": "926", "empty": "", "long": "x" * 600, "number": "15"}
EXAMPLES = [
    text
    for path in sorted(Path("examples/campaigns").glob("*.yaml"))
    if "kind: DltTemplates" not in (text := path.read_text())  # no campaign
]
SCRAPS = (
    *("null", "~", '""', "''", "{}", "[]", "<<", "? ", "- ", "*a", "&a ", "!!str ", "!!int ", "! ", "!x "),
    *("${account}", "${empty}", "${number}", "${nobody}", "${", "$${", "${long}", "token: x", "api-key: x"),
    *(
        "true",
        "True",
        "yes",
        "1",
        "-1",
        "0o7",
        "1.5",
        "99999999999",
        '"15"',
        "Busy",
        "busy",
        "trans",
        "TRANS",
    ),
    *(
        "2030-01-15",
        "2030-02-30T10:00:00Z",
        "+919876543210",
        "98765 43210",
        "[a, a]",
        "[busy, busy]",
        "[null]",
    ),
    *(
        "{name: A}",
        "x" * 600,
        "\n",
        "  ",
        ": ",
        "sid: abc",
        "labels: {a: null}",
        "labels: {'': b}",
        "é",
        "\u2028",
    ),
)


def both_ways(text: str, pinned: bool) -> Iterator[tuple[object, object]]:
    """What the quick way says of each document, and what the careful one does; None for a faulty one."""
    try:
        for node in documents(text):
            for root in DOCUMENTS.values():
                careful = FieldReader(root, VARIABLES, requires=not pinned)
                values = careful.read(node)
                recorded = Recorded(VARIABLES)
                quick = QuickReader(root, recorded, requires=not pinned).read(node)
                used = Recorded(VARIABLES)
                FieldReader(root, used, requires=not pinned).read(node)
                assert quick is None or recorded.used == used.used
                assert recorded.used <= used.used
                yield quick, None if careful.faults else values
    except MalformedYamlError:
        return


@pytest.mark.parametrize("text", EXAMPLES)
def test_an_example_is_read_the_quick_way_but_for_lists_that_are_given_by_name(text: str) -> None:
    read = [quick for quick, careful in both_ways(text, pinned=False) if careful is not None]
    assert len(read) == 1
    assert (read[0] is None) == ("[{name:" in text)


METADATA = """\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata:
  name: offer
  usage: {{answer: [0.5, 0.25], talk: 45s}}
  after: [{}]
spec:
  caller_id: "03349360005"
  from: ["+919876543210"]
  suppress: [{}]
  url: http://my.exotel.com/acme1/exoml/start_voice/926
"""
GATE, SOURCE = "{campaign: voice/canary, finished: 3}", '{numbers: ["+919876543211"]}'
QUICK = METADATA.format(GATE, SOURCE)


def test_lists_of_objects_and_of_amounts_are_read_the_quick_way() -> None:
    assert any(quick is not None for quick, _ in both_ways(QUICK, pinned=False))


@pytest.mark.parametrize(
    "item", ["null", "", "[]", "{}", "a", "{finished: 0}", "{campaign: null}", "{campaign: a}"]
)
def test_an_item_that_is_not_plainly_right_is_left_to_the_careful_way(item: str) -> None:
    for text in (METADATA.format(item, SOURCE), METADATA.format(GATE, item)):
        assert all(quick is None or quick == careful for quick, careful in both_ways(text, pinned=False))


@examples(150)
@given(st.data())
def test_what_the_quick_way_reads_the_careful_one_reads_the_same(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from([*EXAMPLES, QUICK]))
    for _ in range(data.draw(st.integers(1, 3))):
        words = text.split(" ")
        place = data.draw(st.integers(0, len(words) - 1))
        kept = words[place + data.draw(st.integers(0, 1)) :]
        text = " ".join([*words[:place], data.draw(st.sampled_from([*SCRAPS, *words])), *kept])
    for quick, careful in both_ways(text, data.draw(st.booleans())):
        if quick is not None:
            assert quick == careful
            assert repr(quick) == repr(careful), "in the same order, of the same types"
