"""Speaks HTTP, and does nothing else: paths, authentication, faults, the journal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from campaignctl.sandbox import bodies, control, quota, seeding
from campaignctl.sandbox.collection import COLLECTIONS, Collection
from campaignctl.sandbox.control import STAGE, staged
from campaignctl.sandbox.envelopes import Answer, refused
from campaignctl.sandbox.faults import NOT_ACTED, Delivery, Fault, deliver, error_page
from campaignctl.sandbox.journal import RecordedRequest
from campaignctl.sandbox.outgoing import date_header, outgoing
from campaignctl.sandbox.shapes import Json, RefusalError
from campaignctl.sandbox.stage import Stage

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_BODY = 8_000_000
_BLOCK = 1_000_000
_ACCOUNT = "/v2/accounts/<account>"


def application(stage: Stage) -> WSGIApplication:
    """Makes the WSGI application over a stage. All of a process share the routes, which take long to compile."""
    routes = _routes()

    def over_stage(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ[STAGE] = stage
        return routes(environ, start_response)

    return over_stage


@cache
def _routes() -> Flask:
    app = Flask("campaignctl.sandbox", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    for collection in COLLECTIONS.values():
        _add_collection(app, collection)

    _add_lists(app)
    app.register_blueprint(control.blueprint())
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(
        RefusalError, lambda refusal: _response(Delivery(refused(request.method, refusal)))
    )
    app.register_error_handler(Exception, _defect)
    return app


def _add_collection(app: Flask, collection: Collection) -> None:
    name = collection.name
    path = f"{_ACCOUNT}/{name}"

    def answered(
        account: str, kind: str, act: Callable[[], Answer], listed: Collection | None = None
    ) -> Response:
        def act_where_it_is_open() -> Answer:
            if staged().switches.closed_sms == name:
                raise RefusalError(404, f"There is no {name}.", "This account has no such endpoint.")
            return act()

        return _exchange(account, kind, act_where_it_is_open, listed)

    @app.get(path, endpoint=f"{name} list")
    def listed(account: str) -> Response:
        query = request.args.to_dict()
        return answered(account, "list", lambda: staged().world.page(account, collection, query), collection)

    @app.post(path, endpoint=f"{name} create")
    def created(account: str) -> Response:
        return answered(account, "create", lambda: staged().world.create(account, collection, _body()))

    @app.get(f"{path}/<sid>", endpoint=f"{name} get")
    def got(account: str, sid: str) -> Response:
        return answered(account, "get", lambda: staged().world.get(account, collection, sid))

    @app.put(f"{path}/<sid>", endpoint=f"{name} change")
    def changed(account: str, sid: str) -> Response:
        kind = _kind_of_change(collection)
        return answered(account, kind, lambda: staged().world.change(account, collection, sid, _body()))

    @app.get(f"{path}/<sid>/{collection.details}", endpoint=f"{name} details")
    def detailed(account: str, sid: str) -> Response:
        query = request.args.to_dict()
        return answered(account, "details", lambda: staged().world.details(account, collection, sid, query))


def _add_lists(app: Flask) -> None:
    """Adds the routes of contacts and of the lists that they are in."""
    one = f"{_ACCOUNT}/lists/<sid>"

    @app.get(f"{_ACCOUNT}/lists")
    def lists(account: str) -> Response:
        return _exchange(account, "lists", lambda: staged().world.book.page(account, request.args.to_dict()))

    @app.post(f"{_ACCOUNT}/lists")
    def made(account: str) -> Response:
        return _exchange(account, "create_list", lambda: staged().world.book.create_lists(account, _body()))

    @app.get(one)
    def found(account: str, sid: str) -> Response:
        return _exchange(account, "lists", lambda: staged().world.book.get(account, sid))

    @app.put(one)
    def renamed(account: str, sid: str) -> Response:
        return _exchange(account, "rename_list", lambda: staged().world.book.rename(account, sid, _body()))

    @app.delete(one)
    def deleted(account: str, sid: str) -> Response:
        return _exchange(account, "delete_list", lambda: staged().world.book.delete(account, sid))

    @app.get(f"{one}/contacts")
    def members(account: str, sid: str) -> Response:
        query = request.args.to_dict()
        return _exchange(account, "contacts", lambda: staged().world.book.contacts(account, sid, query))

    @app.post(f"{one}/contacts")
    def filled(account: str, sid: str) -> Response:
        return _exchange(account, "fill_list", lambda: staged().world.book.fill(account, sid, _body()))

    @app.post(f"{_ACCOUNT}/contacts")
    def added(account: str) -> Response:
        return _exchange(
            account, "create_contacts", lambda: staged().world.book.create_contacts(account, _body())
        )


def _body() -> Json:
    return bodies.read_json(request.get_data())


def _kind_of_change(collection: Collection) -> str:
    """Returns `action` where the body has one, else `update`, whatever else is wrong with it."""
    try:
        return "action" if "action" in bodies.of_update(collection, _body()) else "update"
    except RefusalError:
        return "update"


def _exchange(
    account: str, kind: str, act: Callable[[], Answer], listed: Collection | None = None
) -> Response:
    """Carries a request out, unless a fault keeps it from being, and answers, unless a fault changes that."""
    stage = staged()
    fault = stage.faults.take(kind, request.method, request.path, request.get_data(as_text=True))
    if fault is not None and fault.effect == "slow" and not fault.carried_out:
        stage.stopping.wait(fault.seconds)
    acts = fault is None or fault.carried_out or fault.effect == "slow"
    answer = _carried_out(stage, account, kind, act, fault, listed) if acts else NOT_ACTED
    if fault is not None and fault.effect == "later":
        stage.advance(timedelta(seconds=fault.seconds))
    delivery = deliver(fault, answer)
    dated = date_header(delivery.answer, request.method, stage.clock.now(), stage.switches)
    delivery = replace(delivery, answer=delivery.answer.with_headers(dated))
    _record(stage, kind, delivery, acts, fault)
    if fault is not None and fault.effect == "slow" and fault.carried_out:
        stage.stopping.wait(fault.seconds)
    return _response(delivery)


def _carried_out(
    stage: Stage,
    account: str,
    kind: str,
    act: Callable[[], Answer],
    fault: Fault | None,
    listed: Collection | None,
) -> Answer:
    """Carries a request out in one transaction: authentication, rate limit, what is due by now, then the request
    itself.
    """
    headers: dict[str, str] = {}
    try:
        _authenticate()
        headers, too_many = _pace(stage, account)
        if too_many is not None:
            return too_many
        with stage.store.transaction():
            stage.world.settle(account)
            if fault is not None and fault.effect == "shift" and listed is not None:
                query = request.args.to_dict()
                seeding.shift(
                    stage.world, account, listed, query, appear=fault.appear, disappear=fault.disappear
                )
            answer = outgoing(act(), kind, stage.switches)
    except RefusalError as refusal:
        answer = refused(request.method, refusal)
    return answer.with_headers(headers)


def _authenticate() -> None:
    given = request.authorization
    if given is None or given.type != "basic" or not given.username or not given.password:
        raise RefusalError(401, "Authentication is required.", "Send API key and token with HTTP Basic.")


def _pace(stage: Stage, account: str) -> tuple[dict[str, str], Answer | None]:
    """Counts the request; returns what a client may pace itself by, and the 429 when this was one too many."""
    switches = stage.switches
    if switches.rate_limit is None:
        return {}, None
    left, free_in = stage.quota.take(account, switches.rate_limit, stage.clock.base.monotonic())
    headers = quota.headers(switches.rate_limit, left, free_in, stage.clock.now(), switches.retry_after)
    if left >= 0:
        return headers, None
    return headers, error_page(429, switches.limit_shape, "Too many requests", headers)


def _record(stage: Stage, kind: str, delivery: Delivery, acted: bool, fault: Fault | None) -> None:
    try:
        body = json.loads(request.get_data() or b"null")
    except (ValueError, RecursionError):
        body = request.get_data(as_text=True)
    stage.journal.add(
        RecordedRequest(
            request=kind,
            method=request.method,
            path=request.path,
            query=request.args.to_dict(),
            body=body,
            status=None if delivery.silent else delivery.answer.status,
            acted=acted,
            fault=None if fault is None else fault.effect,
            time=stage.clock.now().isoformat(),
            at=stage.clock.base.monotonic(),
        )
    )


def _response(delivery: Delivery) -> Response:
    """Makes the answer as Flask has it.

    What is cut or dropped needs the connection: the listener is told by the iterator.
    """
    body = delivery.body()
    response = Response(
        _sent(delivery, body), delivery.answer.status, content_type=delivery.answer.content_type
    )
    response.headers["Content-Length"] = str(max(len(body), delivery.pad))
    for name, value in delivery.answer.headers.items():
        response.headers[name] = value
    return response


def _sent(delivery: Delivery, body: bytes) -> Iterator[bytes]:
    if not delivery.silent:
        yield body if delivery.send is None else body[: delivery.send]
        for left in range(delivery.pad - len(body), 0, -_BLOCK):
            yield b" " * min(left, _BLOCK)
    if delivery.hang_up:
        raise HangUpError


class HangUpError(ConnectionError):
    """Tells the listener to close the connection where it stands."""


def _http_error(error: HTTPException) -> Response:
    status = error.code or 500
    refusal = RefusalError(status, error.name, error.description or error.name)
    return _response(Delivery(refused(request.method, refusal)))


def _defect(error: Exception) -> Response:
    """Answers with a mistake of the sandbox itself, said in the envelope and nowhere else."""
    refusal = RefusalError(500, "The sandbox has a defect.", f"{type(error).__name__}: {error}")
    return _response(Delivery(refused(request.method, refusal)))
