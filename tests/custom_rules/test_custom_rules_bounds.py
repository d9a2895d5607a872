"""What a rule may cost, at its borders, and in every thread."""

from __future__ import annotations

import json
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from harness import Desk, voice

from campaignctl.custom_rules import main_thread, rulebook
from campaignctl.custom_rules.bounded import LimitExceededError
from campaignctl.custom_rules.checking import OwnRule, check_all
from campaignctl.custom_rules.main_thread import in_main_thread
from campaignctl.custom_rules.rule_file import RuleFile, mistakes_in
from campaignctl.diagnostics import Severity

BACKTRACKS = {"properties": {"spec": {"properties": {"read_via_text": {"pattern": "^(a+)+$"}}}}}
HOSTILE = {"url": ..., "flow_type": ..., "read_via_text": "a" * 60 + "!"}


def ruled(desk: Desk, schema: dict[str, Any], level: str = "error") -> None:
    desk.write("rules/one.schema.json", json.dumps(schema))
    desk.configure({"policy": {"schema": [{"file": "rules/one.schema.json", "level": level}]}})


def rules_found(desk: Desk) -> tuple[int, list[str]]:
    result = desk.run("validate", "--format", "json")
    return result.code, [it["rule"] for it in result.json["findings"] if it["rule"].startswith("schema")]


@pytest.mark.parametrize(("length", "code", "rules"), [(4096, 0, []), (4097, 1, ["schema-limit"])])
def test_a_pattern_meets_no_text_over_4096_characters(
    desk: Desk, length: int, code: int, rules: list[str]
) -> None:
    """One that it would let through is a limit too: what was not looked at never passes."""
    desk.manifests(voice("reminder", custom_field="b" * length))
    ruled(desk, {"properties": {"spec": {"properties": {"custom_field": {"pattern": "^b"}}}}}, level="warn")
    assert rules_found(desk) == (code, rules)


@pytest.mark.parametrize("keyword", ["patternProperties", "propertyNames"])
@pytest.mark.parametrize(("length", "limit"), [(4096, False), (4097, True)])
def test_no_more_does_one_of_keys(keyword: str, length: int, limit: bool) -> None:
    """No manifest that is valid today has such a key; the bound does not stand on that."""
    value = {"^k": True} if keyword == "patternProperties" else {"pattern": "^k"}
    rule_file = RuleFile("one.json", json.dumps({"properties": {"spec": {keyword: value}}}))
    assert mistakes_in(rule_file) == []
    rule = OwnRule("schema/one", None, Severity.WARN, rule_file)
    [checked] = check_all([rule], [("VoiceCampaign", {"spec": {"k" * length: "x"}})], time.monotonic() + 10)
    assert (checked.found, checked.limit is not None) == ((), limit)


@pytest.mark.parametrize(("levels", "code", "rules"), [(64, 3, ["schema/one"]), (65, 1, ["schema-limit"])])
def test_64_levels_are_looked_into_and_no_more(desk: Desk, levels: int, code: int, rules: list[str]) -> None:
    """A schema within a schema, or behind a reference, is a level."""
    desk.manifests(voice("reminder"))
    nested: dict[str, Any] = {"required": ["nothing of the kind"]}
    for _ in range(levels // 2 - 1):
        nested = {"allOf": [nested]}
    links = levels - levels // 2
    chain = {f"l{n}": {"$ref": f"#/$defs/l{n + 1}"} for n in range(1, links)} | {f"l{links}": nested}
    ruled(desk, {"$ref": "#/$defs/l1", "$defs": chain})
    assert rules_found(desk) == (code, rules)


@pytest.mark.slow
def test_all_of_a_run_ends_in_time_and_does_not_pass(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A minute in earnest, a second here: of four manifests that run away two are not looked at any more."""
    assert rulebook.SECONDS_A_RUN == 60
    monkeypatch.setattr(rulebook, "SECONDS_A_RUN", 1.0)
    desk.manifests(*(voice(f"reminder-{n}", **HOSTILE, **{"from": [f"+91987654321{n}"]}) for n in range(4)))
    ruled(desk, BACKTRACKS, level="warn")
    began = time.monotonic()
    result = desk.run("validate", "--format", "json")
    assert time.monotonic() - began < 1.9
    assert result.code == 1
    [finding] = [it for it in result.json["findings"] if it["rule"] == "schema-limit"]
    assert "all of them together" in finding["message"]


# -- in any thread ---------------------------------------------------------------------------------------------


def in_a_thread(work: Callable[[], None]) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def test_an_alarm_of_the_program_rings_when_manifests_are_checked() -> None:
    """The bounds take the same signal of the system; whoever uses the library keeps what it set, and when."""
    rung = list[float]()
    before = signal.signal(signal.SIGALRM, lambda *_: rung.append(time.monotonic()))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        begun, rule = time.monotonic(), OwnRule("schema/one", None, Severity.WARN, RuleFile("one.json", "{}"))
        check_all([rule], [("VoiceCampaign", {})] * 20, begun + 60)
        while not rung and time.monotonic() < begun + 10:
            time.sleep(0.01)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert [it >= begun + 0.25 for it in rung] == [True]


def test_rules_are_held_in_any_thread(desk: Desk) -> None:
    """The library may be called in one that no signal reaches."""
    desk.manifests(voice("reminder"), voice("growth-survey", **{"from": ["+919876543219"]}))
    ruled(desk, {"properties": {"metadata": {"properties": {"name": {"pattern": "^growth-"}}}}})
    here = desk.run("validate", "--format", "json")
    there = []
    in_a_thread(lambda: there.append(desk.run("validate", "--format", "json")))
    assert (here.code, there[0].code) == (3, 3)
    assert here.json["findings"] == there[0].json["findings"]
    assert [it["rule"] for it in there[0].json["findings"]] == ["schema/one"]


@pytest.mark.slow
def test_a_hostile_rule_hangs_no_thread(desk: Desk) -> None:
    desk.manifests(voice("reminder", **HOSTILE))
    ruled(desk, BACKTRACKS)
    began = time.monotonic()
    found = []
    in_a_thread(lambda: found.append(rules_found(desk)))
    assert time.monotonic() - began < 10
    assert found == [(1, ["schema-limit"])]


def test_a_mistake_in_a_rule_file_is_one_in_any_thread(desk: Desk) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, {"properties": {"kind": {"pattern": "(a"}}})
    found = []
    in_a_thread(lambda: found.append(desk.run("validate")))
    assert found[0].code == 1
    assert "rules/one.schema.json:1:" in found[0].all


def test_many_threads_share_one_process_and_each_gets_its_own_answer() -> None:
    answers: dict[int, object] = {}

    def ask(number: int) -> None:
        answers[number] = in_main_thread(divmod, number, 7)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {number: divmod(number, 7) for number in range(20)}
    first = main_thread._HELPER.process
    in_a_thread(lambda: in_main_thread(divmod, 1, 1))
    assert main_thread._HELPER.process is first


def test_one_that_fails_is_replaced() -> None:
    def dies() -> None:
        with pytest.raises(LimitExceededError):
            in_main_thread(os._exit, 3)

    in_a_thread(dies)
    found = []
    in_a_thread(lambda: found.append(in_main_thread(divmod, 9, 7)))
    assert found == [(1, 2)]


def test_where_no_process_can_be_begun_nothing_passes(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.manifests(voice("reminder"))
    ruled(desk, {}, level="warn")
    main_thread._HELPER.end()
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    found = []
    in_a_thread(lambda: found.append(rules_found(desk)))
    assert found == [(1, ["schema"])]
