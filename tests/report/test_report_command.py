"""`report`: what each recipient came to, in every format, from either source, and what happens when it breaks off."""

from __future__ import annotations

import csv
import io
import json
import signal
from typing import Any

import pytest
from harness import Desk, Result, live_sms, live_voice, voice
from scripted_server import Answer, Request, serving

RUNNING = {"send_at": "2027-01-10T08:58:00+05:30", "end_at": "2027-01-10T18:00:00+05:30"}
SMS_TODAY = {"start_time": "2027-01-10T10:00:00+05:30", "end_time": "2027-01-10T18:00:00+05:30"}
FIRST = ["sid", "number", "status", "detailed_status"]


def numbers(count: int) -> list[str]:
    return [f"+9198765{place:05}" for place in range(count)]


def called(desk: Desk, count: int = 5, **fields: Any) -> list[str]:
    """A campaign that has called everybody by now."""
    known = {"status": "in-progress", "schedule": RUNNING, "retries": None, "from": numbers(count), **fields}
    return desk.seed(live_voice(**known))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_csv_begins_with_four_columns_and_goes_on_as_the_account_does(desk: Desk) -> None:
    called(desk)
    result = desk.run("report", "diwali-reminder", "--format", "csv")
    assert result.code == 0, result.all
    header = result.out.splitlines()[0].split(",")
    assert header[:6] == [*FIRST, "name", "date_created"]
    assert [each["number"][-2:] for each in table(result.out)] == ["00", "01", "02", "03", "04"]


def test_jsonl_keeps_the_types_of_the_account(desk: Desk) -> None:
    desk.sandbox.switches.serve_reports = False
    called(desk)
    found = [
        json.loads(line)
        for line in desk.run("report", "voice/diwali-reminder", "--format", "jsonl").out.splitlines()
    ]
    assert list(found[0])[:4] == FIRST
    assert isinstance(found[0]["duration"], int)
    assert found[0]["digits"] is None


@pytest.mark.parametrize("api", ["message-campaigns", "sms-campaigns"])
def test_messages_of_either_endpoint(desk: Desk, api: str) -> None:
    desk.configure(sms_api=api)
    desk.seed(live_sms(), collection=api)
    found = table(desk.run("report", "sms/diwali-offer", "--format", "csv").out)
    assert found
    assert {each["status"] for each in found} == {"scheduled"}
    assert found[0]["body"] == "Hi, your account is activated"


@pytest.mark.parametrize("output_format", ["table", "csv", "jsonl"])
def test_numbers_are_masked_unless_they_are_asked_for(desk: Desk, output_format: str) -> None:
    called(desk)
    words = ["report", "diwali-reminder", "--format", output_format]
    assert "+91••••••••04" in desk.run(*words).out
    assert "98765" not in desk.run(*words).all
    assert "+919876500004" in desk.run(*words, "--show-numbers").out


def test_the_summary_is_below_a_table_and_beside_everything_else(desk: Desk) -> None:
    called(desk, 60)
    shown = desk.run("report", "diwali-reminder")
    assert shown.out.startswith("Environment prod (account acme1)")
    assert "60 recipients:" in shown.out
    assert "%  completed" in shown.out
    beside = desk.run("report", "diwali-reminder", "--format", "csv")
    assert "60 recipients:" in beside.err
    assert len(beside.out.splitlines()) == 61
    quiet = desk.run("report", "diwali-reminder", "--format", "csv", "-q")
    assert quiet.err == ""


def test_a_report_goes_on_where_it_broke_off(desk: Desk) -> None:
    called(desk, 1200)
    complete = table(desk.run("report", "diwali-reminder", "--format", "csv").out)
    desk.sandbox.faults.add("status", request="details", status=500, after=1)
    broken = desk.run("report", "diwali-reminder", "--format", "csv")
    assert broken.code == 1
    assert "500 rows are written; the rest comes with --since-offset 500" in broken.err
    rest = desk.run("report", "diwali-reminder", "--format", "csv", "--since-offset", "500")
    assert rest.code == 0
    assert table(broken.out) + table(rest.out) == complete
    assert len(complete) == 1200


def test_rows_that_failed_are_said(desk: Desk) -> None:
    desk.sandbox.switches.serve_reports = False
    called(desk)
    desk.sandbox.faults.add("item", request="details", index=2, status=500)
    result = desk.run("report", "diwali-reminder")
    assert result.code == 0
    assert "4 recipients:" in result.out
    assert "the account could not give 1 row" in result.out


