"""A tar of pictures as a dataset, packed with gzip or not, read without unpacking it to disk."""

from __future__ import annotations

import gzip
import tarfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.member_names import tar_names
from golems.datasets.names import (
    is_litter,
    is_picture,
    leads_out,
    others_note,
    printable,
    split_name,
)
from golems.datasets.picture_labels import COLUMN as LABEL
from golems.datasets.picture_labels import NOTE as LABEL_NOTE
from golems.datasets.picture_labels import labels_of
from golems.datasets.pictures import COLUMN, read_bytes, too_large
from golems.errors import BadInput, BadRow

# What tarfile and gzip raise for an archive that isn't whole, or was made to break its reader.
_DAMAGED = (tarfile.TarError, EOFError, zlib.error, ValueError, OverflowError, gzip.BadGzipFile)
# A name or a comment inside the archive may be so long.
_MOST_HEADER_BYTES = 1 << 20


class PictureTar(Dataset):
    """Every picture in a tar, in the archive's order; one member in memory at a time.

    A tar that is cut off gives the pictures before the cut.
    """

    kind = "tar"

    def __init__(
        self,
        path: Path,
        *,
        max_image_mb: float,
        max_archive_gb: float,
        limit: int | None = None,
    ) -> None:
        """List the pictures of an existing file; reads through it once.

        Raises:
            BadInput: It is no tar, has no pictures, or unpacks to more than allowed.
        """
        super().__init__(path, limit=limit)
        self._max_image_mb = max_image_mb
        self._max_archive_gb = max_archive_gb
        names: list[str] = []
        others = 0
        cut = ""
        try:
            for _, member in self._members():
                if is_litter(split_name(member.name)):
                    continue
                if is_picture(member.name):
                    names.append(member.name)
                else:
                    others += 1
        except _DAMAGED as error:
            cut = f"{self.name} is cut off or damaged ({error}): what comes after is not read."
            if not names:
                raise BadInput(
                    f"{self.name} is not a tar, or it is damaged: {error}. "
                    "Pack or download it again."
                ) from error
        notes = [others_note(others)] if others else []
        if not names:
            raise BadInput(
                " ".join([f"There are no pictures in {self.name}.", *notes])
                + " Give a tar with files such as .jpg or .png."
            )
        self._names = names
        self._shown, guessed = tar_names(names)
        self._labels = labels_of(self._shown)
        self.columns = (COLUMN, LABEL) if self._labels else (COLUMN,)
        said = (*notes, cut, guessed, LABEL_NOTE if self._labels else "")
        self.notes = tuple(note for note in said if note)

    def count(self) -> int:
        """Return the number of pictures; reads nothing."""
        return len(self._names[: self.limit])

    def _stream(self) -> Iterator[Row]:
        return self.at(range(len(self._names)))

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the pictures at some places; the others are passed over, up to the last one."""
        wanted = iter(places)
        place = next(wanted, None)
        index = 0
        reason = "The archive has changed since it was opened."
        try:
            for archive, member in self._members():
                if place is None or index == len(self._names):
                    break
                if member.name == self._names[index]:
                    if index == place:
                        yield self._row(index, archive, member)
                        place = next(wanted, None)
                    index += 1
        except _DAMAGED as error:
            reason = f"The archive is damaged from here on: {error}."
        while place is not None:
            yield Row(place, None, self._fields(place), reason)
            place = next(wanted, None)

    def _row(self, index: int, archive: tarfile.TarFile, member: tarfile.TarInfo) -> Row:
        fields = self._fields(index)
        try:
            return Row(index, self._read(archive, member), fields)
        except BadRow as error:
            return Row(index, None, fields, str(error))

    def _fields(self, index: int) -> dict[str, str | None]:
        fields: dict[str, str | None] = {COLUMN: printable(self._shown[index])}
        if self._labels:
            fields[LABEL] = printable(self._labels[index])
        return fields

    def _read(self, archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
        """Read one member.

        Raises:
            BadRow: Its name leads out of the archive, or it is no plain file or can't be read.
        """
        if reason := leads_out(member.name, "tar"):
            raise BadRow(reason)
        if member.issym() or member.islnk():
            raise BadRow(
                "The file is a link, and links in a tar are not followed; pack the picture itself."
            )
        file = archive.extractfile(member) if member.isreg() else None
        if file is None:
            raise BadRow("It is not a plain file, so it was not read.")
        if member.size > self._max_image_mb * 1e6:
            raise BadRow(too_large(self._max_image_mb))
        try:
            return read_bytes(file, max_mb=self._max_image_mb)
        except _DAMAGED as error:
            raise BadRow(f"The file is cut off or damaged in the tar: {error}.") from error

    def _members(self) -> Iterator[tuple[tarfile.TarFile, tarfile.TarInfo]]:
        """Stream what isn't a folder, as far as the archive can be read.

        Raises:
            BadInput: It can't be opened, or holds more than allowed.
            tarfile.TarError: It is damaged; also the other kinds of ``_DAMAGED``.
        """
        total = 0
        with self._open() as archive:
            while (member := archive.next()) is not None:
                # All that was seen is kept otherwise.
                archive.members = []  # type: ignore[attr-defined]
                total += member.size
                if total > self._max_archive_gb * 1e9:
                    raise BadInput(
                        f"{self.name} unpacks to more than {self._max_archive_gb:g} GB, the most "
                        "that is read (PANTHEON_MAX_ARCHIVE_GB); split it, or give its unpacked "
                        "folder."
                    )
                if not member.isdir():
                    yield archive, member

    @contextmanager
    def _open(self) -> Iterator[tarfile.TarFile]:
        with ExitStack() as stack:
            try:
                file: Any = stack.enter_context(self.path.open("rb"))
            except OSError as error:
                raise BadInput(f"{self.path} can't be read: {error.strerror}.") from error
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            if packed:
                file = stack.enter_context(gzip.GzipFile(fileobj=file))
            bounded = _Bounded(file, most=int(self._max_image_mb * 1e6) + _MOST_HEADER_BYTES)
            # A packed one can only be read forwards; in the other, members are skipped over.
            yield stack.enter_context(
                tarfile.open(
                    fileobj=bounded,  # type: ignore[call-overload]
                    mode="r|" if packed else "r:",
                    tarinfo=_BoundedInfo,
                    encoding="utf-8",
                    errorlevel=2,
                )
            )


class _BoundedInfo(tarfile.TarInfo):
    """A member whose long name or comments may not fill the memory."""

    def _proc_member(self, archive: tarfile.TarFile) -> tarfile.TarInfo:
        header = (
            tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK,
            tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE,
        )  # fmt: skip
        if self.type in header and self.size > _MOST_HEADER_BYTES:
            raise tarfile.ReadError(f"a name or comment of {self.size:,} bytes")
        return super()._proc_member(archive)  # type: ignore[misc, no-any-return]


class _Bounded:
    """Reads no more at a time than a picture may have."""

    def __init__(self, file: IO[bytes], *, most: int) -> None:
        self._file, self._most = file, most

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= self._most:
            raise tarfile.ReadError(f"a block of {size:,} bytes")
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        return self._file.seek(place, whence)

    def tell(self) -> int:
        return self._file.tell()
