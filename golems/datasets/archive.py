"""A ZIP of pictures as a dataset, read without unpacking it to disk."""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from golems.base import Row
from golems.datasets.contract import Dataset
from golems.datasets.member_names import zip_names
from golems.datasets.names import (
    in_order,
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

_ENCRYPTED = 0x1
# What zipfile raises for an archive that isn't whole, or was made to break its reader.
_DAMAGED = (BadZipFile, NotImplementedError, ValueError, EOFError, struct.error, zlib.error)


class PictureZip(Dataset):
    """Every picture in a ZIP, sorted by name as in a folder; one member in memory at a time.

    Sizes that the archive claims are only used to refuse it early; what is read is bounded anyway.
    """

    kind = "zip"

    def __init__(
        self,
        path: Path,
        *,
        max_image_mb: float,
        max_archive_gb: float,
        limit: int | None = None,
    ) -> None:
        """List the pictures of an existing file.

        Raises:
            BadInput: It is no ZIP, has no pictures, or claims to be larger than allowed.
        """
        super().__init__(path, limit=limit)
        self._max_image_mb = max_image_mb
        with self._open() as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
        unpacked_gb = sum(member.file_size for member in members) / 1e9
        if unpacked_gb > max_archive_gb:
            raise BadInput(
                f"{self.name} unpacks to {unpacked_gb:,.1f} GB; at most {max_archive_gb:g} GB "
                "are read (PANTHEON_MAX_ARCHIVE_GB); split it, or give its unpacked folder."
            )
        names, guessed = zip_names(members)
        seen = [
            (name, member)
            for name, member in zip(names, members, strict=True)
            if not is_litter(split_name(name))
        ]
        pictures = [(name, member) for name, member in seen if is_picture(name)]
        others = len(seen) - len(pictures)
        notes = [others_note(others)] if others else []
        if not pictures:
            raise BadInput(
                " ".join([f"There are no pictures in {self.name}.", *notes])
                + " Give a ZIP with files such as .jpg or .png."
            )
        self._members = sorted(pictures, key=lambda named: in_order(named[0]))
        self._labels = labels_of([name for name, _ in self._members])
        self.columns = (COLUMN, LABEL) if self._labels else (COLUMN,)
        self.notes = (
            *notes,
            *([guessed] if guessed else []),
            *([LABEL_NOTE] if self._labels else []),
        )

    def count(self) -> int:
        """Return the number of pictures; reads nothing."""
        return len(self._members[: self.limit])

    def _stream(self) -> Iterator[Row]:
        return self.at(range(len(self._members)))

    def at(self, places: Sequence[int]) -> Iterator[Row]:
        """Stream the pictures at some places; the others aren't unpacked."""
        with self._open() as archive:
            for index in places:
                name, member = self._members[index]
                fields: dict[str, str | None] = {COLUMN: printable(name)}
                if self._labels:
                    fields[LABEL] = printable(self._labels[index])
                try:
                    yield Row(index, self._read(archive, name, member), fields)
                except BadRow as error:
                    yield Row(index, None, fields, str(error))

    def _open(self) -> ZipFile:
        try:
            return ZipFile(self.path)
        except _DAMAGED as error:
            raise BadInput(
                f"{self.name} is not a ZIP, or it is damaged: {error}. Pack or download it again."
            ) from error
        except OSError as error:
            raise BadInput(f"{self.path} can't be read: {error.strerror}.") from error

    def _read(self, archive: ZipFile, name: str, member: ZipInfo) -> bytes:
        """Read one member.

        Raises:
            BadRow: Its name leads out of the archive, or it can't be read.
        """
        if reason := _refusal(name, member):
            raise BadRow(reason)
        if member.file_size > self._max_image_mb * 1e6:
            raise BadRow(too_large(self._max_image_mb))
        try:
            with archive.open(member) as file:
                return read_bytes(file, max_mb=self._max_image_mb)
        except _DAMAGED as error:
            raise BadRow(f"The file is damaged in the ZIP: {error}.") from error
        except OSError as error:
            raise BadRow(f"The file can't be read from the ZIP: {error}.") from error


def _refusal(name: str, member: ZipInfo) -> str | None:
    """Why a member isn't even opened, if so."""
    if reason := leads_out(name, "ZIP"):
        return reason
    if stat.S_ISLNK(member.external_attr >> 16):
        return "The file is a link, and links in a ZIP are not followed; pack the picture itself."
    if member.flag_bits & _ENCRYPTED:
        return "The file is encrypted in the ZIP; pack it again without a password."
    # Only these two are unpacked in bounded steps: bzip2 and lzma can turn 4 KB into 100 MB.
    if member.compress_type not in (ZIP_STORED, ZIP_DEFLATED):
        return (
            f"The file is compressed with method {member.compress_type}, which is not read; "
            "pack it again with the usual one (deflate)."
        )
    return None
