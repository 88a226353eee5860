"""What a model wrote, as SQL: outputs, their words, and which are the same."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from golems.reports.view import View

REPEATED = 4  # n of the n-grams that are looked for again in the same output
# White space: what Python's str.isspace says. Most texts hold the first three kinds alone.
_SPACES = r"[\t-\r\x1c-\x1f\x{85}\p{Z}]+"
_RARE = (
    r"[\x0b\x0c\r\x1c-\x1f\x{85}\x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}"
    r"\x{205f}\x{3000}]"
)
_SPACED = (
    f"CASE WHEN regexp_matches(output, '{_RARE}') THEN regexp_replace(output, '{_SPACES}', ' ', "
    "'g') ELSE replace(replace(output, chr(10), ' '), chr(9), ' ') END"
)
WORDS = f"list_filter(string_split(lower({_SPACED}), ' '), lambda one: one <> '')"
FACTS = (
    f"SELECT place, length(output)::INT AS chars, len({WORDS})::INT AS words, "
    "hash(output) AS same, hash(prompt) AS prompt"
)
# Outputs that several prompts were given.
SHARED = (
    "(SELECT same, count(*) AS times, min(place) AS first FROM facts WHERE words > 0 "
    "GROUP BY same HAVING min(prompt) <> max(prompt))"
)


def apart(view: View) -> bool:
    """Whether generated texts begin with their prompts, which are left out of the outputs then."""
    return not view.manifest.parameters.get("instruction", False)


@contextmanager
def outputs_of(view: View) -> Iterator[None]:
    """While this is open, the connection has the view ``outputs``: place, output, prompt."""
    column = view.manifest.dataset.column
    prompt = view.columns.get(column or "", "NULL::VARCHAR")
    output = "generated_text"
    if apart(view):
        output = (
            f"CASE WHEN starts_with(generated_text, {prompt}) "
            f"THEN substr(generated_text, length({prompt}) + 1) ELSE generated_text END"
        )
    view.ask(
        f"CREATE OR REPLACE TEMP VIEW outputs AS SELECT place, {output} AS output, "
        f"{prompt} AS prompt FROM rows WHERE generated_text IS NOT NULL"
    )
    try:
        yield
    finally:
        for kind, name in (("VIEW", "outputs"), ("TABLE", "facts"), ("TABLE", "read")):
            view.ask(f"DROP {kind} IF EXISTS {name}")


def read_some(view: View, most: int | None) -> int:
    """Make the table ``read``: of some outputs their words as hashes, and what repeats in each.

    Two words of 64 bits are as good as different ones: among ten million n-grams the chance that
    any two share a hash is one in a hundred thousand.
    """
    some = ""
    if most is not None:
        some = f"WHERE place IN (SELECT place FROM facts ORDER BY hash(place) LIMIT {int(most)})"
    view.ask(
        "CREATE TEMP TABLE read AS SELECT place, words, "
        "1 - list_unique(grams) / nullif(len(grams), 0) AS repetition "
        f"FROM (SELECT *, {hashes(REPEATED)} AS grams FROM "
        f"(SELECT place, list_transform({WORDS}, lambda one: hash(one)) AS words "
        f"FROM outputs {some}))"
    )
    return int(view.ask("SELECT count(*) FROM read")[0][0])


def hashes(n: int) -> str:
    """The n-grams of a row as a list of hashes; of too few words an empty one."""
    several = ", ".join(f"words[start + {step}]" for step in range(n))
    return f"list_transform(range(1, len(words) - {n} + 2), lambda start: hash({several}))"
