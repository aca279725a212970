"""What every scenario needs: sentences, answers, problems, pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import httpx
from entraide_client.models import Problem
from entraide_client.types import UNSET, Response, Unset

T = TypeVar("T")
Item = TypeVar("Item", covariant=True)


@dataclass(frozen=True)
class Versioned(Generic[T]):
    """What was read, with its version for `If-Match`."""

    data: T
    etag: str


class Page(Protocol[Item]):
    @property
    def items(self) -> Sequence[Item]: ...

    @property
    def next_cursor(self) -> str | None: ...


def say(sentence: str) -> None:
    """One sentence for each thing done and checked."""
    print(f"  {sentence}")


def answered(kind: type[T], response: Response[Any]) -> T:
    """The answer of a request that must succeed."""
    assert isinstance(response.parsed, kind), response.parsed or response.status_code
    return response.parsed


def versioned(kind: type[T], response: Response[Any]) -> Versioned[T]:
    """The same, with its version."""
    return Versioned(answered(kind, response), response.headers["ETag"])


def refused(response: Response[Any], code: str) -> Problem:
    """The problem that a request must meet."""
    problem = answered(Problem, response)
    assert problem.code == code, problem
    return problem


def every_item(read: Callable[[str | Unset], Page[Item]]) -> Iterator[Item]:
    """Every item of a list, page after page; `read` gets the cursor."""
    page = read(UNSET)
    yield from page.items
    while page.next_cursor is not None:
        page = read(page.next_cursor)
        yield from page.items


def join_lists(request: httpx.Request) -> None:
    """The generator repeats a parameter for each of its values, where the contract separates them by commas."""
    query = request.url.params
    request.url = request.url.copy_with(params={name: ",".join(query.get_list(name)) for name in query})


def without_token(request: httpx.Request) -> None:
    """The generator wants a token for public operations too, where the contract needs none and refuses one that does not stand."""
    request.headers.pop("Authorization", None)