def test_nobody_yet_is_a_header_and_no_row(desk: Desk) -> None:
    desk.seed(live_voice(**{"from": []}))
    result = desk.run("report", "diwali-reminder", "--format", "csv")
    assert (result.code, result.out) == (0, "sid,number,status,detailed_status\n")
    assert "0 recipients: the account shows none of this campaign" in result.err
    assert (
        "0 recipients: the account shows none of this campaign" in desk.run("report", "diwali-reminder").out
    )
    beyond = desk.run("report", "diwali-reminder", "--since-offset", "7")
    assert "0 recipients: there are no more than 7 rows" in beyond.out


# ------------------------------------------------------------------------------------------------------------- NAME


def test_a_name_that_is_nowhere(desk: Desk) -> None:
    result = desk.run("report", "nowhere")
    assert (result.code, "nowhere" in result.err) == (1, True)


def test_a_name_of_both_kinds_needs_its_kind(desk: Desk) -> None:
    called(desk, name="promo")
    desk.seed(live_sms("promo"), collection="message-campaigns")
    assert desk.run("report", "promo").code == 64
    assert desk.run("report", "voice/promo").code == 0


def test_a_name_of_several_campaigns_names_their_sids(desk: Desk) -> None:
    sids = [*called(desk), *called(desk)]
    result = desk.run("report", "diwali-reminder")
    assert result.code == 3
    assert all(sid in result.err for sid in sids)
    assert desk.run("report", sids[0]).code == 0


def test_it_works_while_manifests_and_project_are_invalid(desk: Desk) -> None:
    called(desk)
    desk.write("campaigns/broken.yaml", "kind: [")
    desk.configure({"max_changes": "many"})
    assert desk.run("report", "diwali-reminder").code == 0


# -------------------------------------------------------------------------------------------------- the report file


def test_a_campaign_that_is_over_is_read_from_its_report(desk: Desk) -> None:
    called(desk)
    desk.pass_time(hours=1)
    desk.sandbox.switches.serve_reports = False
    pages = desk.run("report", "diwali-reminder", "--format", "csv").out
    desk.sandbox.switches.serve_reports = True
    desk.forget()
    result = desk.run("report", "diwali-reminder", "--format", "csv")
    assert result.code == 0, result.all
    assert table(result.out) == table(pages)
    assert "details" not in [each.request for each in desk.requests]
    rest = desk.run("report", "diwali-reminder", "--format", "csv", "--since-offset", "3")
    assert table(rest.out) == table(pages)[3:]


@pytest.mark.parametrize("api", ["message-campaigns", "sms-campaigns"])
def test_a_sandbox_over_http_serves_the_report_that_it_names(desk: Desk, api: str) -> None:
    desk.configure(sms_api=api)
    desk.seed(live_sms(schedule={**SMS_TODAY}), collection=api)
    desk.pass_time(hours=10)
    result = desk.run("report", "sms/diwali-offer", "--format", "csv", "-v")
    assert result.code == 0, result.all
    assert "details" not in [each.request for each in desk.requests]
    assert "page by page" not in result.all
    assert {each["status"] for each in table(result.out)} >= {"sent"}


def test_the_sandbox_of_a_project_serves_its_reports_too(desk: Desk) -> None:
    desk.configure({"default_environment": "sandbox"})
    desk.manifests(voice())
    desk.run("apply", "--auto-approve")
    desk.run("sandbox", "advance", "7d")
    result = desk.run("report", "diwali-reminder", "-v")
    assert result.code == 0, result.all
    assert "2 recipients:" in result.out
    assert "details" not in result.err
    assert "Note" not in result.out


def test_a_report_elsewhere_is_not_asked_for_by_an_account_on_loopback(desk: Desk) -> None:
    """Nor does a sandbox say so whose reports lead to where the live API has them."""
    called(desk)
    desk.pass_time(hours=1)
    desk.sandbox.switches.serve_reports = False
    result = desk.run("report", "diwali-reminder")
    assert "not to be trusted: read from the account, page by page" in result.out
    assert "5 recipients:" in result.out


def broken_off_in_pages(desk: Desk) -> tuple[Result, str]:
    """The first 500 of 1,200 rows, read from an account whose campaign has no report yet, and the words to go on."""
    called(desk, 1200)
    desk.sandbox.faults.add("status", request="details", status=500, after=1)
    broken = desk.run("report", "diwali-reminder", "--format", "csv")
    assert broken.code == 1
    return broken, broken.err.split("the rest comes with ")[1].split("\n")[0]


