"""Streamlit's code for charts and tables, taken in by the browser while the person reads."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from golems.settings import settings

# Asked for by Streamlit only once the first one is to be drawn; the largest come first, as they
# take longest.
PARTS = (
    "PlotlyChart", "DataFrame", "TextInput", "Multiselect", "Slider", "Selectbox", "NumberInput",
    "Button", "DownloadButton", "Checkbox",
)  # fmt: skip
# After the page's own elements have asked for what they need themselves. It takes itself away, so
# that whoever looks for scripts in the page finds those that shouldn't be there.
SCRIPT = """<script>
document.currentScript.remove();
setTimeout(() => requestIdleCallback(async () => {{ {imports} }}), 1500);
</script>"""


def take_in_soon() -> None:
    """Have the browser take them in when it has nothing else to do."""
    if settings().warm_up:
        st.html(script(), unsafe_allow_javascript=True)


@cache
def script() -> str:
    """What does it; part after part, so that a click in between has to wait for one at most."""
    imports = " ".join(f'await import("./static/js/{name}");' for name in names())
    return SCRIPT.format(imports=imports)


def names() -> list[str]:
    """Streamlit's files with these parts; their names change with its version."""
    folder = Path(st.__file__).parent / "static" / "static" / "js"
    return [found.name for part in PARTS for found in folder.glob(f"{part}.*.js")]
