import json

import pytest

from golems.base import Classification, Generation, LabelScore, Outcome
from golems.runs.columns import free_name, result_columns, result_of, scores_json


@pytest.mark.parametrize(
    ("originals", "error"),
    [
        (["text"], "error"),
        (["text", "error"], "error_golem"),
        (["Error"], "error_golem"),
        (["error", "error_golem"], "error_golem_golem"),
        (["error_golem"], "error"),
    ],
)
def test_a_result_never_takes_the_name_of_a_column(originals: list[str], error: str) -> None:
    assert result_columns("text-classification", originals)["error"] == error


def test_results_never_take_each_others_names() -> None:
    # "predicted_label" has to give way, and so does nothing else.
    names = result_columns("text-classification", ["predicted_label"])
    assert len(set(names.values())) == len(names)
    assert names["predicted_label"] == "predicted_label_golem"
    assert names["predicted_score"] == "predicted_score"


def test_names_that_differ_in_case_alone_clash() -> None:
    assert free_name("row", ["ROW"]) == "row_golem"
    assert free_name("straße", ["STRASSE"]) == "straße_golem"


def test_scores_are_json_in_their_order_with_labels_that_appear_twice() -> None:
    scores = [LabelScore("b", 0.5), LabelScore("a", 0.3), LabelScore("b", 0.2)]
    assert json.loads(scores_json(scores)) == {"b": 0.5, "a": 0.3, "b (2)": 0.2}
    assert list(json.loads(scores_json(scores))) == ["b", "a", "b (2)"]


def test_labels_stay_readable_in_the_json() -> None:
    assert scores_json([LabelScore('gut "ü" 猫', 1.0)]) == '{"gut \\"ü\\" 猫": 1.0}'


@pytest.mark.parametrize(
    "score", [0.1 + 0.2, 1.0, 0, 1e-300, 5e20, -0.0, float("nan"), float("inf"), -3.5]
)
def test_scores_are_written_as_the_library_writes_them(score: float) -> None:
    label = 'a "b"\n\\'
    assert scores_json([LabelScore(label, score)]) == json.dumps({label: score})
    assert scores_json([]) == json.dumps({})


def test_a_failed_row_has_its_reason_and_nothing_else() -> None:
    result = result_of(Outcome(None, "The text is empty."))
    assert result.error == "The text is empty."
    assert set(result._replace(error=None)) == {None}


def test_a_generation_has_its_text_and_tokens() -> None:
    result = result_of(Outcome(Generation("Once upon", "upon", tokens=1, new_tokens=2)))
    assert result.generated_text == "Once upon"
    assert (result.tokens, result.tokens_dropped) == (1, 0)
    assert result.predicted_label is None


def test_a_picture_has_no_tokens() -> None:
    result = result_of(Outcome(Classification((LabelScore("cat", 0.9),))))
    assert (result.predicted_label, result.predicted_score) == ("cat", 0.9)
    assert result.tokens is None
