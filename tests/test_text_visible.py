"""What is unsafe to show is spelt out, whatever stands beside it; what is safe stays as it is."""

from __future__ import annotations

import json
from unicodedata import category

from hypothesis import given
from hypothesis import strategies as st

from campaignctl.text import json_safe, visible

SIGNS = "•–…→"
SAFE = st.text(st.sampled_from(f"{SIGNS}ab ०क"))
UNSAFE = st.sampled_from("\x1b\n\x7f\x85\u200b\u2028\u202e\u2066\ufeff\U000e0041")


@given(SAFE, UNSAFE, SAFE)
def test_one_unsafe_character_among_signs_and_letters_is_spelt_out_and_nothing_else(
    before: str, unsafe: str, after: str
) -> None:
    shown = visible(before + unsafe + after)
    assert shown.startswith(before + "\\")
    assert shown.endswith(after)
    assert not any(category(it) in ("Cc", "Cf", "Zl", "Zp") for it in shown)


@given(SAFE)
def test_a_safe_text_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@given(st.text(st.one_of(st.sampled_from(f"{SIGNS}ab ०क"), UNSAFE)))
def test_written_json_means_the_same_and_holds_nothing_unsafe(text: str) -> None:
    shown = json_safe(json.dumps(text, ensure_ascii=False))
    assert json.loads(shown) == text
    assert not any(category(it) in ("Cc", "Cf", "Zl", "Zp") for it in shown)
    assert set(shown) >= set(SIGNS) & set(text)
