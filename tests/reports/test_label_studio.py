"""Tasks as Label Studio's documentation has them: https://labelstud.io/guide/predictions."""

from __future__ import annotations

import json
from typing import Any
from xml.etree import ElementTree as Xml

import jsonschema
import pytest

from golems.base import Generation, Outcome
from golems.errors import BadInput
from golems.reports.choices import Choices
from golems.reports.label_studio import labeling_config, tasks, tasks_json
from golems.reports.view import view_of
from golems.runs import Run
from golems.runs.manifest import EngineFacts
from tests.reports.conftest import WriteRun, failed, predicted

RESULT = {
    "type": "object",
    "required": ["id", "from_name", "to_name", "type", "value"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "from_name": {"type": "string", "minLength": 1},
        "to_name": {"type": "string", "minLength": 1},
        "type": {"enum": ["choices", "textarea"]},
    },
    "oneOf": [
        {
            "properties": {
                "type": {"const": "choices"},
                "value": {
                    "type": "object",
                    "required": ["choices"],
                    "additionalProperties": False,
                    "properties": {"choices": {"$ref": "#/$defs/texts"}},
                },
            }
        },
        {
            "properties": {
                "type": {"const": "textarea"},
                "value": {
                    "type": "object",
                    "required": ["text"],
                    "additionalProperties": False,
                    "properties": {"text": {"$ref": "#/$defs/texts"}},
                },
            }
        },
    ],
}
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$defs": {"texts": {"type": "array", "minItems": 1, "items": {"type": "string"}}},
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "required": ["data", "predictions"],
        "additionalProperties": False,
        "properties": {
            "data": {"type": "object"},
            "predictions": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["result", "model_version"],
                    "additionalProperties": False,
                    "properties": {
                        "model_version": {"type": "string", "minLength": 1},
                        "score": {"type": "number", "minimum": 0, "maximum": 1},
                        "result": {"type": "array", "minItems": 1, "items": RESULT},
                    },
                },
            },
        },
    },
}


def asked(run: Run, places: list[int], choices: Choices | None = None, **more: str) -> Any:
    """The tasks, after seeing that they are as documented and fit the labeling interface."""
    with view_of(run, choices) as view:
        text, config = tasks_json(view, places, **more), labeling_config(view)
        assert tasks(view, places, **more) == json.loads(text)
    found = json.loads(text, parse_constant=pytest.fail)
    jsonschema.validate(found, SCHEMA)
    root = Xml.fromstring(config)
    assert root.tag == "View"
    shown = next(one for one in root if one.tag in ("Text", "Image"))
    control = next(one for one in root if one.get("toName"))
    assert control.get("toName") == shown.get("name")
    labels = [one.get("value") for one in control]
    for task in found:
        # What the interface shows must be there, and a text.
        assert isinstance(task["data"][shown.get("value", "")[1:]], str)
        for result in task["predictions"][0]["result"]:
            assert result["to_name"] == shown.get("name")
            assert result["from_name"] == control.get("name")
            assert result["type"] == control.tag.lower()
            assert set(result["value"].get("choices", ())) <= set(labels)
    return found


def engine(run: Run, commit: str = "c0ffee") -> None:
    facts = EngineFacts(commit=commit, device="cpu", precision="fp32", machine="m", versions={})
    run.write_manifest(run.manifest().model_copy(update={"engine": facts}))


def test_a_text_comes_with_its_label_its_columns_and_where_it_is_from(write_run: WriteRun) -> None:
    rows = [["7", "so so"], ["8", "grand"]]
    run = write_run(["id", "review"], rows, [predicted("A", 0.55), predicted("B", 0.9)])
    dataset = run.manifest().dataset.model_copy(update={"column": "review"})
    run.write_manifest(run.manifest().model_copy(update={"dataset": dataset}))
    engine(run)
    second, first = asked(run, [1, 0])
    assert first["data"] == {
        "id": "7", "review": "so so", "text": "so so", "run": run.id, "row": 1,
    }  # fmt: skip
    assert first["predictions"] == [
        {
            "model_version": f"{run.manifest().checkpoint}@c0ffee",
            "score": 0.55,
            "result": [
                {
                    "id": "row-1", "from_name": "label", "to_name": "content", "type": "choices",
                    "value": {"choices": ["A"]},
                }
            ],
        }
    ]  # fmt: skip
    assert second["data"]["row"] == 2


