"""A run's passport: one HTML file that says what was run on what, and what came of it."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from golems.reports.charts import Chart
from golems.reports.charts import as_json as chart_json
from golems.reports.charts.library import plotly_js
from golems.reports.hub_card import manifest_for_others
from golems.reports.passport.provenance import provenance
from golems.reports.passport.result import failures, hardly_read, least_sure, overview, written
from golems.reports.passport.section import Build
from golems.reports.passport.slices import what_differs
from golems.reports.passport.story import story
from golems.reports.passport.truth import against_truth
from golems.reports.view import View, view_of
from golems.reports.words import day
from golems.runs import Run

if TYPE_CHECKING:
    from markupsafe import Markup

SECTIONS: tuple[Build, ...] = (
    overview,
    against_truth,
    what_differs,
    least_sure,
    written,
    hardly_read,
    failures,
    provenance,
)
MOST_CHARS = 500  # of a cell; a cell of a person's file may hold megabytes
COMMAND = "python -m golems run manifest.json"
# What could end the script or hide the rest of the page; all of it is the same inside of JSON.
UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def write_passport(
    run: Run, target: Path | IO[bytes], sections: Sequence[Build] = SECTIONS
) -> None:
    """Write a run's passport: HTML that needs no other file and no server.

    Args:
        target: A path, or a file open for writing bytes.
        sections: What it is made of, in order.

    Raises:
        RunFailed: A part of the run is damaged.
        OSError: The file can't be written; nothing of it is, where the run can't be read.
    """
    with view_of(run) as view:
        page = passport(view, sections).encode("utf-8", "replace")
    if isinstance(target, Path):
        target.write_bytes(page)
    else:
        target.write(page)


def passport(view: View, sections: Sequence[Build] = SECTIONS) -> str:
    """The passport as HTML; about 1.8 MB, nearly all of it the library that draws the charts.

    It says names and no paths of this machine, also in the manifest that it carries.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    without_paths = manifest_for_others(view.manifest)
    without_paths = without_paths.model_copy(update={"asked_by": view.manifest.asked_by})
    view = replace(view, manifest=without_paths)
    built = [section for build in sections if (section := build(view)) is not None]
    plotly, script = as_script(plotly_js()), as_script(resource("passport.js"))
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["cell"] = cell
    manifest = view.manifest.model_dump_json(indent=2)
    charts = [chart for section in built for chart in section.charts]
    return environment.from_string(resource("passport.html.jinja")).render(
        policy=policy([plotly, script]),
        title=f"{view.manifest.title} on {view.manifest.dataset.name}",
        story=story(view),
        sections=built,
        charts=Markup(as_json(charts)),  # noqa: S704 - as_json leaves no markup
        plotly=plotly,
        script=script,
        style=Markup(resource("passport.css")),  # noqa: S704 - our own file
        command=COMMAND,
        again=again(view),
        manifest=manifest,
        manifest_link=f"data:application/json;base64,{b64encode(manifest.encode()).decode()}",
        written=day(datetime.now(UTC)),
    )


def again(view: View) -> str:
    """What has to be there for the manifest to give the same table."""
    dataset = view.manifest.dataset
    where = f"The dataset is read from {dataset.path}"
    if dataset.kind != "hub":
        where = (
            f"The dataset is {dataset.name}; put it beside the manifest, or change its path there"
        )
    mark = f" Its fingerprint is {dataset.fingerprint}." if dataset.fingerprint else ""
    return (
        f"{where}.{mark} The new run has the same rows with the same labels; scores can differ in "
        "the last digits on another machine or with other versions of the libraries."
    )


def policy(scripts: Sequence[str]) -> str:
    """A Content-Security-Policy under which nothing but these scripts runs or is fetched."""
    digests = [b64encode(sha256(one.encode("utf-8")).digest()).decode() for one in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def as_script(code: str) -> Markup:
    """Code of our own to stand in a script element, with line ends as a browser reads them."""
    from markupsafe import Markup

    one_way = code.replace("\r\n", "\n").replace("\r", "\n")
    whole = one_way.replace("</script", "<\\/script").replace("<!--", "<\\!--")
    return Markup(whole)  # noqa: S704 - nothing of a person's is in it


def as_json(charts: Sequence[Chart]) -> str:
    """Figures as JSON that is safe inside of a script element; what is no number is null.

    No text in them is longer than ``MOST_CHARS``: nothing is looked up by it in a passport.
    """
    said = f"[{', '.join(chart_json(cut(chart.figure)) for chart in charts)}]"
    for one, safe in UNSAFE.items():
        said = said.replace(one, safe)
    return said


def cut(value: Any) -> Any:
    """A figure, or a part of one, with its texts cut to ``MOST_CHARS``."""
    if isinstance(value, dict):
        return {name: cut(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [cut(part) for part in value]
    if isinstance(value, str) and len(value) > MOST_CHARS:
        return f"{value[: MOST_CHARS - 1]}…"
    return value


def cell(value: Any) -> str:
    """A cell as it is shown: a text cut to ``MOST_CHARS``."""
    if value is None:
        return ""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(cut(str(value)))


def resource(name: str) -> str:
    """A file that lies beside this module."""
    return files(__package__).joinpath(name).read_text("utf-8")
