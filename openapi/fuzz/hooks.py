"""Aims valid requests at real rows and real values: ids from the lists, the current `ETag`, a new `Idempotency-Key`,
codes whose key letter is right. Requests that are meant to be wrong are left as they are.
"""

from __future__ import annotations

import random
import sys
import uuid
from datetime import date
from pathlib import Path

import schemathesis
from hypothesis import strategies
from schemathesis.core.parameters import ParameterLocation

sys.path.insert(0, str(Path(__file__).parent))
from entraide import DEMO_FILE, PDF, Pools, Session, collection_of_path  # noqa: E402
from seeds import Seeds  # noqa: E402

# Some requests keep their random values, so that unknown rows are asked for too.
SHARE_OF_REAL_VALUES = 0.8
# Forms of a list that has several; the first needs no header.
SHARE_OF_OTHER_FORMS = 0.2

session = Session()
session.import_demo()
pools = Pools(session)
Seeds(session, pools).sow()
chance = random.Random(0)


# The years that the server takes; the format alone has 8000 others.
schemathesis.openapi.format("date", strategies.dates(date(1800, 1, 1), date(2199, 12, 31)).map(str))


@schemathesis.auth(refresh_interval=None)
class Bearer:
    def get(self, case, context):
        return session.token()

    def set(self, case, token, context):
        case.headers["Authorization"] = f"Bearer {token}"


@schemathesis.serializer("text/csv")
def csv(context, value):
    """What is neither text nor bytes cannot be a file: nothing is sent."""
    return value if isinstance(value, bytes) else value.encode(errors="replace") if isinstance(value, str) else b""


@schemathesis.hook
def before_call(context, case, kwargs):
    if is_right(case, ParameterLocation.PATH):
        use_real_ids(case)
    if is_right(case, ParameterLocation.BODY):
        if case.media_type == "text/csv" and chance.random() < SHARE_OF_REAL_VALUES:
            case.body = DEMO_FILE.read_text(encoding="utf-8")
        if case.media_type == "multipart/form-data" and isinstance(case.body, dict) and chance.random() < SHARE_OF_REAL_VALUES:
            use_real_file(case.body)
        use_real_values(case.body)
    if is_right(case, ParameterLocation.QUERY):
        use_real_filters(case)
    if is_right(case, ParameterLocation.HEADER):
        use_fresh_headers(case)


@schemathesis.hook
def after_call(context, case, response):
    pools.harvest(case.operation.path, response)


def is_right(case, location) -> bool:
    return case.meta is None or not case.meta.is_negative_at(location)


def use_real_ids(case) -> None:
    before, found, _ = case.operation.path.partition("{id}")
    if found and chance.random() < SHARE_OF_REAL_VALUES:
        ids = pools.ids(collection_of_path(before))
        if ids:
            case.path_parameters["id"] = chance.choice(ids)


def use_real_file(form) -> None:
    """Random bytes are of no format that is taken, and no random digest is theirs."""
    form["file"] = PDF
    form.pop("sha256", None)


def use_real_values(value) -> None:
    """Replaces references and codes, wherever they stand in a body."""
    if isinstance(value, list):
        for item in value:
            use_real_values(item)
    if not isinstance(value, dict):
        return
    for key, found in value.items():
        if isinstance(found, str) and chance.random() < SHARE_OF_REAL_VALUES:
            value[key] = real_value(key, found)
        else:
            use_real_values(found)


def real_value(key: str, otherwise: str) -> str:
    if key == "uai" or key.endswith("_uai"):
        return uai()
    if key.endswith("association_id"):
        return pools.own_association()
    ids = pools.referred_to(key)
    return chance.choice(ids) if ids else otherwise


def uai() -> str:
    """A code of the Puy-de-Dôme with its key letter."""
    number = 630_000 + chance.randrange(10_000)
    return f"{number:07d}" + "ABCDEFGHJKLMNPRSTUVWXYZ"[number % 23]


def use_real_filters(case) -> None:
    """A random cursor is always refused: most requests go without."""
    if chance.random() < SHARE_OF_REAL_VALUES:
        case.query.pop("cursor", None)
    for key in ("uai", "parent"):
        if key in case.query and chance.random() < SHARE_OF_REAL_VALUES:
            case.query[key] = uai()


def use_fresh_headers(case) -> None:
    if "Idempotency-Key" in case.headers:
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    if "If-Match" in case.headers:
        etag = current_etag(case)
        if etag:
            case.headers["If-Match"] = etag
    if "Range" in case.headers:
        case.headers["Range"] = "bytes=0-"
    forms = media_types(case)
    if len(forms) > 1 and chance.random() < SHARE_OF_OTHER_FORMS:
        case.headers["Accept"] = chance.choice(forms[1:])


def media_types(case) -> list[str]:
    answer = case.operation.definition.raw.get("responses", {}).get("200", {})
    return list(answer.get("content", {}))


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
