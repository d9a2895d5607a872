"""Text and pages are laid out from one report: what one of them tells of a campaign, the other does."""

from __future__ import annotations

import plans
import pytest
from plans import plan_document

from campaignctl.rendering import pages
from campaignctl.rendering.as_markdown import markdown
from campaignctl.rendering.as_text import entries as text
from campaignctl.rendering.as_text.reports import plan_text
from campaignctl.rendering.changes import Telling
from campaignctl.rendering.documents import BriefChangeDocument
from campaignctl.rendering.report import About, Entry
from campaignctl.rendering.reports import change_entry, plan_report

EVERYTHING = plan_document(plans.everything(), plans.PROD)
TELLING = Telling.of(EVERYTHING, plans.NOW)
OF_CLOSINGS = {About.INTERRUPTED, About.FAILURES, About.ORDER}
ON_PAGES_ALONE = {About.ASIDE}
IN_TEXT_ALONE = {About.STATUS}
MOVING = [it for it in EVERYTHING["changes"] if it["change"] != "noop" or it["reason"]["code"] == "failed"]


def entry_of(change: BriefChangeDocument) -> Entry:
    return change_entry(change, TELLING)


def test_whatever_a_sentence_is_about_both_have_words_for_it_or_one_of_them_says_it_otherwise() -> None:
    every = set(About) - OF_CLOSINGS
    assert set(pages._LABELS) == every - IN_TEXT_ALONE
    assert set(text._WORDINGS) == every - ON_PAGES_ALONE


@pytest.mark.parametrize("change", MOVING, ids=lambda it: it["name"])
def test_every_sentence_of_a_campaign_stands_in_text_and_on_pages(change: BriefChangeDocument) -> None:
    entry = entry_of(change)
    rows = [line[0] for line in text.entry_lines(entry)]
    told = [said.text for said in pages.says(entry)]
    sentences = [it for it in entry.says if it.about not in ON_PAGES_ALONE]
    assert sentences
    for said in sentences:
        assert any(row.endswith(said.text) for row in rows)
        assert said.about in IN_TEXT_ALONE or any(it.endswith(said.text) for it in told)


@pytest.mark.parametrize("change", MOVING, ids=lambda it: it["name"])
def test_every_field_of_a_campaign_stands_in_text_and_on_pages(change: BriefChangeDocument) -> None:
    entry = entry_of(change)
    rows = [line[0].partition(":")[0].partition(" (")[0] for line in text.entry_lines(entry)]
    cells = [cell.label for cell in pages.cells(entry)]
    labels = [*(label for label, _, _ in entry.declared), *(fact.label for fact in entry.facts)]
    assert cells == labels
    assert [row for row in rows if row in labels] == labels


def test_text_lists_by_kind_and_name_and_pages_by_urgency() -> None:
    listed = plan_text(EVERYTHING, now=plans.NOW)
    places = [listed.index(f"/{it['name']}: ") for it in MOVING if it["reason"]["code"] != "failed"]
    assert places == sorted(places)
    ranks = [entry.tone.rank for entry in plan_report(EVERYTHING, plans.NOW).entries]
    assert ranks == sorted(ranks)
    assert len(ranks) == len(MOVING)


def test_an_approval_is_never_cut_it_is_to_be_given() -> None:
    approval = EVERYTHING["approval"] + "+1200" * 30
    document = {**EVERYTHING, "approval": approval}
    assert f"Approve {approval}," in plan_text(document, now=plans.NOW)  # type: ignore[typeddict-item,arg-type]
    page = markdown(plan_report(document, plans.NOW))  # type: ignore[typeddict-item,arg-type]
    assert f"Approve `{approval}`," in page
