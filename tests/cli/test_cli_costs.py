"""Prices, usage and budgets in the project file: read strictly, shown where a reviewer decides."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from harness import Result, run

PRICES = (
    "prices: {currency: INR, call: {per_pulse: 0.50, pulse: 60s, per_attempt: 0}, "
    "sms: {per_segment: 0.18}, tax: 18%}\n"
)


class Here:
    """A project directory and its sandbox."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def run(self, *words: str) -> Result:
        return run(*words, cwd=self.root)


def project(besides: str = PRICES, environment: str = "", policy: str = "") -> str:
    return (
        "apiVersion: campaignctl/v1\nkind: Project\nmanifests: [campaigns/]\n"
        f'environments:\n  sandbox: {{backend: sandbox, clock: "2027-01-11T08:00:00+05:30"{environment}}}\n'
        f"{besides}" + (f"policy:\n  {policy}\n" if policy else "")
    )


def voice(
    name: str, people: int = 100, metadata: str = "", day: str = "2027-01-15", start: str = "09:00"
) -> str:
    numbers = ", ".join(f'"+9198765{hash_of(name)}{place:03}"' for place in range(people))
    return f"""\
apiVersion: campaignctl/v1
kind: VoiceCampaign
metadata: {{name: {name}{metadata}}}
spec:
  caller_id: "03349360005"
  from: [{numbers}]
  url: http://my.exotel.com/acme1/exoml/start_voice/926
  schedule: {{send_at: "{day}T{start}:00+05:30", end_at: "{day}T20:00:00+05:30"}}
"""


def hash_of(name: str) -> str:
    """Two digits that tell people of one campaign from those of another."""
    return f"{sum(map(ord, name)) % 100:02}"


SMS = """\
apiVersion: campaignctl/v1
kind: SmsCampaign
metadata: {name: bill}
spec:
  content_type: static
  lists: [9120d5962d214316b7721de55bb82e03]
  dlt_entity_id: "0101428740000012125"
  dlt_template_id: "1107160086562376233"
  sender_id: EXOTEL
  sms_type: transactional
  template: >-
    Dear customer, we would like to tell you that
    your bill is due, and it’s due – today, ${when}
  schedule: {start_time: "2027-01-15T10:00:00+05:30", end_time: "2027-01-15T18:00:00+05:30"}
"""


def plan_of(desk: Here, *flags: str) -> dict[str, Any]:
    return dict(json.loads(desk.run("plan", "--format", "json", *flags).out))


def changes_of(desk: Here, *flags: str) -> dict[str, dict[str, Any]]:
    changes = json.loads(desk.run("plan", "--format", "json", *flags).out)["changes"]
    return {change["name"]: change for change in changes}


@pytest.fixture
def desk(tmp_path: Path) -> Here:
    return Here(tmp_path)


def set_up(desk: Here, project_file: str, **files: str) -> None:
    desk.write("campaignctl.yaml", project_file)
    for name, text in files.items():
        desk.write(f"campaigns/{name}.yaml", text)


def test_without_prices_nothing_costs_anything(desk: Here) -> None:
    set_up(desk, project(""), a=voice("one"))
    plan = plan_of(desk)
    assert plan["cost"] is None
    assert changes_of(desk)["one"]["cost"] is None
    assert "INR" not in desk.run("plan").out
    assert "Costs" not in desk.run("plan", "--format", "markdown").out


def test_a_plan_says_what_each_campaign_costs_and_all_of_them(desk: Here) -> None:
    set_up(desk, project(), a=voice("one"), b=voice("two", metadata=", usage: {talk: 70s, answer: [1]}"))
    changes = changes_of(desk)
    assert changes["one"]["cost"] == {"before": None, "after": {"typical": "32.45", "worst": "59.00"}}
    assert changes["two"]["cost"] == {"before": None, "after": {"typical": "118.00", "worst": "118.00"}}
    assert plan_of(desk)["cost"] == {
        "currency": "INR",
        "before": {"typical": "0.00", "worst": "0.00"},
        "after": {"typical": "150.45", "worst": "177.00"},
        "unknown": 0,
    }
    text = desk.run("plan").out
    assert "  costs INR 32.45 to 59.00\n" in text
    assert "costs INR 150.45 to 177.00." in text
    comment = desk.run("plan", "--format", "markdown").out
    assert "| Costs |" in comment
    assert "| INR 32.45 to 59.00 |" in comment
    page = desk.run("plan", "--format", "html").out
    assert "costs INR 150.45 to 177.00" in page


