"""Which environments a command line means, from the project and the options alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaignctl.app.options import Choice, GlobalOptions, Shard
from campaignctl.errors import InputError, UsageError
from campaignctl.fleet.choosing import choose, in_shard, require_separate
from campaignctl.model.environment import Backend, Environment, ProjectFile


def env(
    name: str, account: str | None = None, backend: Backend = "exotel", clock: str | None = None
) -> Environment:
    url = "https://api.in.exotel.com" if backend == "exotel" else None
    return Environment(
        name, backend, f"acc-{name}" if account is None else account, base_url=url, sandbox_clock=clock
    )


def project(*environments: Environment, unwritten: frozenset[str] = frozenset()) -> ProjectFile:
    declared = tuple(it.name for it in environments)
    known = {"sandbox": env("sandbox", "sandbox", "sandbox")} | {it.name: it for it in environments}
    return ProjectFile(
        "/p", "campaignctl.yaml", (), "sandbox", known, declared=declared, accounts_unwritten=unwritten
    )


SOME = project(env("south-1"), env("south-2"), env("north"), env("test", "t", "sandbox"))


def names(*written: str, everything: bool = False, shard: Shard | None = None) -> list[str]:
    return [it.name for it in choose(SOME, Choice(written, everything, shard))]


def test_names_patterns_and_commas_add_up_and_each_stands_once_by_name() -> None:
    assert names("south-2,north", "south-*") == ["north", "south-1", "south-2"]
    assert names("south-?") == ["south-1", "south-2"]
    assert names("*") == ["north", "south-1", "south-2", "test"]
    assert names("test", "sandbox") == ["sandbox", "test"]


def test_all_environments_are_the_declared_ones_that_are_no_sandbox() -> None:
    assert names(everything=True) == ["north", "south-1", "south-2"]
    assert names("test", everything=True) == ["north", "south-1", "south-2", "test"]


def test_a_shard_narrows_what_is_named_and_else_all_of_them() -> None:
    parts = [names(shard=Shard(part, 3)) for part in range(3)]
    assert sorted(it for part in parts for it in part) == names(everything=True)
    assert [it for part in range(2) for it in names("south-*", shard=Shard(part, 2))] in (
        ["south-1", "south-2"],
        ["south-2", "south-1"],
    )


def test_a_shard_may_leave_nothing() -> None:
    assert [] in [names("north", shard=Shard(part, 2)) for part in range(2)]


def test_the_part_of_a_name_is_fixed_for_all_machines_and_times() -> None:
    # the first 8 bytes of SHA-256("north"), big-endian, modulo 5
    from hashlib import sha256

    expected = int(sha256(b"north").hexdigest()[:16], 16) % 5
    assert [part for part in range(5) if in_shard("north", Shard(part, 5))] == [expected]


@given(st.sets(st.from_regex(r"[a-zA-Z0-9][a-zA-Z0-9_-]{0,20}", fullmatch=True)), st.integers(1, 50))
def test_shards_are_disjoint_and_all(found: set[str], parts: int) -> None:
    for name in found:
        assert sum(in_shard(name, Shard(part, parts)) for part in range(parts)) == 1


@pytest.mark.parametrize("wrong", ["suoth-1", "nroth*"])
def test_what_matches_none_is_an_error_that_names_the_nearest(wrong: str) -> None:
    with pytest.raises(InputError, match=f'there is no environment "{wrong}"'.replace("*", r"\*")) as raised:
        names("north", wrong)
    assert "did you mean" in str(raised.value)


def test_no_name_between_commas_is_wrong_usage() -> None:
    with pytest.raises(UsageError):
        names(",")


def test_brackets_are_no_pattern() -> None:
    with pytest.raises(InputError):
        names("[ns]*")


@pytest.mark.parametrize(
    ("choice", "several"),
    [
        (Choice(), False),
        (Choice(("prod",)), False),
        (Choice(("prod", "prod")), True),
        (Choice(("prod,",)), True),
        (Choice(("pro*",)), True),
        (Choice(("pro?",)), True),
        (Choice(all_environments=True), True),
        (Choice(("prod",), shard=Shard(0, 1)), True),
    ],
)
def test_several_is_a_property_of_what_is_written(choice: Choice, several: bool) -> None:
    assert choice.is_several is several


def test_environments_after_the_commands_name_replace_those_before_it() -> None:
    before, after = GlobalOptions(choice=Choice(("a", "b"))), GlobalOptions(choice=Choice(("c",)))
    assert after.over(before).choice == Choice(("c",))
    assert GlobalOptions().over(before).choice == Choice(("a", "b"))
    assert after.over(before).environment == "c"


def refusal(*environments: Environment, unwritten: frozenset[str] = frozenset()) -> str:
    with pytest.raises(InputError) as raised:
        require_separate(project(*environments, unwritten=unwritten), environments)
    return str(raised.value)


def test_two_that_are_one_account_are_refused() -> None:
    assert "a, b are one account (same on api.in.exotel.com)" in refusal(
        env("a", "same"), env("b", "same"), env("c")
    )
    assert "a, b are one account (Same on api.in.exotel.com)" in refusal(env("a", "Same"), env("b", "saME"))
    other = Environment("b", "exotel", "same", base_url="https://api.exotel.com")
    require_separate(project(env("a", "same"), other), [env("a", "same"), other])


def test_an_account_that_is_not_written_is_refused() -> None:
    found = refusal(env("a", "from-variable"), env("b"), unwritten=frozenset({"a"}))
    assert "account_sid is not written for a" in found
    assert "EXOTEL_ACCOUNT_SID" in found


def test_sandboxes_are_worlds_of_their_own_by_account_and_share_one_clock() -> None:
    one, two = env("a", "x", "sandbox"), env("b", "y", "sandbox")
    require_separate(project(one, two), [one, two])
    assert "a, b are one sandbox account" in refusal(
        env("a", "sandbox", "sandbox"), env("b", "sandbox", "sandbox")
    )
    assert "share one clock" in refusal(one, env("b", "y", "sandbox", "2027-01-11T08:00:00+05:30"))