def test_labels_go_by_what_they_are_called(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"]], [predicted("LABEL_0", 0.9)])
    [task] = asked(run, [0], Choices(names={"LABEL_0": "bad & <worse>"}))
    assert task["predictions"][0]["result"][0]["value"] == {"choices": ["bad & <worse>"]}


@pytest.mark.parametrize(
    "label", ["<script>", 'say "hi" & go', "two\nlines\ttab", "nul\0bell\7", "🙂 שלום", "x" * 5000]
)
def test_any_label_fits_into_the_interface(write_run: WriteRun, label: str) -> None:
    run = write_run(["text"], [["x"]], [predicted(label, 0.9)])
    asked(run, [0])


def test_columns_named_like_ours_stay_as_they_are(write_run: WriteRun) -> None:
    columns = ["review", "text", "run", "row", "label", "image"]
    run = write_run(columns, [["read", "t", "u", "o", "l", "i"]], [predicted("A", 0.9)])
    [task] = asked(run, [0])
    assert task["data"] == {
        **dict(zip(columns, ["read", "t", "u", "o", "l", "i"], strict=True)),
        "text_golem": "read", "run_golem": run.id, "row_golem": 1,
    }  # fmt: skip


def test_a_column_of_texts_called_text_is_not_repeated(write_run: WriteRun) -> None:
    run = write_run(["text"], [["hello"]], [predicted("A", 0.9)])
    assert asked(run, [0])[0]["data"] == {"text": "hello", "run": run.id, "row": 1}


@pytest.mark.parametrize(
    ("name", "before", "address"),
    [
        ("cats/a b#1.jpg", "", "cats/a b#1.jpg"),
        ("cats/a b#1.jpg", "/data/local-files/?d=", "/data/local-files/?d=cats/a%20b%231.jpg"),
        ("https://a.org/b.jpg", "/data/", "https://a.org/b.jpg"),
    ],
)
def test_pictures_are_named_as_in_the_dataset_or_where_they_are_served(
    write_run: WriteRun, name: str, before: str, address: str
) -> None:
    run = write_run(["file"], [[name]], [predicted("cat", 0.9)], task="image-classification")
    [task] = asked(run, [0], pictures=before)
    assert task["data"]["image"] == address
    assert task["data"]["file"] == name


def test_what_was_written_comes_as_a_text_to_mend(write_run: WriteRun) -> None:
    outcomes = [Outcome(Generation("once upon a time", "", 2, 3)), failed()]
    run = write_run(["prompt"], [["once"], [""]], outcomes, task="text-generation")
    [task] = asked(run, [0, 1])
    [prediction] = task["predictions"]
    assert prediction["result"][0]["type"] == "textarea"
    assert prediction["result"][0]["value"] == {"text": ["once upon a time"]}
    assert "score" not in prediction


@pytest.mark.parametrize("score", [float("nan"), -0.5, 2.5])
def test_a_score_that_is_none_is_left_out(write_run: WriteRun, score: float) -> None:
    run = write_run(["text"], [["x"]], [predicted("A", score)])
    assert "score" not in asked(run, [0])[0]["predictions"][0]


def test_rows_without_a_prediction_are_left_out_and_none_at_all_is_said(
    write_run: WriteRun,
) -> None:
    run = write_run(["text"], [["x"], ["y"]], [failed(), predicted("A", 0.9)])
    assert [task["data"]["row"] for task in asked(run, [0, 1, 77])] == [2]
    with view_of(run) as view, pytest.raises(BadInput, match="None of these rows"):
        tasks_json(view, [0])


def test_all_labels_that_the_golem_knows_can_be_chosen(write_run: WriteRun) -> None:
    run = write_run(["text"], [["x"], ["y"]], [predicted("B", 0.9), predicted("A", 0.8)])
    with view_of(run) as view:
        choices = Xml.fromstring(labeling_config(view)).iter("Choice")
        assert [one.get("value") for one in choices] == ["A", "B", "other"]
