"""How a CSV is written: what separates cells, what is around them, and where a record ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import Literal

from golems.datasets.csv_quote import DOUBLE, NO_QUOTE

Escape = Literal["doubled", "backslash"]
Blanks = Literal["keep", "skip"]
LineEnd = Literal["lf", "cr"]
_BLANKS = " \t"
PAIRED = (
    "All backslashes come in pairs and are read so; if they were doubled when the file was "
    "written, choose a backslash as what is before quotes inside cells (--escape backslash)."
)


class End(Enum):
    """What a quote does at the end of the text that was parsed."""

    CLOSED = "closed"
    OPEN = "open"
    STRAY = "stray"


@dataclass(frozen=True)
class Dialect:
    """The signs of one CSV, the same ones in all its records.

    Attributes:
        delimiter: One character; ``NO_DELIMITER`` for a file of one column.
        quote: One character; ``NO_QUOTE`` where quotes mean nothing.
        escape: Whether a quote within quotes is doubled, or has a backslash before it.
        blanks: Whether blanks behind a delimiter belong to the cell.
        line_end: ``lf`` for CRLF too; the other sign is then part of the cells.
    """

    delimiter: str
    quote: str = DOUBLE
    escape: Escape = "doubled"
    blanks: Blanks = "keep"
    line_end: LineEnd = "lf"

    @property
    def newline(self) -> str:
        """The sign that ends a line."""
        return "\r" if self.line_end == "cr" else "\n"

    @cached_property
    def is_plain(self) -> bool:
        """Whether a line without quotes is cut at each delimiter, and nothing else."""
        return self.escape == "doubled" and self.blanks == "keep"

    def bare(self, text: str) -> str:
        """A line or record without its line end."""
        if self.line_end == "cr":
            return text.removesuffix("\r")
        return text[:-2] if text.endswith("\r\n") else text.removesuffix("\n")

    def split(self, text: str) -> tuple[list[str], End]:
        """Parse a record, strictly.

        Returns:
            Its cells, as far as they go, and how the quotes end. They are stray when one closes in
            front of something that is neither a delimiter nor the end.
        """
        text = self.bare(text)
        cells: list[str] = []
        place = 0
        while text:
            found = self._cell.match(text, place)
            if found is None:
                begun = self._begun.match(text, place)
                if begun is None:
                    return [*cells, text[place:]], End.STRAY
                return [*cells, self._unescaped(text[begun.end() :])], End.OPEN
            quoted, after, unquoted = found["quoted"], found["after"], found["unquoted"]
            if quoted is None:
                cells.append(self._unescaped_outside(unquoted))
            else:
                cells.append(self._unescaped(quoted) + (after if self.blanks == "keep" else ""))
            place = found.end()
            if place == len(text):
                break
            place += 1
            if place == len(text):
                cells.append("")
                break
        return cells, End.CLOSED

    def closes(self, text: str) -> End:
        """How the quotes of a text end that begins within quotes."""
        found = self._rest.match(text)
        if found is None:
            return End.OPEN
        after = self.bare(text[found.end() :]).lstrip(_BLANKS.replace(self.delimiter, ""))
        if not after:
            return End.CLOSED
        if not after.startswith(self.delimiter):
            return End.STRAY
        # An open quote is judged by what comes; a later stray one is too.
        return self.split(after[1:])[1] if len(after) > 1 else End.CLOSED

    @cached_property
    def _inside(self) -> str:
        sign = re.escape(self.quote)
        if self.escape == "backslash":
            return rf"(?:[^{sign}\\]|\\.|{sign}{sign})*+"
        return rf"(?:[^{sign}]|{sign}{sign})*+"

    @cached_property
    def _lead(self) -> str:
        return " *+" if self.blanks == "skip" and self.delimiter != " " else ""

    @cached_property
    def _cell(self) -> re.Pattern[str]:
        sign, mark = re.escape(self.quote), re.escape(self.delimiter)
        blanks = re.escape(_BLANKS.replace(self.delimiter, ""))
        other = rf"(?:[^{mark}\\]|\\.|\\$)*+" if self.escape == "backslash" else f"[^{mark}]*+"
        return re.compile(
            rf"{self._lead}(?:{sign}(?P<quoted>{self._inside}){sign}(?P<after>[{blanks}]*+)"
            rf"(?={mark}|\Z)|(?!{sign})(?P<unquoted>{other}))",
            re.DOTALL,
        )

    @cached_property
    def _begun(self) -> re.Pattern[str]:
        return re.compile(
            rf"{self._lead}{re.escape(self.quote)}(?={self._inside}(?:\\)?\Z)", re.DOTALL
        )

    @cached_property
    def _rest(self) -> re.Pattern[str]:
        return re.compile(self._inside + re.escape(self.quote), re.DOTALL)

    def _unescaped(self, text: str) -> str:
        if self.escape == "backslash" and "\\" in text:
            # Before anything else a backslash is itself, as in C:\new.
            signs = re.escape(self.quote + self.delimiter + "\\\r\n")
            return re.sub(rf"\\([{signs}])|{re.escape(self.quote)}{{2}}", self._plain, text)
        return text.replace(2 * self.quote, self.quote)

    def _plain(self, found: re.Match[str]) -> str:
        return found[1] or self.quote

    def _unescaped_outside(self, text: str) -> str:
        if self.escape == "backslash" and "\\" in text:
            signs = re.escape(self.quote + self.delimiter + "\\\r\n")
            return re.sub(rf"\\([{signs}])", r"\1", text)
        return text


def guess_line_end(sample: str) -> LineEnd:
    """Guess which sign ends lines: the more frequent one outside quotes."""
    if "\r" not in sample:
        return "lf"
    bare = re.sub(r'(?:^|(?<=[,;\t|\r\n])) *"(?:[^"]|"")*"', "", sample)
    feeds = bare.count("\n")
    returns = bare.count("\r") - bare.count("\r\n")
    return "cr" if returns > feeds else "lf"


def has_spaced_quotes(sample: str, delimiter: str) -> bool:
    """Whether blanks follow nearly every delimiter, and some of those a quote."""
    mark = re.escape(delimiter)
    if delimiter == " " or not re.search(rf'{mark} +"', sample):
        return False
    bare = re.sub(r'"(?:[^"]|"")*"', "q", sample)
    lines = [line for line in re.split(r"[\r\n]+", bare) if line]
    marks = sum(line.count(delimiter) for line in lines)
    spaced = sum(line.count(delimiter + " ") for line in lines)
    return bool(re.search(rf"{mark} +q", bare)) and spaced >= 0.9 * marks


def has_paired_backslashes(sample: str) -> bool:
    """Whether backslashes come in pairs alone, as where each has another one before it."""
    runs = re.findall(r"\\+", sample)
    return bool(runs) and all(len(run) % 2 == 0 for run in runs)


def describe_rest(dialect: Dialect) -> str:
    """Say what is unusual beside delimiter and quotes, to follow them in a sentence."""
    words = ""
    if dialect.quote != NO_QUOTE and dialect.escape == "backslash":
        words += ", with a backslash before quotes inside cells"
    if dialect.blanks == "skip":
        words += ", blanks after separators left out"
    if dialect.line_end == "cr":
        words += ", lines ended by CR"
    return words
