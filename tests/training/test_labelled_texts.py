"""The split, on made-up rows: what is held out stays out of training."""

from training.labelled_texts import (
    RatedText,
    cut_validation,
    normalised,
    split_rows,
)

ROWS = [
    RatedText(source, str(number), f"{source} text {number}", number % 7 - 3.2)
    for source in ("movie", "tweets")
    for number in range(500)
]


def test_a_fifth_of_each_source_is_held_out() -> None:
    split = split_rows(ROWS)
    for source in ("movie", "tweets"):
        clear = sum(row.is_clear for row in ROWS if row.source == source)
        held_out = [row for row in split.held_out if row.source == source]
        assert len(held_out) == -(-clear // 5)
        assert all(row.is_clear for row in held_out)
    assert len(split.train) + len(split.held_out) == len(ROWS)


def test_split_depends_on_the_rows_alone() -> None:
    assert split_rows(ROWS) == split_rows(list(ROWS))
    shuffled = split_rows(reversed(ROWS))
    assert set(shuffled.held_out) == set(split_rows(ROWS).held_out)


def test_a_held_out_text_in_other_dress_is_not_learnt() -> None:
    shown = split_rows(ROWS).held_out[0]
    twin = RatedText(shown.source, "twin", f"  {shown.text.upper()}!!!", 0.1)
    assert twin not in split_rows([*ROWS, twin]).train


def test_validation_comes_from_training_rows() -> None:
    train = split_rows(ROWS).train
    again = cut_validation(train)
    assert set(again.train) | set(again.held_out) == set(train)
    assert not set(again.train) & set(again.held_out)
    assert 0.1 < len(again.held_out) / len(train) < 0.3


def test_normalised() -> None:
    assert normalised("YAY  Dayquil!! (again)") == "yay dayquil again"
    assert normalised(" :) ") == ":)"


def test_label_is_the_sign() -> None:
    assert RatedText("movie", "1", "a", 0.5).label == "POSITIVE"
    assert RatedText("movie", "1", "a", -0.5).label == "NEGATIVE"
    assert not RatedText("movie", "1", "a", 0.49).is_clear