def test_what_it_cost_before_stands_beside_what_it_will(desk: Here) -> None:
    set_up(desk, project(), a=voice("one"))
    desk.run("apply", "--auto-approve")
    set_up(desk, project(), a=voice("one", people=200))
    change = changes_of(desk)["one"]
    assert change["cost"] == {
        "before": {"typical": "32.45", "worst": "59.00"},
        "after": {"typical": "64.90", "worst": "118.00"},
    }
    assert "costs INR 64.90 to 118.00 (before 32.45 to 59.00)" in desk.run("plan").out


def test_prices_and_usage_are_in_no_digest(desk: Here) -> None:
    set_up(desk, project(), a=voice("one"))
    before = plan_of(desk)
    set_up(desk, project(PRICES.replace("0.50", "9.99")), a=voice("one", metadata=", usage: {talk: 600s}"))
    after = plan_of(desk)
    assert before["cost"] != after["cost"]
    assert before["digest"] == after["digest"]


def test_an_environments_prices_and_usage_lie_over_the_projects_key_by_key(desk: Here) -> None:
    over = ", prices: {call: {per_pulse: 1}}, usage: {answer: [1]}"
    set_up(desk, project(environment=over), a=voice("one"))
    assert changes_of(desk)["one"]["cost"] == {
        "before": None,
        "after": {"typical": "118.00", "worst": "118.00"},
    }


def test_a_list_that_nobody_counted_costs_nobody_knows_what(desk: Here) -> None:
    set_up(desk, project(), b=SMS.replace("${when}", "now"))
    plan = (
        plan_of(desk, "--no-count-lists")
        if "--no-count-lists" in desk.run("plan", "--help").out
        else plan_of(desk)
    )
    assert plan["cost"]["unknown"] == 1


@pytest.mark.parametrize(
    ("besides", "policy", "says"),
    [
        ("usage: {answer: [0.55, 1.2]}\n", "", '6:24: answer: "1.2" must be a share from 0 to 1'),
        ("usage: {answer: []}\n", "", "6:17: answer: 0 items are too few, 1 at least"),
        ("usage: {talk: 60s, longest_talk: 30s}\n", "", "6:34: longest_talk: 30s is below talk, 60s"),
        ("usage: {longest_talk: 30s}\n", "", "longest_talk: 30s is below talk, 60s"),
        (
            "prices: {currency: INR, call: {per_pulse: -0.5}}\n",
            "",
            '6:43: per_pulse: "-0.5" is negative',
        ),
        (
            "prices: {currency: INR, call: {per_pulse: 0.1234567}}\n",
            "",
            '6:43: per_pulse: "0.1234567" has more than six decimals',
        ),
        ("prices: {currency: INR, tax: 18}\n", "", '6:30: tax: "18" has no %'),
        (
            "prices: {currency: INX, call: {per_pulse: 1}}\n",
            "",
            '6:20: currency: "INX" is no code of ISO 4217',
        ),
        ("prices: {call: {per_pulse: 1}}\n", "", "prices need a currency"),
        ("prices: {currency: INR, sms: {}}\n", "", "sms needs per_segment"),
        (PRICES, "budget: {level: error}", "8:11: budget needs per_campaign or per_month"),
        (
            "",
            "budget: {level: warn, per_month: 100}",
            "7:11: budget is at warn, and there are no prices",
        ),
        (
            PRICES,
            "budget: {level: error, per_month: 1, bound: end}",
            'bound: "end" is none of worst, typical',
        ),
        (
            PRICES,
            "budget: {level: error, per_month: 1, unknown: no}",
            'unknown: "no" is none of block, allow',
        ),
        (PRICES, "window_fits: {level: error, bound: end}", 'bound: "end" is none of worst, typical'),
    ],
)
def test_a_mistake_in_them_is_told_at_its_line(desk: Here, besides: str, policy: str, says: str) -> None:
    set_up(desk, project(besides, policy=policy), a=voice("one"))
    result = desk.run("validate")
    assert result.code == 1
    assert says in result.all


def test_a_manifests_longest_talk_below_its_talk_is_an_error_at_its_line(desk: Here) -> None:
    set_up(desk, project(), a=voice("one", metadata=", usage: {talk: 60s, longest_talk: 59s}"))
    result = desk.run("validate")
    assert result.code == 1
    assert "campaigns/a.yaml:3:56: longest_talk: 59s is below talk, 60s" in result.out


def findings_of(desk: Here, command: str = "validate") -> list[dict[str, Any]]:
    found = json.loads(desk.run(command, "--format", "json").out)["findings"]
    return [it for it in found if it["rule"] == "budget"]


def test_a_campaign_above_its_budget_is_blocked(desk: Here) -> None:
    policy = "budget: {level: error, per_campaign: 58.99}"
    set_up(desk, project(policy=policy), a=voice("one"), b=voice("two", people=99))
    assert [(it["cost"], it["limit"], it["line"]) for it in findings_of(desk)] == [("59.00", "58.99", 3)]
    assert desk.run("validate").code == 3
    changes = changes_of(desk)
    assert changes["one"]["reason"]["code"] == "policy"
    assert changes["two"]["change"] == "create"
    set_up(desk, project(policy=policy.replace("}", ", bound: typical}")))
    assert findings_of(desk) == []


