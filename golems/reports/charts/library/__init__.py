"""The JavaScript library that draws the charts; where it is from stands in README.md."""

from functools import cache
from pathlib import Path

PLOTLY = Path(__file__).with_name("plotly-cartesian-4.1.1.min.js")
# Its first and last words: one function that is called at once, handed to another.
OPENS = (": this, () => {", ": this, (() => {")
ENDS = ("return Plotly;\n}));", "return Plotly;\n})));")


@cache
def plotly_js() -> str:
    """The library's code, ready to be compiled aside.

    Browsers only skim a function that isn't called yet, and read it again when it is, while the
    page stands still: a fifth of a second for this one. V8 takes the parentheses that are put
    around it here as a sign that it is called at once, and compiles it while it arrives.
    """
    code = PLOTLY.read_text("utf-8")
    for plain, wrapped in (OPENS, ENDS):
        if code.count(plain) != 1:
            raise ValueError(f"{PLOTLY.name} doesn't have {plain!r} once; is it another build?")
        code = code.replace(plain, wrapped)
    return code
