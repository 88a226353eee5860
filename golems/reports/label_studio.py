"""Rows as tasks for Label Studio, where people check them: https://labelstud.io/guide/tasks."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as Xml

from golems.errors import BadInput
from golems.reports.known_labels import called
from golems.reports.view import View, own_labels
from golems.runs.columns import free_name

CHOICE, TEXT = "label", "answer"  # names of what people fill in
# Neither in XML, however it is escaped.
NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def tasks(view: View, places: Sequence[int], *, pictures: str = "") -> list[dict[str, Any]]:
    """Rows with what was predicted for them, as Label Studio imports them.

    A task's ``data`` has what is to be judged as ``text`` or ``image``, the original columns, and
    the ``run`` and the ``row`` (from 1) that it came from; where the dataset has a column of such
    a name, ours has ``_golem`` behind it. Its prediction names the checkpoint and the commit.

    Args:
        places: From 0; rows without a prediction are left out.
        pictures: What to put before the names of picture files, so that Label Studio finds them:
            ``/data/local-files/?d=photos/``. Web addresses stay as they are.

    Returns:
        A task for each row, in the order given. ``score`` is left out where it is no number from
        0 to 1.

    Raises:
        BadInput: The dataset has no column with what is to be judged.
    """
    manifest = view.manifest
    kind, run_key, row_key = _keys(view)
    judged = _judged(view)
    engine = manifest.engine
    version = f"{manifest.checkpoint}@{engine.commit}" if engine else manifest.checkpoint
    columns = [*view.columns.values()]
    found = {
        place: rest
        for place, *rest in view.ask(
            f"SELECT {', '.join(['place', 'label', 'score', 'generated_text', *columns])} "
            "FROM rows WHERE place IN (SELECT unnest(?::BIGINT[])) AND error IS NULL",
            [list(places)],
        )
    }
    made = []
    for place in places:
        label, score, generated, *cells = found.get(place, (None, None, None))
        if label is None and generated is None:
            continue
        fields = dict(zip(view.columns, cells, strict=True))
        content = fields[judged] or ""
        if _is_picture(view):
            content = _address(content, pictures)
        prediction: dict[str, Any] = {
            "model_version": version,
            "result": [
                {
                    "id": f"row-{place + 1}",
                    "from_name": CHOICE if generated is None else TEXT,
                    "to_name": "content",
                    **(
                        {"type": "choices", "value": {"choices": [NOT_IN_XML.sub("�", label)]}}
                        if generated is None
                        else {"type": "textarea", "value": {"text": [generated]}}
                    ),
                }
            ],
        }
        if score is not None and 0 <= score <= 1:
            prediction["score"] = score
        data = {**fields, kind: content, run_key: view.run.id, row_key: place + 1}
        made.append({"data": data, "predictions": [prediction]})
    return made


def tasks_json(view: View, places: Sequence[int], *, pictures: str = "") -> str:
    """The same as a JSON file.

    Raises:
        BadInput: The dataset has no column with what is to be judged, or no row of these has a
            prediction: Label Studio refuses a file without tasks.
    """
    made = tasks(view, places, pictures=pictures)
    if not made:
        raise BadInput("None of these rows has a prediction, so there is no task to hand out.")
    return json.dumps(made, ensure_ascii=False, allow_nan=False, indent=1)


def labeling_config(view: View) -> str:
    """The labeling interface that the tasks are for, as XML to paste into a project's settings.

    Its labels are those that the golem knows as far as the rows of the run tell.
    """
    key, _, _ = _keys(view)
    root = Xml.Element("View")
    shown = "Image" if _is_picture(view) else "Text"
    Xml.SubElement(root, shown, {"name": "content", "value": f"${key}"})
    if "generated_text" in view.manifest.result_columns:
        Xml.SubElement(root, "TextArea", {"name": TEXT, "toName": "content", "editable": "true"})
    else:
        given = {"name": CHOICE, "toName": "content", "choice": "single"}
        choices = Xml.SubElement(root, "Choices", given)
        for name in dict.fromkeys(called(view, label) for label in own_labels(view)):
            Xml.SubElement(choices, "Choice", {"value": NOT_IN_XML.sub("�", name)})
    Xml.indent(root)
    return Xml.tostring(root, encoding="unicode") + "\n"


def _is_picture(view: View) -> bool:
    return view.manifest.task.startswith("image")


def _judged(view: View) -> str:
    """The original column with what the golem read; of pictures it is their file.

    Raises:
        BadInput: There is none.
    """
    columns = view.manifest.dataset.columns
    found = view.manifest.dataset.column or (columns[0] if columns else None)
    if found is None:
        raise BadInput("The dataset has no column to show, so there are no tasks to hand out.")
    return found


def _keys(view: View) -> tuple[str, str, str]:
    """What the content, the run and the row are called beside the original columns."""
    columns = view.manifest.dataset.columns
    kind = "image" if _is_picture(view) else "text"
    # A column of the same name that is the content itself clashes with nothing, as long as the
    # cell is handed out unchanged.
    others = [one for one in columns if one != _judged(view) or _is_picture(view)]
    return free_name(kind, others), free_name("run", columns), free_name("row", columns)


def _address(name: str, before: str) -> str:
    """A picture's name as Label Studio is to open it."""
    if not before or "://" in name:
        return name
    return before + quote(name)