def test_a_month_is_summed_up_in_order_and_by_the_zone_of_the_hours(desk: Here) -> None:
    """Limits are compared with tax; whatever goes above is at fault. 23:30 UTC is another month in India."""
    policy = "budget: {level: warn, per_month: 118}"
    set_up(
        desk,
        project(policy=policy, environment=", country: IN"),
        a=voice("one"),
        b=voice("two", start="10:00"),
        c=voice("three", start="11:00"),
        d=voice("paused").replace("spec:\n", "spec:\n  state: paused\n"),
        e=voice("later", day="2027-02-15"),
    )
    [finding] = findings_of(desk)
    assert (finding["file"], finding["cost"], finding["limit"]) == ("campaigns/c.yaml", "177.00", "118.00")
    assert "campaigns that no manifest names do not count" in str(finding["message"])
    desk.run("apply", "--auto-approve", "campaigns/c.yaml")
    assert [it["file"] for it in findings_of(desk, "plan")] == ["campaigns/b.yaml"], (
        "what is created comes first"
    )


def test_what_is_over_is_never_at_fault_and_counts_all_the_same(desk: Here) -> None:
    policy = "budget: {level: error, per_month: 60}"
    set_up(desk, project(policy=policy), a=voice("one", day="2027-01-10"), b=voice("two"))
    plan = plan_of(desk)
    assert [it["file"] for it in plan["findings"]] == ["campaigns/b.yaml"]


def test_what_makes_a_message_longer_is_told_where_it_stands(desk: Here) -> None:
    set_up(desk, project(policy="sms_segments: {level: error, at_most: 1}"), b=SMS)
    [finding] = json.loads(desk.run("validate", "--var", "when=now", "--format", "json").out)["findings"]
    assert (finding["rule"], finding["line"], finding["column"]) == ("sms_segments", 13, 29)
    assert "’ (U+2019 RIGHT SINGLE QUOTATION MARK) is outside GSM-7; write ' instead" in finding["message"]
    text = changes_of(desk, "--var", "when=now")["bill"]["message"]["after"]["text"]
    assert text["ucs2"] == {
        "character": "’",
        "code": "U+2019",
        "name": "RIGHT SINGLE QUOTATION MARK",
        "line": 13,
        "column": 29,
        "replacement": "'",
        "others": 1,
        "segments": 1,
    }
    assert "with ' instead 1 segment in GSM-7" in desk.run("plan", "--var", "when=now").out


def test_of_a_text_in_gsm_7_the_finding_stands_at_the_text(desk: Here) -> None:
    text = SMS.replace("it’s due – today, ${when}", "x" * 120)
    set_up(desk, project(policy="sms_segments: {level: warn, at_most: 1}"), b=text)
    [finding] = json.loads(desk.run("validate", "--format", "json").out)["findings"]
    assert (finding["line"], finding["severity"]) == (11, "warn")
    assert "it takes 2 segments, and at most 1 is allowed; shorten it" in finding["message"]


def test_status_and_report_say_what_it_came_to_beside_what_was_predicted(desk: Here) -> None:
    set_up(desk, project(), a=voice("one"), b=SMS.replace("${when}", "now"))
    desk.run("apply", "--auto-approve")
    desk.run("sandbox", "advance", "4d12h")
    campaigns = {it["name"]: it for it in desk.run("status", "--format", "json").json["campaigns"]}
    one, bill = campaigns["one"], campaigns["bill"]
    assert one["cost"] == {"typical": "32.45", "worst": "59.00"}
    assert one["estimated_cost"] is None, "the account has none for calls"
    assert isinstance(bill["estimated_cost"], float), "as the account wrote it"
    came = one["came_to"]
    assert (came["people"], came["expected"], came["typical"]) == (100, 55, 2)
    assert came["answered"] == one["progress"]["reached"]
    assert bill["came_to"] is None
    said = f"{came['answered']} of 100 people answered (55 expected); it took {came['minutes']} minutes (2 expected)"
    assert said in desk.run("status").out
    assert "costs INR 32.45 to 59.00" in desk.run("status").out
    assert said in desk.run("report", "one").out
    block = desk.run("report", "one", "--usage")
    assert (
        block.out
        == f"usage:\n  answer: [0.{came['answered']:02}]\n  talk: 30s\n  longest_talk: 30s\n".replace(
            "0]", "]"
        )
    )
    set_up(desk, project(PRICES + block.out))
    assert desk.run("validate").code == 0, "what it prints can be pasted"
    assert desk.run("report", "bill", "--usage").code == 1


