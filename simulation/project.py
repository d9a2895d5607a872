"""Describes the project file of one team."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from simulation.commits import ACCOUNTS, SUPPRESSED, Commit
from simulation.leanings import GENERAL
from simulation.repository import PREFIX
from simulation.weights import Leaning

_DEFAULTS = f"""environments_from: [{ACCOUNTS}]
environment_defaults:
    credentials: {{key_env: "EXOTEL_API_KEY_${{ENVIRONMENT}}", token_env: EXOTEL_API_TOKEN}}"""
NOTIFY = "EXOTEL_NOTIFY_URL"
"""The variable that holds the address at which somebody is told of what a guard did."""
RATES = {"30": 30, "9": 9, "none": None}


@dataclass(frozen=True)
class TeamProject:
    """Holds its text, and what of it the ledger has to know.

    `allow` is what is allowed here unasked; a resume only of what waits for its start, and only where the project
    says that the account lets it wait.
    """

    text: str
    allow: tuple[str, ...]
    prefix: bool
    rate_limit: int | None
    told: str
    stop_when: tuple[tuple[str, str], ...] = ()
    unmanaged: bool = False
    notifies: bool = False

    def files(self, commit: Commit) -> dict[str, str]:
        """Returns every file of a checkout."""
        return {"campaignctl.yaml": self.text, **commit.texts()}

    def guarded(self, random: Random) -> TeamProject:
        """Returns it with limits at which a guard pauses, what it looks at, and whether it tells somebody."""
        limits = random.choice(((("failed", "20%"), ("tried", "5")), (("failed", "10%"), ("tried", "4")), ()))
        unmanaged = random.random() < 0.3
        stop_when = ", ".join(f"{key}: {value}" for key, value in limits)
        notifies = random.random() < 0.5
        notify = f", notify: {{url_env: {NOTIFY}}}" if notifies else ""
        line = f"guard: {{stop_when: {{{stop_when}}}, unmanaged: {str(unmanaged).lower()}{notify}}}"
        text = self.text.replace("environments:\n", f"{line}\nenvironments:\n", 1)
        told = f"{self.told}; {line}"
        return replace(self, text=text, told=told, stop_when=limits, unmanaged=unmanaged, notifies=notifies)

    def of_several(self) -> TeamProject:
        """Returns it with environments that stand in a file of their own: what one had all of them have now."""
        text = self.text.replace("environments:\n  prod:\n", f"{_DEFAULTS}\n", 1)
        text = text.replace("    account_sid: acme1\n", "").replace("environment: prod", "environment: north")
        return replace(self, text=text.replace("\n    ", "\n  "))

    @classmethod
    def drawn(
        cls,
        random: Random,
        positions: Mapping[str, object],
        leaning: Leaning = GENERAL,
        suppresses: bool = False,
    ) -> TeamProject:
        """Draws a project.

        It knows whether the account takes wrapped bodies: that is found out with the first create.
        """
        body = positions.get("create_body", "any")
        body = body if body in ("wrapped", "bare") else random.choice(("wrapped", "bare"))
        allow = random.choice(((), (), (), ("complete",), ("resume",), ("complete", "archive")))
        prefix, waits = leaning.happens(random, "a prefix", 0.5), random.random() < 0.5
        most = random.choice(("", "", "max_changes: 3"))
        hours = "country: IN"
        if random.random() < 0.3:
            hours = (
                'policy: {calling_hours: {level: error, from: "09:00", to: "21:00", time_zone: Asia/Kolkata}}'
            )
        rate = RATES[leaning.word(random, "rate limit", {"30": 3, "9": 1, "none": 1})]
        environment = (
            "backend: exotel",
            "account_sid: acme1",
            'base_url: "http://127.0.0.1:9"',
            "settle_seconds: 10",
            "timeout_seconds: 5",
            f"max_attempts: {random.choice((3, 5))}",
            f"create_body: {body}",
            f"rate_limit: {rate or 'null'}",
            f"resume_before_start: {'waits' if waits else 'unknown'}",
            f"allow: [{', '.join(allow)}]",
            hours,
        )
        head = (
            "apiVersion: campaignctl/v1",
            "kind: Project",
            "manifests: [campaigns/]",
            "default_environment: prod",
        )
        suppress = f"suppress: [{{from_file: {SUPPRESSED}}}]" if suppresses else ""
        own = [
            line for line in (f"prune: {{name_prefix: {PREFIX}}}" if prefix else "", most, suppress) if line
        ]
        text = "\n".join((*head, *own, "environments:", "  prod:", *(f"    {it}" for it in environment), ""))
        held = () if waits else ("resume",)
        standing = tuple(word for word in allow if word not in held)
        return cls(text, standing, prefix, rate, "; ".join((*own, *environment[5:])))
