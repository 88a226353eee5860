"""The code for charts, tables and widgets, taken in by the browser while the person reads."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from golems.settings import settings
from ui.plotly_chart import ADDRESS

# Asked for by Streamlit only once the first one is to be drawn; the largest, which takes longest,
# comes first.
PARTS = (
    "DataFrame", "TextInput", "Multiselect", "Slider", "Selectbox", "NumberInput",
    "Button", "DownloadButton", "Checkbox",
)  # fmt: skip
# After the page's own elements have asked for what they need themselves.
SCRIPT = """<script>
window.codeTakenIn = new Promise(done => addEventListener("load", () => setTimeout(
  () => (window.requestIdleCallback ?? setTimeout)(
    async () => {{ {styles} {imports} done(); }}), {pause_ms})));
</script>"""
STYLE = 'document.head.append(Object.assign(document.createElement("link"), {{{how}}}));'
PAUSE_MS = 2000
log = logging.getLogger(__name__)


def later() -> str:
    """Have the browser take in what is asked for later when it has nothing else to do.

    Part after part, so that a click in between has to wait for one at most.
    """
    if not settings().warm_up:
        return ""
    said = imports(ADDRESS, *addresses(PARTS), one_by_one=True)
    styles = " ".join(
        STYLE.format(how=f'rel: "stylesheet", href: "./{path}"') for path in addresses(PARTS, "css")
    )
    return SCRIPT.format(styles=styles, imports=said, pause_ms=PAUSE_MS)


def imports(*paths: str, one_by_one: bool = False) -> str:
    """Code that takes in scripts, whose paths start from the address of a page."""
    wait = "await " if one_by_one else ""
    return " ".join(f'{wait}import("./{path}");' for path in paths)


def addresses(parts: Sequence[str], kind: str = "js") -> list[str]:
    """Where Streamlit's code for parts of a page is, or its styles (``css``), where it has some.

    The names change with its version.
    """
    folder = Path(st.__file__).parent / "static" / "static" / kind
    found = {part: sorted(folder.glob(f"{part}.*.{kind}")) for part in parts}
    # Only some parts have styles, but each has code.
    if kind == "js" and (gone := [part for part, paths in found.items() if not paths]):
        log.warning(
            "Pages ask late for %s: Streamlit %s has no code of that name in %s.",
            ", ".join(gone), st.__version__, folder,
        )  # fmt: skip
    return [f"static/{kind}/{path.name}" for paths in found.values() for path in paths]
