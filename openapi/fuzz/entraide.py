"""What the fuzzer must know of the server: its session, and real ids and versions to aim at."""

from __future__ import annotations

import os
import re
import threading
import time
import uuid
from collections import defaultdict
from pathlib import Path

import requests

# Access tokens live ten minutes.
TOKEN_LIFETIME = 480
POOL_LIMIT = 200
TIMEOUT = 30
DEMO_FILE = Path(__file__).with_name("directory.csv")


class Session:
    """The session of the administrator, renewed before its token expires."""

    def __init__(self) -> None:
        self.api = os.environ["ENTRAIDE_URL"].rstrip("/") + "/api/v1"
        self._tokens: dict[str, str] = {}
        self._renew_at = 0.0
        self._lock = threading.Lock()

    def token(self) -> str:
        with self._lock:
            if time.monotonic() >= self._renew_at:
                self._tokens = self._refresh() or self._log_in()
                self._renew_at = time.monotonic() + TOKEN_LIFETIME
            return self._tokens["access_token"]

    def get(self, path: str) -> requests.Response:
        return requests.get(self.api + path, headers={"Authorization": f"Bearer {self.token()}"}, timeout=TIMEOUT)

    def import_demo(self) -> None:
        """One import, so that there are an operation and its lines to look at."""
        headers = {"Authorization": f"Bearer {self.token()}", "Content-Type": "text/csv", "Idempotency-Key": str(uuid.uuid4())}
        requests.post(f"{self.api}/imports?resource=establishments&mode=validate", data=DEMO_FILE.read_bytes(), headers=headers, timeout=TIMEOUT)

    def _refresh(self) -> dict[str, str] | None:
        """Refreshing does not count as a guess at a password, logging in does."""
        if "refresh_token" not in self._tokens:
            return None
        body = {"refresh_token": self._tokens["refresh_token"]}
        response = requests.post(f"{self.api}/auth/tokens", json=body, timeout=TIMEOUT)
        return response.json() if response.ok else None

    def _log_in(self) -> dict[str, str]:
        body = {"login": os.environ["ENTRAIDE_LOGIN"], "password": os.environ["ENTRAIDE_PASSWORD"]}
        response = requests.post(f"{self.api}/auth/sessions", json=body, timeout=TIMEOUT)
        response.raise_for_status()
        return response.json()


class Pools:
    """Ids seen in answers, by collection: `establishments` → ids of establishments."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._listed: set[str] = set()
        self._own: set[str] | None = None
        self._lock = threading.RLock()

    def ids(self, collection: str) -> list[str]:
        """Ids of a collection, but never those of the fuzzer's own account."""
        with self._lock:
            if collection not in self._listed:
                self._listed.add(collection)
                self.harvest(f"/{collection}", self._session.get(f"/{collection}?limit=100"))
            return [one for one in self._ids[collection] if one not in self._own_ids()]

    def own_association(self) -> str:
        """The one of the department in which the fuzzer may write."""
        with self._lock:
            if not self._ids["own association"]:
                [found] = json_object(self._session.get("/associations?department=63"))["items"]
                self._remember("own association", found["id"])
            return self._ids["own association"][0]

    def harvest(self, path: str, response: requests.Response) -> None:
        """Remembers the ids in the answer of a path such as `/dossiers/{id}/parties`."""
        body = json_object(response)
        items = [*body.get("items", []), body] if isinstance(body.get("items", []), list) else [body]
        with self._lock:
            for item in filter(lambda item: isinstance(item, dict), items):
                for key, value in item.items():
                    collection = collection_of_path(path) if key == "id" else collection_of_reference(key)
                    if collection and isinstance(value, str):
                        self._remember(collection, value)

    def _remember(self, collection: str, one: str) -> None:
        known = self._ids[collection]
        if one not in known:
            known.append(one)
            del known[:-POOL_LIMIT]

    def _own_ids(self) -> set[str]:
        """The account, the linked member and whatever else `/me` names by id: deleting those would lock the run out."""
        if self._own is None:
            self._own = set(strings_under_ids(json_object(self._session.get("/me"))))
        return self._own


def json_object(response: requests.Response) -> dict:
    if not (200 <= response.status_code < 300 and "json" in response.headers.get("Content-Type", "")):
        return {}
    body = response.json()
    return body if isinstance(body, dict) else {}


def strings_under_ids(value: object) -> list[str]:
    if isinstance(value, list):
        return [found for item in value for found in strings_under_ids(item)]
    if not isinstance(value, dict):
        return []
    here = [one for key, one in value.items() if isinstance(one, str) and (key == "id" or key.endswith("_id"))]
    return here + [found for child in value.values() for found in strings_under_ids(child)]


def collection_of_path(path: str) -> str | None:
    """`/dossiers/{id}/parties` holds `parties`, `/parties/{id}` one of them."""
    words = re.findall(r"/([a-z][a-z-]*)", path)
    return words[-1] if words else None


def collection_of_reference(key: str) -> str | None:
    """`establishment_id` refers to `establishments`."""
    if not key.endswith("_id"):
        return None
    noun = key.removesuffix("_id").replace("_", "-")
    return noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + "s"
