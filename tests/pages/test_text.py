"""Other people's words are shown to the letter."""

from __future__ import annotations

import pytest

from ui.figures import bars, shown
from ui.text import megabytes, plain


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("<script>x</script>", r"\<script\>x\</script\>"),
        ("**x**", r"\*\*x\*\*"),
        (":red[x]", r"\:red\[x\]"),
        ("$x$", r"\$x\$"),
        ("[a](http://b)", r"\[a\]\(http\://b\)"),
        ("&lt;b&gt;", r"\&lt;b\&gt;"),
        ("# a\n\n- b", r"\# a \- b"),
        ("1. a", r"1\. a"),
        ("a\\*b", r"a\\\*b"),
        ("naïve 日本 🗿", "naïve 日本 🗿"),
    ],
)
def test_markup_is_escaped(text: str, escaped: str) -> None:
    assert plain(text) == escaped


def test_a_label_in_a_figure_is_no_markup_and_not_too_long() -> None:
    assert shown("<b>x</b> & y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert len(shown("x" * 100)) == 32


def test_two_labels_that_look_alike_keep_a_bar_each() -> None:
    figure = bars(["x" * 50 + "1", "x" * 50 + "2"], [1, 2], texts=["1", "2"], axis="Rows")
    assert list(figure.data[0].y) == [0, 1]
    assert list(figure.layout.yaxis.tickvals) == [0, 1]


def test_sizes_are_for_people() -> None:
    assert megabytes(538_200_000) == "538 MB"
    assert megabytes(1_234_000_000) == "1.2 GB"