@pytest.mark.slow
def test_a_report_goes_on_in_its_own_source_though_the_campaign_has_a_report_by_now(desk: Desk) -> None:
    broken, words = broken_off_in_pages(desk)
    assert words == "--since-offset 500 --source pages"
    desk.pass_time(hours=5)
    assert desk.live("diwali-reminder")["report_url"]
    desk.forget()
    rest = desk.run("report", "diwali-reminder", "--format", "csv", *words.split())
    assert "details" in [each.request for each in desk.requests]
    said = [each["number"] for each in (*table(broken.out), *table(rest.out))]
    complete = [
        each["number"] for each in table(desk.run("report", "diwali-reminder", "--format", "csv").out)
    ]
    assert said == complete


@pytest.mark.parametrize(("hours", "source"), [(0, "the account's pages"), (5, "the campaign's report file")])
def test_an_offset_without_its_source_says_which_rows_it_counts(desk: Desk, hours: int, source: str) -> None:
    called(desk, 1200)
    desk.pass_time(hours=hours)
    result = desk.run("report", "diwali-reminder", "--format", "csv", "--since-offset", "700")
    assert (result.code, len(table(result.out))) == (0, 500)
    assert f"the 700 rows that are left out are those of {source}" in result.err


def test_a_report_file_that_is_asked_for_and_is_not_there_is_no_other_source(desk: Desk) -> None:
    called(desk, 1200)
    none = desk.run("report", "diwali-reminder", "--source", "file")
    assert (none.code, "has no report file" in none.err) == (1, True)
    with serving(lambda _asked: Answer(404, b"gone")) as web:
        desk.sandbox.faults.add(
            "change", request=["list", "get"], times=None, data={"report_url": f"{web.base_url}/r"}
        )
        gone = desk.run("report", "diwali-reminder", "--source", "file", "--since-offset", "5")
    assert gone.code == 1
    assert "the host of its report answers 404" in gone.err
    assert "0 rows are written; the rest comes with --since-offset 5 --source file" in gone.err


def with_report(desk: Desk, url: str) -> None:
    called(desk)
    desk.sandbox.faults.add("change", request=["list", "get"], times=None, data={"report_url": url})


def test_a_report_that_cannot_be_read_leaves_the_pages(desk: Desk) -> None:
    with serving(lambda _asked: Answer(403, b"<Error>expired</Error>")) as web:
        with_report(desk, f"{web.base_url}/r.csv")
        result = desk.run("report", "diwali-reminder")
    assert result.code == 0
    assert "5 recipients:" in result.out
    assert "answers 403: read from the account, page by page" in result.out
    assert "authorization" not in web.requests[0].headers


def test_hostile_reports_reach_no_terminal_spreadsheet_or_log(desk: Desk) -> None:
    body = (
        "number,status,name,note,from\n"
        "09876500001,sent,=cmd|' /C calc'!A0,call 9876500001 now,+91 98765 00009\n"
        '"::error::x",\x1b[2J,@SUM(1),"a\nb","-1+2+cmd()"\n'
    )

    def answer(_asked: Request) -> Answer:
        return Answer(body=body.encode())

    with serving(answer) as web:
        with_report(desk, f"{web.base_url}/r.csv")
        said = {
            each: desk.run("report", "diwali-reminder", "--format", each)
            for each in ("table", "csv", "jsonl")
        }
    for result in said.values():
        assert result.code == 0, result.all
        assert "\x1b" not in result.all
        assert "\n::error" not in result.all
        assert "98765" not in result.out
    first, second = table(said["csv"].out)
    assert first["name"].startswith("'=cmd")
    assert second["name"] == "'@SUM(1)"
    assert second["note"] == "a\\nb"
    assert second["from"].startswith("'-1+2")


def test_a_report_that_breaks_off_says_where_to_go_on(desk: Desk) -> None:
    body = b"number,status\n" + b"09876500001,sent\n" * 700
    with serving(lambda _asked: Answer(body=body, headers={"Content-Length": "99999"}, cut=len(body))) as web:
        with_report(desk, f"{web.base_url}/r.csv")
        result = desk.run("report", "diwali-reminder", "--format", "csv")
    assert result.code == 1
    assert "500 rows are written; the rest comes with --since-offset 500" in result.err
    assert len(table(result.out)) == 500


@pytest.mark.slow
def test_ctrl_c_says_where_to_go_on(desk: Desk) -> None:
    """The account keeps the second page back until somebody has had enough."""
    called(desk, 900)
    desk.sandbox.faults.add("slow", request="details", after=1, seconds=60.0, acts=False)
    process = desk.start("report", "diwali-reminder", "--format", "jsonl")
    assert process.stdout is not None
    first = [process.stdout.readline() for _ in range(500)]
    process.send_signal(signal.SIGINT)
    rest, said = process.communicate(timeout=20)
    assert (process.returncode, rest, len(first)) == (130, "", 500)
    assert "500 rows are written; the rest comes with --since-offset 500" in said
