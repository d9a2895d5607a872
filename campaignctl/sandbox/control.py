"""Serves the sandbox's own controls, under `/_sandbox/`: no authentication, JSON in and out, on loopback only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, jsonify, request

from campaignctl.sandbox import bodies
from campaignctl.sandbox.faults import fault
from campaignctl.sandbox.seeding import collection_named
from campaignctl.sandbox.shapes import RefusalError, Sent
from campaignctl.sandbox.stage import Stage

STAGE = "campaignctl.stage"  # where a request's environment has it


def staged() -> Stage:
    """Returns the stage over which the present request is answered."""
    stage: Stage = request.environ[STAGE]
    return stage


def blueprint() -> Blueprint:
    """Makes the routes; `GET /_sandbox/` names everything else."""
    routes = Blueprint("control", __name__, url_prefix="/_sandbox")
    _add_state(routes)
    _add_contents(routes)
    _add_behaviour(routes)
    return routes


def _add_state(routes: Blueprint) -> None:
    @routes.get("/")
    def about() -> Response:
        paths = ["clock", "reset", "seed", "status", "requests", "faults", "switches"]
        return jsonify(sandbox="campaignctl", now=staged().clock.now().isoformat(), controls=paths)

    @routes.get("/clock")
    def clock() -> Response:
        return jsonify(now=staged().clock.now().isoformat())

    @routes.post("/clock")
    def advance() -> Response:
        by = _sent().get("advance_seconds")
        if not isinstance(by, int | float) or isinstance(by, bool):
            raise RefusalError(400, "advance_seconds is missing.", 'Send {"advance_seconds": 7200}.')
        try:
            return jsonify(now=staged().advance(timedelta(seconds=by)).isoformat())
        except OverflowError:
            raise RefusalError(400, "That is beyond the last year there is.", "Advance by less.") from None

    @routes.post("/reset")
    def reset() -> Response:
        start_at: Any = _sent().get("start_at")
        try:
            begin = None if start_at is None else datetime.fromisoformat(start_at)
        except (TypeError, ValueError):
            raise RefusalError(400, "start_at is no RFC 3339 time.") from None
        staged().reset(begin)
        return jsonify(now=staged().clock.now().isoformat())


def _add_contents(routes: Blueprint) -> None:
    @routes.post("/seed")
    def seed() -> Response:
        sent = _sent()
        rows = sent.get("campaigns")
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
            raise RefusalError(
                400, "campaigns is missing.", "Send account, collection and an array of campaigns."
            )
        sids = staged().seed(str(sent.get("account")), str(sent.get("collection")), rows)
        return jsonify(sids=sids)

    @routes.post("/status")
    def put_status() -> Response:
        sent = _sent()
        words = [sent.get(key) for key in ("account", "sid", "status")]
        account, sid, status = (word if isinstance(word, str) else "" for word in words)
        if not (account and sid and status):
            raise RefusalError(400, "A word is missing.", "Send account, sid and status.")
        staged().set_status(account, sid, status)
        return jsonify(sid=sid, status=status)

    @routes.get("/reports/<account>/<collection>/<sid>.csv")
    def report(account: str, collection: str, sid: str) -> Response:
        if request.authorization is not None:
            raise RefusalError(400, "A report takes no credentials.", "Never send them to another host.")
        with staged().store.transaction():
            staged().world.settle(account)
            text = staged().world.report(account, collection_named(collection), sid)
        return Response(text, content_type="text/csv; charset=utf-8")

    @routes.get("/requests")
    def requests() -> Response:
        return jsonify(requests=[asdict(entry) for entry in staged().journal.entries()])

    @routes.delete("/requests")
    def forget() -> Response:
        staged().journal.clear()
        return jsonify(requests=[])


def _add_behaviour(routes: Blueprint) -> None:
    @routes.get("/faults")
    def faults() -> Response:
        return jsonify(faults=[asdict(rule) for rule in staged().faults])

    @routes.post("/faults")
    def add_faults() -> Response:
        sent: Any = bodies.read_json(request.get_data())
        rules = sent if isinstance(sent, list) else [sent]
        if not all(isinstance(rule, Mapping) for rule in rules):
            raise RefusalError(400, "A fault is an object.", 'Send {"effect": "drop", "request": "create"}.')
        for rule in rules:
            fault(rule)
        for rule in rules:
            staged().faults.add(**rule)
        return faults()

    @routes.delete("/faults")
    def clear_faults() -> Response:
        staged().faults.clear()
        return faults()

    @routes.get("/switches")
    def switches() -> Response:
        return jsonify(asdict(staged().switches))

    @routes.post("/switches")
    def change_switches() -> Response:
        staged().switches.change(_sent())
        return switches()


def _sent() -> Sent:
    """Reads a JSON object; nothing at all is an empty one.

    Other content types are refused: a web page could send them.
    """
    if request.get_data() and not request.is_json:
        raise RefusalError(400, "The body is no JSON.", "Send Content-Type: application/json.")
    sent = bodies.read_json(request.get_data() or b"{}")
    if not isinstance(sent, Mapping):
        raise RefusalError(400, "The body is no JSON object.")
    return sent
