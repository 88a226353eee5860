"""The write side of the Hub's HTTP interface: new repositories, uploads, commits."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.hub.repos import LFS_SUFFIXES, HubError, Repo, RepoStore, StoredFile

INVALID = "Invalid credentials in Authorization header"


class Writing:
    """Who may write, and what they write; datasets alone.

    Attributes:
        refused: Token -> status of the answer to whatever is to be written with it.
        commit_status: Status of the answer to every commit; None to take them.
    """

    def __init__(self, store: RepoStore) -> None:
        self._store = store
        self.refused: dict[str, int] = {}
        self.commit_status: int | None = None

    def routes(self) -> list[Route]:
        api = "/api/datasets/{owner}/{name}"
        lfs = "/datasets/{owner}/{name}.git/info/lfs/objects"
        posts = {
            "/api/repos/create": self.create,
            "/api/validate-yaml": self.validate,
            f"{api}/preupload/{{revision}}": self.preupload,
            f"{api}/commit/{{revision}}": self.commit,
            f"{lfs}/batch": self.batch,
            f"{lfs}/verify": self.verify,
        }
        return [
            *(Route(path, endpoint, methods=["POST"]) for path, endpoint in posts.items()),
            Route("/uploads/{oid}", self.upload, methods=["PUT"]),
        ]

    async def create(self, request: Request) -> Response:
        self._check(request)
        asked = await request.json()
        assert asked["type"] == "dataset"
        repo_id = f"{asked['organization']}/{asked['name']}"
        url = f"{request.base_url}datasets/{repo_id}"
        repo = self._store.get_or_create("datasets", repo_id)
        if repo.commits:
            return JSONResponse({"error": "You already created this", "url": url}, 409)
        repo.private = asked.get("private", False) or asked.get("visibility") == "private"
        self._store.commit_files(repo, [self._store.file(".gitattributes", b"lfs\n")], "main")
        return JSONResponse({"url": url})

    async def validate(self, request: Request) -> Response:
        head = (await request.json())["content"].split("---\n")[1]
        assert head
        return JSONResponse({"errors": [], "warnings": []})

    async def preupload(self, request: Request) -> Response:
        self._check(request)
        repo = self._repo(request)
        there = repo.commits[repo.commit_of(request.path_params["revision"])]
        answers = []
        for path in [file["path"] for file in (await request.json())["files"]]:
            large = f".{path.rpartition('.')[2]}" in LFS_SUFFIXES
            answer = {"path": path, "uploadMode": "lfs" if large else "regular"}
            # By which clients leave out what hasn't changed.
            oid = (there[path].sha256 or there[path].oid) if path in there else None
            answers.append({**answer, "shouldIgnore": False, "oid": oid})
        return JSONResponse({"files": answers})

    async def batch(self, request: Request) -> Response:
        self._check(request)
        asked = await request.json()
        objects = []
        for one in asked["objects"]:
            known = {"oid": one["oid"], "size": one["size"]}
            if not self._store.content(one["oid"]).exists():
                base = str(request.base_url)
                known["actions"] = {
                    "upload": {"href": f"{base}uploads/{one['oid']}"},
                    "verify": {"href": str(request.url).replace("/batch", "/verify")},
                }
            objects.append(known)
        return JSONResponse({"transfer": "basic", "objects": objects})

    async def upload(self, request: Request) -> Response:
        data = await request.body()
        oid = request.path_params["oid"]
        if hashlib.sha256(data).hexdigest() != oid:
            return JSONResponse({"error": "These are other bytes"}, 400)
        self._store.content(oid).write_bytes(data)
        return Response()

    async def verify(self, request: Request) -> Response:
        self._check(request)
        asked = await request.json()
        content = self._store.content(asked["oid"])
        whole = content.exists() and content.stat().st_size == asked["size"]
        return JSONResponse({}, 200 if whole else 404)

    async def commit(self, request: Request) -> Response:
        self._check(request)
        if self.commit_status is not None:
            return JSONResponse({"error": "No commit today"}, self.commit_status)
        repo, revision = self._repo(request), request.path_params["revision"]
        lines = [json.loads(line) for line in (await request.body()).splitlines()]
        head = lines[0]["value"]
        assert lines[0]["key"] == "header"
        if head.get("parentCommit") not in (None, repo.revisions[revision]):
            return JSONResponse({"error": "A commit has happened since"}, 412)
        files = dict(repo.commits[repo.revisions[revision]])
        for line in lines[1:]:
            self._apply(files, line["key"], line["value"])
        sha = self._store.commit_files(repo, files.values(), revision)
        url = f"{request.base_url}datasets/{repo.id}/commit/{sha}"
        return JSONResponse({"commitUrl": url, "commitOid": sha})

    def _apply(self, files: dict[str, StoredFile], key: str, value: dict[str, Any]) -> None:
        path = value["path"]
        if key == "file":
            files[path] = self._store.file(path, base64.b64decode(value["content"]))
        elif key == "lfsFile":
            files[path] = self._store.file(path, self._store.content(value["oid"]).read_bytes())
        else:
            assert key == "deletedFile"
            if path not in files:
                raise HubError(404, "EntryNotFound")
            del files[path]

    def _repo(self, request: Request) -> Repo:
        params = request.path_params
        return self._store.get("datasets", f"{params['owner']}/{params['name']}")

    def _check(self, request: Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme != "Bearer":
            raise HubError(401, "RepoNotFound")
        if status := self.refused.get(token):
            message = INVALID if status == 401 else "Forbidden"
            raise HubError(status, "", {"X-Error-Message": message})