def test_a_diff_has_run_and_cost_each_side_by_its_own_prices(desk: Here) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    set_up(desk, project(), a=voice("one"), b=voice("gone"))
    subprocess.run([*git, "init", "-q", "-b", "main"], cwd=desk.root, check=True)
    subprocess.run([*git, "add", "-A"], cwd=desk.root, check=True)
    subprocess.run([*git, "commit", "-qm", "base"], cwd=desk.root, check=True)
    set_up(desk, project(PRICES.replace("0.50", "1")), a=voice("one", people=200))
    (desk.root / "campaigns/b.yaml").unlink()
    document = desk.run("diff", "--base", "HEAD", "--format", "json").json
    changes = {it["name"]: it for it in document["changes"]}
    assert changes["one"]["cost"] == {
        "before": {"typical": "32.45", "worst": "59.00"},
        "after": {"typical": "129.80", "worst": "236.00"},
    }
    assert changes["gone"]["cost"] == {"before": {"typical": "32.45", "worst": "59.00"}, "after": None}
    assert document["cost"] == {
        "currency": "INR",
        "before": {"typical": "64.90", "worst": "118.00"},
        "after": {"typical": "129.80", "worst": "236.00"},
        "unknown": 0,
    }
    assert changes["one"]["run"]["typical"]["minutes"] == 4
    assert changes["gone"]["run"] is None
    text = desk.run("diff", "--base", "HEAD").out
    assert "calls until 09:04 typically, 09:05 at worst (if nothing else runs)" in text
    assert "costs INR 129.80 to 236.00 (before 64.90 to 118.00)" in text
    set_up(desk, project(PRICES.replace("INR", "EUR")))
    other = desk.run("diff", "--base", "HEAD", "--format", "json").json
    assert other["changes"][1]["cost"]["before"] == {"typical": None, "worst": None}, (
        "never a total of two currencies"
    )


def test_campaigns_that_share_the_account_are_told_so(desk: Here) -> None:
    set_up(desk, project(), a=voice("one"), b=voice("two", start="09:30"), c=voice("other", day="2027-01-16"))
    changes = changes_of(desk)
    assert changes["one"]["run"]["shared"] == {
        "minutes": 5,
        "end": "2027-01-15T09:05:00+05:30",
        "unfinished": 0,
        "campaigns": 1,
    }
    assert changes["other"]["run"]["shared"] is None
    assert "beside 1 other campaign 09:05 at worst" in desk.run("plan").out
    hidden = SMS.replace("${when}", "now")
    set_up(desk, project(), d=hidden, e=hidden.replace("bill", "bill-2"))
    assert changes_of(desk)["bill"]["run"]["shared"]["campaigns"] == 1
    assert changes_of(desk, "--no-count-lists")["bill"]["run"]["shared"] == {
        "minutes": None,
        "end": None,
        "unfinished": None,
        "campaigns": 1,
    }


def test_what_costs_nothing_known_is_blocked_by_a_budget_unless_it_is_let(desk: Here) -> None:
    policy = "budget: {level: error, per_campaign: 1000}"
    set_up(
        desk,
        project(PRICES.replace("call: {per_pulse: 0.50, pulse: 60s, per_attempt: 0}, ", ""), policy=policy),
    )
    desk.write("campaigns/a.yaml", voice("one"))
    assert desk.run("validate").code == 0, "validate counts nobody"
    [finding] = findings_of(desk, "plan")
    assert (finding["cost"], finding["limit"]) == (None, "1000.00")
    assert "unknown: allow" in finding["message"]
    allowed = policy.replace("}", ", unknown: allow}")
    set_up(
        desk,
        project(PRICES.replace("call: {per_pulse: 0.50, pulse: 60s, per_attempt: 0}, ", ""), policy=allowed),
    )
    plan = plan_of(desk)
    assert plan["findings"] == []
    assert "budget: 1 campaign of unknown cost counts as 0 (unknown: allow)" in plan["notes"]


@pytest.mark.slow
def test_nothing_that_prices_is_imported_without_prices(desk: Here) -> None:
    code = (
        "import sys\nfrom campaignctl.cli.main import run\nrun(['plan'])\n"
        "print(*sorted(it for it in sys.modules if it.split('.')[-1] in ('costs', 'budget', 'money')))"
    )
    for besides, loaded in (
        ("", ""),
        (PRICES, "campaignctl.policy.costs campaignctl.rendering.money"),
    ):
        set_up(desk, project(besides), a=voice("one"))
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=desk.root, capture_output=True, text=True, check=True
        )
        assert done.stdout.splitlines()[-1] == loaded
