"""What makes an SMS longer than it looks."""

from __future__ import annotations

import pytest

from campaignctl.model.estimates import text_estimate
from campaignctl.model.ucs2 import REPLACEMENTS, named_sign


def test_a_text_in_gsm_7_has_nothing_beyond() -> None:
    assert text_estimate("It's {due} €5 @@Näme").beyond is None


def test_the_first_character_outside_is_told_with_what_could_stand_instead() -> None:
    estimate = text_estimate("Dear @@Name, it’s due – pay" + "x" * 60)
    beyond = estimate.beyond
    assert beyond is not None
    assert (beyond.offset, beyond.character, beyond.code, beyond.name) == (
        15,
        "’",
        "U+2019",
        "RIGHT SINGLE QUOTATION MARK",
    )
    assert (beyond.replacement, beyond.others) == ("'", 1)
    assert (estimate.segments, estimate.replaced_segments) == (2, 1)


@pytest.mark.parametrize("text", ["नमस्ते", "it’s \u200d", "Жук", "it’s 😀"])
def test_a_text_in_another_script_is_no_slip(text: str) -> None:
    assert text_estimate(text).replaced_segments is None


def test_what_is_written_longer_counts_longer() -> None:
    estimate = text_estimate("…" + "x" * 158)
    assert (estimate.segments, estimate.replaced_segments) == (3, 2)


def test_a_replacement_never_grows_into_a_variable() -> None:
    assert text_estimate("@@Amount₹5").replaced_segments == 1


def test_a_character_without_a_name_is_called_by_its_code() -> None:
    beyond = text_estimate("\ue000").beyond
    assert beyond is not None
    assert beyond.name == beyond.code == "U+E000"
    assert named_sign("\u00a0", "U+00A0", "NO-BREAK SPACE") == "U+00A0 NO-BREAK SPACE"


def test_every_replacement_is_in_gsm_7_and_replaces_what_is_not() -> None:
    for character, instead in REPLACEMENTS.items():
        assert text_estimate(instead).beyond is None
        assert text_estimate(character).beyond is not None, f"U+{ord(character):04X}"
    assert len(REPLACEMENTS) == 44
