"""Aims valid requests at real rows: ids from the lists, the current `ETag`, a new `Idempotency-Key`.

Requests that are meant to be wrong are left as they are.
"""

from __future__ import annotations

import random
import sys
import uuid
from pathlib import Path

import schemathesis
from schemathesis.core.parameters import ParameterLocation

sys.path.insert(0, str(Path(__file__).parent))
from entraide import Pools, Session, collection_of_path, collection_of_reference  # noqa: E402

# Some requests keep their random ids, so that unknown rows are asked for too.
SHARE_OF_REAL_IDS = 0.8

session = Session()
pools = Pools(session)
chance = random.Random(0)


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        return session.token()

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.hook
def before_call(context, case, kwargs):
    if is_right(case, ParameterLocation.PATH):
        use_real_ids(case)
    if is_right(case, ParameterLocation.BODY):
        use_real_references(case)
    if is_right(case, ParameterLocation.HEADER):
        use_fresh_headers(case)


@schemathesis.hook
def after_call(context, case, response):
    pools.harvest(case.operation.path, response)


def is_right(case, location) -> bool:
    return case.meta is None or not case.meta.is_negative_at(location)


def use_real_ids(case) -> None:
    before, found, _ = case.operation.path.partition("{id}")
    if found and chance.random() < SHARE_OF_REAL_IDS:
        ids = pools.ids(collection_of_path(before))
        if ids:
            case.path_parameters["id"] = chance.choice(ids)


def use_real_references(case) -> None:
    if not isinstance(case.body, dict):
        return
    for key, value in case.body.items():
        collection = collection_of_reference(key)
        if collection and isinstance(value, str) and chance.random() < SHARE_OF_REAL_IDS:
            ids = pools.ids(collection)
            case.body[key] = chance.choice(ids) if ids else value


def use_fresh_headers(case) -> None:
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if "If-Match" in case.headers:
        etag = current_etag(case)
        if etag:
            case.headers["If-Match"] = etag


def current_etag(case) -> str | None:
    """`ETag` of the resource itself, or of the one it belongs to (for a transition)."""
    if not case.path_parameters.get("id"):
        return None
    own, owner = case.operation.path, case.operation.path.partition("{id}")[0] + "{id}"
    for path in dict.fromkeys([own, owner]):
        etag = session.get(case.formatted_path if path == own else path.replace("{id}", str(case.path_parameters["id"]))).headers.get("ETag")
        if etag:
            return etag
    return None
