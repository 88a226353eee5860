"""The read side of the Hub's HTTP interface, as far as its clients use it."""

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import parse_qs

import yaml
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from tests.hub.repos import HubError, Repo, RepoStore, StoredFile

# Each kind of repository, by its name in the API, with the prefix of the URLs of its files.
KINDS: Mapping[str, str] = {"models": "", "datasets": "datasets/"}


def all_routes(store: RepoStore) -> list[Route]:
    """The routes of all kinds of repositories."""
    return [route for kind, prefix in KINDS.items() for route in _routes(store, kind, prefix)]


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a HubError into the answer that the clients understand."""
    assert isinstance(error, HubError)
    return JSONResponse({"error": str(error)}, error.status, error.headers)


def _routes(store: RepoStore, kind: str, prefix: str) -> Iterable[Route]:
    endpoints = _Endpoints(store, kind)
    api = f"/api/{kind}/{{owner}}/{{name}}"
    yield Route(
        f"/{prefix}{{owner}}/{{name}}/resolve/{{revision}}/{{path:path}}", endpoints.resolve
    )
    yield Route(api, endpoints.info)
    yield Route(f"{api}/revision/{{revision:path}}", endpoints.info)
    yield Route(f"{api}/tree/{{revision}}", endpoints.tree)
    yield Route(f"{api}/tree/{{revision}}/{{path:path}}", endpoints.tree)
    yield Route(f"{api}/paths-info/{{revision}}", endpoints.paths_info, methods=["POST"])


class _Endpoints:
    """The answers for one kind of repository."""

    def __init__(self, store: RepoStore, kind: str) -> None:
        self._store = store
        self._kind = kind

    async def resolve(self, request: Request) -> Response:
        """The bytes of one file, whole or a range of them."""
        repo, sha = self._find(request)
        if repo.gated and not _has_token(request):
            raise HubError(401, "GatedRepo")
        try:
            file = repo.commits[sha][request.path_params["path"]]
        except KeyError:
            raise HubError(404, "EntryNotFound", {"X-Repo-Commit": sha}) from None
        headers = {"X-Repo-Commit": sha, "ETag": file.etag}
        if file.sha256:
            headers |= {"X-Linked-Etag": file.etag, "X-Linked-Size": str(file.size)}
        return FileResponse(file.content, headers=headers)

    async def info(self, request: Request) -> Response:
        """What the repository is, and the files of a revision; told of gated ones too."""
        repo, sha = self._find(request)
        blobs = request.query_params.get("blobs", "").lower() in ("true", "1")
        return JSONResponse(
            {
                "id": repo.id,
                "sha": sha,
                "private": repo.private,
                "gated": "manual" if repo.gated else False,
                "pipeline_tag": repo.pipeline_tag,
                "cardData": _card(repo.commits[sha].get("README.md")),
                "siblings": [_sibling(file, blobs) for file in repo.commits[sha].values()],
            }
        )

    async def tree(self, request: Request) -> Response:
        """The files and folders below a folder."""
        repo, sha = self._find(request)
        top = PurePosixPath(request.path_params.get("path", ""))
        below = [f for f in repo.commits[sha].values() if top in PurePosixPath(f.path).parents]
        if not below and top.parts:
            raise HubError(404, "EntryNotFound", {"X-Repo-Commit": sha})
        entries = [_file_entry(file) for file in below] + _folder_entries(below, top)
        if request.query_params.get("recursive", "").lower() not in ("true", "1"):
            entries = [entry for entry in entries if PurePosixPath(entry["path"]).parent == top]
        return JSONResponse(entries)

    async def paths_info(self, request: Request) -> Response:
        """What is known of the files that the form names; unknown ones are left out."""
        repo, sha = self._find(request)
        paths = parse_qs((await request.body()).decode()).get("paths", [])
        files = repo.commits[sha]
        return JSONResponse([_file_entry(files[path]) for path in paths if path in files])

    def _find(self, request: Request) -> tuple[Repo, str]:
        params = request.path_params
        try:
            repo = self._store.get(self._kind, f"{params['owner']}/{params['name']}")
        except HubError:
            # The Hub doesn't tell strangers whether a repository is missing or private.
            raise HubError(404 if _has_token(request) else 401, "RepoNotFound") from None
        if repo.private and not _has_token(request):
            raise HubError(401, "RepoNotFound")
        return repo, repo.commit_of(params.get("revision", "main"))


def _has_token(request: Request) -> bool:
    return request.headers.get("Authorization", "").startswith("Bearer ")


def _card(readme: StoredFile | None) -> Any:
    """The YAML between the dashes at a README's head; what else is in it nobody asks for."""
    parts = readme.content.read_text("utf-8").split("---\n") if readme else []
    return yaml.safe_load(parts[1]) if len(parts) > 2 and not parts[0] else None


def _sibling(file: StoredFile, blobs: bool) -> dict[str, Any]:
    entry: dict[str, Any] = {"rfilename": file.path}
    if blobs:
        entry |= {"size": file.size, "blobId": file.oid}
        if file.sha256:
            pointer_size = file.pointer_size
            entry["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": pointer_size}
    return entry


def _file_entry(file: StoredFile) -> dict[str, Any]:
    entry = {"type": "file", "path": file.path, "size": file.size, "oid": file.oid}
    if file.sha256:
        lfs = {"oid": file.sha256, "size": file.size, "pointerSize": file.pointer_size}
        return entry | {"lfs": lfs}
    return entry


def _folder_entries(files: Iterable[StoredFile], top: PurePosixPath) -> list[dict[str, Any]]:
    folders = {parent for file in files for parent in PurePosixPath(file.path).parents}
    below = sorted(str(folder) for folder in folders if top in folder.parents)
    # Nobody asks for the Git id of a folder, but the client requires one.
    return [{"type": "directory", "path": path, "size": 0, "oid": "0" * 40} for path in below]
