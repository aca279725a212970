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
# Of how many the lists under them are read for ids.
OWNERS_LOOKED_INTO = 12
TIMEOUT = 30
DEMO_FILE = Path(__file__).with_name("directory.csv")
# The smallest file that is a PDF to the server.
PDF = b"%PDF-1.7\n%%EOF\n"


class Session:
    """The session of the administrator, or of somebody else, renewed before its token expires."""

    def __init__(self, login: str | None = None, password: str | None = None) -> None:
        self.api = os.environ["ENTRAIDE_URL"].rstrip("/") + "/api/v1"
        self._credentials = {"login": login or os.environ["ENTRAIDE_LOGIN"], "password": password or os.environ["ENTRAIDE_PASSWORD"]}
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

    def send(self, method: str, path: str, body: dict | None = None, form: dict | None = None) -> requests.Response:
        """A change that is sound, at whatever version: one that is refused ends the run."""
        headers = {"Authorization": f"Bearer {self.token()}", "Idempotency-Key": str(uuid.uuid4()), "If-Match": "*"}
        if method == "PATCH":
            headers["Content-Type"] = "application/merge-patch+json"
        response = requests.request(method, self.api + path, json=body, files=form, headers=headers, timeout=TIMEOUT)
        if not response.ok:
            raise RuntimeError(f"{method} {path} {body}: {response.status_code} {response.text}")
        return response

    def contract(self) -> Contract:
        return Contract(requests.get(self.api.removesuffix("/api/v1") + "/openapi.json", timeout=TIMEOUT).json())

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
        response = requests.post(f"{self.api}/auth/sessions", json=self._credentials, timeout=TIMEOUT)
        response.raise_for_status()
        return response.json()


class Contract:
    """What the contract says of ids: `/training-sessions/{id}/slots` lists `training-slots`, which stand at `/training-slots/{id}`."""

    def __init__(self, document: dict) -> None:
        self._document = document
        paths: dict[str, dict] = document["paths"]
        self.collections = {found[1] for found in (re.match(r"/([a-z-]+)/\{id\}", path) for path in paths) if found}
        kinds = {self._kind(item["get"]): collection_of_path(path) for path, item in paths.items() if path.endswith("/{id}") and "get" in item}
        self._homes: dict[str, str] = {}
        # The lists in which the items of a collection are found.
        self.lists: dict[str, list[str]] = defaultdict(list)
        for path, item in paths.items():
            named = self.named(collection_of_path(path))
            home = kinds.get(self._kind(item.get("get") or item.get("post"))) or self._under(path) or (named[0] if len(named) == 1 else None)
            if home:
                self._homes[path] = home
            if home and "get" in item and not path.endswith("}"):
                self.lists[home].append(path)

    def home(self, path: str) -> str | None:
        """The collection of what an address answers with."""
        return self._homes.get(path)

    def named(self, words: str | None) -> list[str]:
        """The collections that a name may mean: `modules` are `training-modules`, `sessions` of several kinds."""
        return [words] if words in self.collections else sorted(one for one in self.collections if words and one.endswith(f"-{words}"))

    def _under(self, path: str) -> str | None:
        """`/aid-documents/{id}/versions` are `aid-document-versions`, where there are any."""
        found = re.match(r"/([a-z-]+)s/\{id\}/([a-z-]+)$", path)
        return next((one for one in self.collections if found and one == f"{found[1]}-{found[2]}"), None)

    def _kind(self, operation: dict | None) -> str | None:
        """The schema of what is answered, of a list that of its items."""
        answers = (operation or {}).get("responses", {})
        schema = answers.get("201", answers.get("200", {})).get("content", {}).get("application/json", {}).get("schema", {})
        name = self._name(schema)
        items = self._document["components"]["schemas"].get(name, {}).get("properties", {}).get("items", {})
        return self._name(items.get("items", {})) or name

    def _name(self, schema: dict) -> str | None:
        """The first of several is the whole form."""
        reference = schema.get("anyOf", [schema])[0].get("$ref")
        return reference.rpartition("/")[2] if reference else None


class Pools:
    """Ids seen in answers, by collection: `establishments` → ids of establishments."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._contract = session.contract()
        self._ids: dict[str, list[str]] = defaultdict(list)
        self._listed: set[str] = set()
        self._own: set[str] | None = None
        self._lock = threading.RLock()

    def ids(self, collection: str) -> list[str]:
        """Ids of a collection, but never those of the fuzzer's own account."""
        with self._lock:
            if collection not in self._listed:
                self._listed.add(collection)
                for path in self._contract.lists[collection]:
                    self._look_into(path)
            return [one for one in self._ids[collection] if one not in self._own_ids()]

    def referred_to(self, key: str) -> list[str]:
        """Ids that a reference may name: of a `session_id` those of sessions of all kinds."""
        return [one for collection in self._contract.named(collection_of_reference(key)) for one in self.ids(collection)]

    def known(self) -> dict[str, list[str]]:
        """Every collection whose items have addresses, with its ids."""
        return {collection: self.ids(collection) for collection in sorted(self._contract.collections)}

    def _look_into(self, path: str) -> None:
        before, nested, after = path.partition("{id}")
        owners = self.ids(collection_of_path(before) or "")[:OWNERS_LOOKED_INTO] if nested else [""]
        for owner in owners:
            self.harvest(path, self._session.get(f"{before}{owner}{after}?limit=100"))

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
                    collections = [self._contract.home(path)] if key == "id" else self._contract.named(collection_of_reference(key))
                    # What may be of several kinds is of none for sure.
                    if isinstance(value, str) and len(collections) == 1 and collections[0]:
                        self._remember(collections[0], value)

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
