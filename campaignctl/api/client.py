"""Shows the account to the other packages: pages, campaigns, and writes with what became of them."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

from campaignctl.api import encoding, envelopes
from campaignctl.api.credentials import Credentials, advice, require
from campaignctl.api.decoding import (
    Declared,
    decode,
    decode_contact_items,
    decode_contact_list,
    nothing_declared,
)
from campaignctl.api.envelopes import Envelope, Item, Json, Trouble, UnreadableError, read_envelope
from campaignctl.api.pacing import Pacer
from campaignctl.api.paging import Page
from campaignctl.api.requesting import (
    ALWAYS,
    ApiRequest,
    ApiResult,
    Check,
    ItemFailedError,
    RequestRecord,
    RequestTurn,
    rate_limited,
)
from campaignctl.api.retry import (
    TABLE,
    ReplyClass,
    RetryBudget,
    WriteOutcome,
    classify_status,
    retry_after_seconds,
)
from campaignctl.api.server_clock import ServerClock, date_of
from campaignctl.api.transport import Answered, Network, NoReply, NotConnected, Reply, Transport
from campaignctl.clock import Clock
from campaignctl.errors import AnswerError, ApiError, CredentialsError, UnreachableError
from campaignctl.kinds.endpoints import CONTACT_LISTS, CONTACTS, ENDPOINTS, Endpoint
from campaignctl.kinds.operations import Action
from campaignctl.kinds.table import Kind, Value
from campaignctl.model.campaigns import Live
from campaignctl.model.clocks import OtherClock
from campaignctl.model.environment import Environment
from campaignctl.model.managed_lists import AccountList
from campaignctl.model.requests import SECONDS_EACH, Budget
from campaignctl.model.results import Answer, ContactExchange, Done, Exchange, NotReached, Refused, Unknown

if TYPE_CHECKING:
    from campaignctl.model.outcomes import Row

T = TypeVar("T")


Observer = Callable[[RequestRecord], None]


class Client:
    """Speaks with one account. Reads raise `ApiError`; writes answer with an `Exchange` and never raise for what an
    answer says.

    `base_url` is scheme and host; `network` carries requests instead of sockets of our own. `use_reserved_quota`
    lets every request use what is otherwise kept back for pauses by hand. A clock whose `sleep` raises stops the
    client between two requests, never within one.
    """

    def __init__(
        self,
        environment: Environment,
        *,
        base_url: str,
        credentials: Credentials,
        clock: Clock,
        random: Random,
        observer: Observer | None = None,
        use_reserved_quota: bool = False,
        network: Network | None = None,
    ) -> None:
        self.environment = environment
        self.requests = 0
        self._clock = clock
        self._random = random
        self._observe = observer or (lambda _record: None)
        self._use_reserved_quota = use_reserved_quota
        self.turn: RequestTurn = ALWAYS
        """When a request may be sent besides, where several environments send theirs."""
        self._pacer = Pacer(environment.rate_limit, clock)
        self._time = ServerClock(clock, compared=not environment.is_sandbox)
        self._asked_at = clock.now()
        self._seconds = 0.0
        key, token = require(environment, credentials)
        self._secrets = tuple(text for text in (key, token) if len(text) >= 8)
        self._transport = Transport(base_url, key, token, environment.timeout_seconds, clock, network)

    def __repr__(self) -> str:
        """Shows no credentials."""
        return f"Client({self.environment.name!r})"

    def __enter__(self) -> Client:
        """Returns the client itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Closes all connections."""
        self.close()

    def take_turns(self, turn: RequestTurn) -> None:
        """Sends requests when it is this environment's turn, of several; another thread may cut them off."""
        self.turn = turn
        self._transport.follow_connections()

    def cut_off(self) -> None:
        """Ends the request in flight, from another thread: what became of it is unknown."""
        self._transport.cut_off()

    def close(self) -> None:
        """Closes all connections."""
        self._transport.close()

    # ------------------------------------------------------------------------------------------------- the clock

    def now(self) -> datetime:
        """Returns the server's clock by its last `Date`; before the first one, the runner's clock."""
        return self._time.now()

    def other_clocks(self) -> tuple[OtherClock, ...]:
        """Returns the clocks that are out of step with the server's."""
        return self._time.others()

    @property
    def notes(self) -> tuple[str, ...]:
        """Returns what is odd about the clocks. A sandbox's clock may be wherever it was advanced to."""
        return tuple(self._time.notes()) if self.requests else ()

    @property
    def skew(self) -> timedelta | None:
        """Returns how far the account's clock is ahead of this machine's; None before a readable `Date` came."""
        return self._time.ahead

    @property
    def budget(self) -> Budget:
        """Returns what is left of the rate limit: by our own count, and by what the account itself said last."""
        return self._pacer.budget()

    def estimate(self, requests: int) -> int:
        """Returns how many whole seconds further requests take, by the rate limit and by how fast the account
        answers.
        """
        each = self._seconds / self.requests if self.requests else SECONDS_EACH
        return math.ceil(self._pacer.estimate(requests, each))

    # ------------------------------------------------------------------------------------------------------ reads

    def endpoint(self, kind: Kind, collection: str | None = None) -> Endpoint:
        """Returns where a kind lives: the collection given, else the environment's own."""
        return ENDPOINTS[collection or self.environment.collection(kind.name)]

    def list_page(
        self,
        kind: Kind,
        *,
        offset: int,
        limit: int,
        name: str | None = None,
        statuses: str | None = None,
        sort: str | None = None,
        collection: str | None = None,
        declared: Declared = nothing_declared,
    ) -> Page[Live]:
        """Reads one page. It is sorted by what moves least unless `sort` says otherwise; for `declared` see `decode`.
        Raises `ApiError`.
        """
        endpoint = self.endpoint(kind, collection)
        query = encoding.list_query(
            endpoint, offset=offset, limit=limit, name=name, statuses=statuses, sort=sort
        )

        def read(reply: Reply) -> Page[Live]:
            return _page(read_envelope(reply.body), limit, partial(decode, endpoint, declared=declared))

        return self._value(self._exchange(ApiRequest("list", endpoint, query=query), read))

    def get(self, kind: Kind, sid: str, collection: str | None = None) -> Live | None:
        """Reads one campaign as it stands; None only where the account says 404. Raises `ApiError`."""
        endpoint = self.endpoint(kind, collection)
        request = ApiRequest("get", endpoint, sid)
        result = self._exchange(request, lambda reply: _single(endpoint, reply, sid))
        return None if result.status == 404 else self._value(result)

    def contact_lists(self, offset: int, name: str | None = None) -> Page[AccountList]:
        """Reads one page of the account's contact lists whose names contain `name`. Raises `ApiError`."""
        limit = CONTACT_LISTS.page_limit
        query = encoding.list_query(CONTACT_LISTS, offset=offset, limit=limit, name=name)

        def read(reply: Reply) -> Page[AccountList]:
            return _page(read_envelope(reply.body), limit, decode_contact_list)

        return self._value(self._exchange(ApiRequest("list", CONTACT_LISTS, query=query), read))

    def list_contacts(self, sid: str, *, limit: int, offset: int = 0) -> Page[Row]:
        """Reads `limit` people of a list from `offset` on, as the account shows them. Raises `ApiError`."""
        query = encoding.list_query(CONTACT_LISTS, offset=offset, limit=limit)
        return self._rows(ApiRequest("details", CONTACT_LISTS, sid, query=query), limit)

    def details_page(self, kind: Kind, sid: str, *, offset: int, limit: int) -> Page[Row]:
        """Reads one page of what became of each recipient of a campaign. Raises `ApiError`."""
        endpoint = self.endpoint(kind)
        query = encoding.details_query(endpoint, offset=offset, limit=limit)
        return self._rows(ApiRequest("details", endpoint, sid, query=query), limit)

    def _rows(self, request: ApiRequest, limit: int) -> Page[Row]:
        return self._value(
            self._exchange(request, lambda reply: _page(read_envelope(reply.body), limit, _row))
        )

    # ----------------------------------------------------------------------------------------------------- writes

    def create(self, kind: Kind, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """Creates one campaign."""
        endpoint = self.endpoint(kind)
        body = encoding.encode_create(endpoint, spec, self.environment.create_form(kind))
        return self._write(ApiRequest("create", endpoint, body=body, check=check))

    def update(self, kind: Kind, sid: str, spec: Mapping[str, Value], check: Check | None = None) -> Exchange:
        """Sends the spec as it is: what a campaign is to be made of is decided elsewhere."""
        endpoint = self.endpoint(kind)
        body = encoding.encode_update(endpoint, spec)
        return self._write(ApiRequest("update", endpoint, sid, body=body, check=check))

    def act(
        self, kind: Kind, sid: str, action: Action, check: Check | None = None, *, urgent: bool = False
    ) -> Exchange:
        """Asks for an action. An urgent one may use the requests that are kept back."""
        endpoint = self.endpoint(kind)
        body = encoding.encode_action(endpoint, action)
        return self._write(ApiRequest(action.value, endpoint, sid, body=body, urgent=urgent, check=check))

    def create_contacts(self, contacts: Sequence[Mapping[str, str]]) -> ContactExchange:
        """Makes people known to the account; the answer has an item for each, in any order."""
        body = encoding.encode_items(CONTACTS.create_key, contacts)
        return self._batch(ApiRequest("create", CONTACTS, body=body))

    def create_list(self, name: str) -> ContactExchange:
        """Makes an empty contact list."""
        body = encoding.encode_items(CONTACT_LISTS.create_key, [{"name": name}])
        return self._batch(ApiRequest("create", CONTACT_LISTS, body=body))

    def fill_list(self, sid: str, contacts: Sequence[str], check: Check | None = None) -> ContactExchange:
        """Puts contacts into a list, by their SIDs."""
        body = encoding.encode_items("contact_references", [{"contact_sid": each} for each in contacts])
        return self._batch(ApiRequest("fill", CONTACT_LISTS, sid, body=body, check=check))

    def delete_list(self, sid: str, check: Check | None = None) -> ContactExchange:
        """Deletes a contact list."""
        return self._batch(ApiRequest("delete", CONTACT_LISTS, sid, check=check))

    def _batch(self, request: ApiRequest) -> ContactExchange:
        result = self._exchange(request, lambda reply: decode_contact_items(request.endpoint, reply.body))
        if TABLE[result.reply_class].outcome is WriteOutcome.DONE and result.value is not None:
            return ContactExchange(result.value, result.attempts)
        return ContactExchange(self._trouble(request, result), result.attempts)

    def _write(self, request: ApiRequest) -> Exchange:
        result = self._exchange(request, lambda reply: _single(request.endpoint, reply, request.sid))
        return Exchange(self._answer(request, result), result.attempts)

    def _answer(self, request: ApiRequest, result: ApiResult[Live]) -> Answer:
        if TABLE[result.reply_class].outcome is WriteOutcome.DONE and result.value is not None:
            return Done(result.value)
        return self._trouble(request, result)

    def _trouble(self, request: ApiRequest, result: ApiResult[T]) -> Refused | NotReached | Unknown:
        outcome, message = TABLE[result.reply_class].outcome, result.trouble.message
        if outcome is WriteOutcome.NOT_SENT:
            return NotReached(message, result.status)
        if outcome is WriteOutcome.REFUSED and result.status is not None:
            words = f"{message}{self._advice(request, result.status)}"
            return Refused(result.status, result.trouble.code, words)
        return Unknown(message, result.status)

    def _advice(self, request: ApiRequest, status: int) -> str:
        environment = self.environment
        if status in (401, 403):
            return f"; {advice(environment, status)}"
        if status == 400 and request.operation == "create":
            wrapped = environment.create_form(request.endpoint.kind) == "wrapped"
            kind, other = request.endpoint.kind.short, "bare" if wrapped else "wrapped"
            return (
                "; nothing was created. If the account takes the other form of body, set "
                f"create_body: {{{kind}: {other}}} in the environment {environment.name}"
            )
        return ""

    # --------------------------------------------------------------------------------------------------- requests

    def _value(self, result: ApiResult[T]) -> T:
        """Returns the value of a read, or raises the error that it came to."""
        if result.reply_class is ReplyClass.SUCCESS and result.value is not None:
            return result.value
        message, status = result.trouble.message, result.status
        if status in (401, 403):
            words = f"{message} ({status}); {advice(self.environment, status)}"
            raise CredentialsError(f"the account could not be read: {words}", status)
        if TABLE[result.reply_class].outcome is WriteOutcome.NOT_SENT and status is None:
            raise UnreachableError(f"environment {self.environment.name}: {message}")
        if status == 404:
            message = f"the account {self.environment.account_sid} or its campaigns are not there: {message}"
            raise AnswerError(f"{message} (404); check account_sid and region", status)
        if status is None:
            raise ApiError(f"environment {self.environment.name}: {message}")
        raise AnswerError(f"the account could not be read: {message} ({status})", status)

    def _exchange(self, request: ApiRequest, read: Callable[[Reply], T]) -> ApiResult[T]:
        """Sends a request until it is answered, must not be repeated, or the budget of retries is spent."""
        budget = RetryBudget(max(self.environment.max_attempts, 1), self._random)
        result: ApiResult[T] = ApiResult(ReplyClass.NO_CONNECTION, Trouble("", ""))
        while True:
            refused = self._await_slot(budget, request)
            if refused is not None:
                return result if budget.attempts else rate_limited(refused)
            with self.turn:
                if request.check is not None:
                    request.check()
                    if self._pacer.wait(urgent=self._may_use_reserve(request)) > 0:
                        continue  # it has asked the account something itself
                budget.attempts += 1
                answer = self._attempt(request, budget.attempts)
            result = self._received(request, answer, read, budget.attempts)
            row = TABLE[result.reply_class]
            again = row.write_again if request.writes else row.read_again
            pause = budget.backoff(result.retry_after) if again else None
            if pause is None:
                return result
            self._sleep(pause)

    def _sleep(self, seconds: float) -> None:
        with self.turn.stepped_out():
            self._clock.sleep(seconds)

    def _may_use_reserve(self, request: ApiRequest) -> bool:
        return request.urgent or self._use_reserved_quota

    def _await_slot(self, budget: RetryBudget, request: ApiRequest) -> float | None:
        """Waits for the rate limit; returns the seconds that it would take where the budget of retries does not
        allow them. What stops somebody's calls is tried all the same, whatever the account says is left.
        """
        while (seconds := self._pacer.wait(urgent=self._may_use_reserve(request))) > 0:
            if not budget.allows(seconds):
                if request.stops and self._pacer.disbelieve():
                    continue
                return seconds
            self._sleep(max(seconds, 0.001))  # a float's last digit must not make it spin
        return None

    def _attempt(self, request: ApiRequest, attempt: int) -> Answered:
        """Sends one request once; where it is cut off, the observer is told."""
        try:
            return self._sent(request)
        except BaseException:
            self._tell(request, ApiResult(ReplyClass.LOST, Trouble("", "interrupted")), attempt)
            raise

    def _received(
        self, request: ApiRequest, answer: Answered, read: Callable[[Reply], T], attempt: int
    ) -> ApiResult[T]:
        """Reads what came, which keeps nobody from their turn, and tells the observer whatever becomes of it."""
        result: ApiResult[T] = ApiResult(ReplyClass.LOST, Trouble("", "interrupted"))
        try:
            result = self._parse_reply(answer, read, attempt)
        finally:
            self._tell(request, result, attempt)
        return result

    def _tell(self, request: ApiRequest, result: ApiResult[T], attempt: int) -> None:
        self._observe(
            RequestRecord(
                operation=request.operation,
                method=request.method,
                collection=request.endpoint.collection,
                sid=request.sid or (result.value.sid if isinstance(result.value, Live) else None),
                attempt=attempt,
                status=result.status,
                outcome=result.reply_class.value,
            )
        )

    def _sent(self, request: ApiRequest) -> Answered:
        endpoint = request.endpoint
        path = encoding.path_of(self.environment.account_sid, endpoint.collection, request.sid, request.part)
        body = None if request.body is None else json.dumps(request.body).encode()
        begun, self._asked_at = self._clock.monotonic(), self._clock.now()
        self.requests += 1
        with self._pacer.slot():
            answer = self._transport.send(request.method, path, request.query, body, fresh=request.writes)
        self._seconds += self._clock.monotonic() - begun
        if isinstance(answer, Reply):
            self._pacer.heed(answer.headers, self._told(answer))
        return answer

    def _parse_reply(self, answer: Answered, read: Callable[[Reply], T], attempts: int) -> ApiResult[T]:
        if isinstance(answer, NotConnected):
            kind = ReplyClass.NO_TRUST if answer.lasting else ReplyClass.NO_CONNECTION
            return ApiResult(kind, Trouble("", answer.message), attempts=attempts)
        if isinstance(answer, NoReply):
            kind = ReplyClass.TOO_LARGE if answer.lasting else ReplyClass.LOST
            return ApiResult(kind, Trouble("", answer.message), attempts=attempts)
        retry_after = retry_after_seconds(answer.headers.get("retry-after"), self._told(answer))
        kind, status, value = classify_status(answer.status), answer.status, None
        trouble = Trouble("", "")
        try:
            if kind is ReplyClass.SUCCESS:
                value = read(answer)
                self._time.heed(answer.headers.get("date"), self._asked_at)
            elif kind is ReplyClass.REDIRECT:
                trouble = Trouble(
                    str(status), "it answers with a redirect, which is not followed; check base_url"
                )
            else:
                trouble = envelopes.read_trouble(answer.status, answer.body)
        except ItemFailedError as failed:
            status = failed.item.code or answer.status
            kind = classify_status(status)
            kind = ReplyClass.UNREADABLE if kind is ReplyClass.SUCCESS else kind
            trouble = failed.item.trouble or trouble
        except UnreadableError as unreadable:
            kind, trouble = ReplyClass.UNREADABLE, Trouble(str(status), str(unreadable))
        return ApiResult(kind, self._without_secrets(trouble), status, value, retry_after, attempts)

    def _told(self, reply: Reply) -> datetime:
        """Returns the moment that an answer's own times count from, whoever gave it."""
        return date_of(reply.headers.get("date")) or self.now()

    def _without_secrets(self, trouble: Trouble) -> Trouble:
        message = trouble.message
        for secret in self._secrets:
            message = message.replace(secret, "•••")
        return Trouble(trouble.code, message)


def _page(envelope: Envelope, limit: int, decoded: Callable[[Json], T]) -> Page[T]:
    return Page(tuple(_entry(item, decoded) for item in envelope.items), envelope.total, limit)


def _entry(item: Item, decoded: Callable[[Json], T]) -> T | None:
    try:
        return None if item.trouble else decoded(item.data)
    except UnreadableError:
        return None


def _row(data: Json) -> Row:
    return data if isinstance(data, dict) else {}


def _single(endpoint: Endpoint, reply: Reply, sid: str | None) -> Live:
    """Returns the one campaign of an answer, which must be the one that was asked for."""
    items = read_envelope(reply.body).items
    if len(items) != 1:
        raise UnreadableError(f"the answer holds {len(items)} campaigns instead of one")
    if items[0].trouble:
        raise ItemFailedError(items[0])
    live = decode(endpoint, items[0].data)
    if sid is not None and live.sid != sid:
        raise UnreadableError("the answer is about another campaign")
    return live
