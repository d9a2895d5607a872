"""A list of numbers is looked at as a whole: it says of them what each look alone says."""

from hypothesis import given
from hypothesis import strategies as st

from campaignctl.kinds import VOICE
from campaignctl.kinds.formats import PHONE
from campaignctl.manifests.quick import _test_of_all

NUMBERS = VOICE.by_name["from"]
TEXTS = st.lists(
    st.one_of(
        st.from_regex(PHONE.pattern, fullmatch=True),
        st.text(alphabet="+0123456789\n\r x", max_size=20),
        st.tuples(
            st.from_regex(PHONE.pattern, fullmatch=True), st.sampled_from(["\n", "\n+919876543210"])
        ).map("".join),
    ),
    max_size=6,
)


@given(TEXTS)
def test_numbers_are_right_together_when_each_of_them_is(texts: list[str]) -> None:
    assert bool(_test_of_all(NUMBERS)(texts)) == all(map(PHONE.matches, texts))
