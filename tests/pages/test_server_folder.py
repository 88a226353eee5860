"""Data in the folders that the server's operator named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from golems.settings import settings

CSV = "id,text\n1,The soup was hot.\n2,Cold rain all day long.\n"


@pytest.fixture
def offer(
    open_page: Callable[..., AppTest],
    tiny_golems: None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., AppTest]:
    """The Batch page with a golem and its server folders chosen."""

    def offer_it(golem: str, root: Path) -> AppTest:
        monkeypatch.setenv("PANTHEON_ROOTS", f'["{root}"]')
        settings.cache_clear()
        app = open_page("batch")
        app.segmented_control(key="golem-None").set_value(golem).run()
        kind = "image" if golem == "looker" else "text"
        app.segmented_control(key=f"batch-source-{kind}").set_value("Server folder").run()
        assert not app.exception
        return app

    return offer_it


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / "root"
    (root / "deep" / "down").mkdir(parents=True)
    (root / ".hidden").mkdir()
    for name in ("b.csv", "deep/down/a.tsv", "deep/c.TXT", ".hidden/d.csv", ".e.csv"):
        (root / name).write_text(CSV, "utf-8")
    for name in ("photo.jpg", "photos.zip", "letter.docx"):
        (root / name).write_bytes(b"x")
    return root


def offered(app: AppTest, kind: str) -> list[str]:
    return list(app.selectbox(key=f"batch-entry-{kind}-0").options)


def test_texts_are_offered_from_tables_of_all_folders(
    offer: Callable[..., AppTest], root: Path
) -> None:
    app = offer("reader", root)
    assert offered(app, "text") == ["b.csv", "deep/c.TXT", "deep/down/a.tsv"]
    assert not app.error
    assert len(app.dataframe[0].value) == 2


def test_pictures_are_offered_from_everything_that_holds_them(
    offer: Callable[..., AppTest], root: Path
) -> None:
    assert offered(offer("looker", root), "image") == [
        "all of it",
        "deep",
        "photo.jpg",
        "photos.zip",
    ]


def test_links_out_of_the_folder_are_not_offered(
    offer: Callable[..., AppTest], root: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret.csv").write_text(CSV, "utf-8")
    (root / "link.csv").symlink_to(tmp_path / "secret.csv")
    (root / "inside.csv").symlink_to(root / "b.csv")
    (root / "gone.csv").symlink_to(root / "nothing.csv")
    (root / "circle.csv").symlink_to(root / "circle.csv")
    (root / "deep" / "up").symlink_to(tmp_path)
    names = offered(offer("reader", root), "text")
    assert names == ["b.csv", "deep/c.TXT", "deep/down/a.tsv", "inside.csv"]
    assert "up" not in " ".join(offered(offer("looker", root), "image"))


@pytest.mark.parametrize("kind", ["nothing", "file", "locked", "empty"])
@pytest.mark.parametrize("golem", ["reader", "looker"])
def test_a_folder_that_cannot_be_used_is_an_error_in_words(
    kind: str, golem: str, offer: Callable[..., AppTest], tmp_path: Path
) -> None:
    root = tmp_path / "the root"
    if kind == "file":
        root.write_text(CSV, "utf-8")
    elif kind != "nothing":
        root.mkdir(mode=0o000 if kind == "locked" else 0o755)
    app = offer(golem, root)
    assert len(app.error) == 1
    assert "the root" in app.error[0].value


def test_names_that_are_no_unicode_are_shown_and_refused_in_words(
    offer: Callable[..., AppTest], tmp_path: Path
) -> None:
    root = tmp_path / "root"
    root.mkdir()
    try:
        (Path(os.fsdecode(os.fsencode(root) + b"/caf\xe9.csv"))).write_text(CSV, "utf-8")
    except OSError:
        pytest.skip("This disk takes Unicode names only.")
    app = offer("reader", root)
    assert offered(app, "text") == ["caf\ufffd.csv"]
    assert "caf\ufffd.csv" in app.error[0].value.replace("\\", "")
    assert "ename" in app.error[0].value


def test_other_tables_and_archives_are_offered_too(
    offer: Callable[..., AppTest], root: Path
) -> None:
    for name in ("a.jsonl", "b.csv.gz", "c.parquet", "d.tar", "e.parquet.gz"):
        (root / name).write_bytes(b"x")
    texts = offered(offer("reader", root), "text")
    assert texts == ["a.jsonl", "b.csv", "b.csv.gz", "c.parquet", "deep/c.TXT", "deep/down/a.tsv"]
    pictures = offered(offer("looker", root), "image")
    assert pictures == ["all of it", "c.parquet", "d.tar", "deep", "photo.jpg", "photos.zip"]
