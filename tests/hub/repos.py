"""What a Hub stores: repositories, their commits and the files of each commit."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

# Which files the Hub keeps in Git LFS; the others are plain Git blobs.
LFS_SUFFIXES = frozenset({".safetensors", ".bin", ".gguf", ".onnx", ".parquet", ".png", ".jpg"})


class HubError(Exception):
    """What the Hub answers instead of a file: clients choose their exception by its code."""

    def __init__(self, status: int, code: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(code)
        self.status = status
        self.headers = {"X-Error-Code": code, "X-Error-Message": code, **(headers or {})}


@dataclass(frozen=True)
class StoredFile:
    """One file of a commit.

    Attributes:
        path: Where it is in the repository, with forward slashes.
        content: Where its bytes are on this disk.
        size: Its length in bytes.
        oid: Its Git object id; that of the pointer file, for an LFS file.
        sha256: The hash of its content, only for an LFS file.
        pointer_size: The length of the pointer file in bytes, only for an LFS file.
    """

    path: str
    content: Path
    size: int
    oid: str
    sha256: str | None = None
    pointer_size: int | None = None

    @property
    def etag(self) -> str:
        """The quoted hash by which clients name the blob in their cache."""
        return f'"{self.sha256 or self.oid}"'


@dataclass
class Repo:
    """A repository: every commit ever added, and the commit that each revision points to."""

    id: str
    pipeline_tag: str | None = None
    gated: bool = False
    private: bool = False
    commits: dict[str, dict[str, StoredFile]] = field(default_factory=dict)
    revisions: dict[str, str] = field(default_factory=dict)

    def commit_of(self, revision: str) -> str:
        """The commit sha of a branch, a tag or a commit sha."""
        sha = self.revisions.get(revision, revision)
        if sha not in self.commits:
            raise HubError(404, "RevisionNotFound")
        return sha


class RepoStore:
    """The repositories of a server; commits are copies, untouched by later changes to a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._repos: dict[tuple[str, str], Repo] = {}

    def get(self, kind: str, repo_id: str) -> Repo:
        """The repository of a kind ("models", "datasets") and id."""
        try:
            return self._repos[kind, repo_id]
        except KeyError:
            raise HubError(404, "RepoNotFound") from None

    def get_or_create(self, kind: str, repo_id: str) -> Repo:
        """The repository of a kind and id, empty if it is new."""
        return self._repos.setdefault((kind, repo_id), Repo(repo_id))

    def commit(self, repo: Repo, folder: Path, revision: str) -> str:
        """Add all files below a folder as one commit that the revision points to from now on."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        files = [
            self.file(path.relative_to(folder).as_posix(), path.read_bytes()) for path in paths
        ]
        return self.commit_files(repo, files, revision)

    def commit_files(self, repo: Repo, files: Iterable[StoredFile], revision: str) -> str:
        """Add a commit that has these files and no others."""
        files = sorted(files, key=lambda file: file.path)
        parent = repo.revisions.get(revision, "")
        tree = [parent, repo.id, revision, *(f"{file.path} {file.oid}" for file in files)]
        sha = hashlib.sha1("\n".join(tree).encode()).hexdigest()
        repo.commits[sha] = {file.path: file for file in files}
        repo.revisions[revision] = sha
        return sha

    def content(self, sha256: str) -> Path:
        """Where the bytes with this hash are, or would be."""
        return self._folder / sha256

    def file(self, path: str, data: bytes) -> StoredFile:
        """Keep the bytes of one file in the store, where files of equal content share one copy."""
        sha256 = hashlib.sha256(data).hexdigest()
        content = self.content(sha256)
        content.write_bytes(data)
        if PurePosixPath(path).suffix not in LFS_SUFFIXES:
            return StoredFile(path, content, len(data), _git_oid(data))
        pointer = (
            f"version https://git-lfs.github.com/spec/v1\noid sha256:{sha256}\nsize {len(data)}\n"
        ).encode()
        return StoredFile(path, content, len(data), _git_oid(pointer), sha256, len(pointer))


def _git_oid(data: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
