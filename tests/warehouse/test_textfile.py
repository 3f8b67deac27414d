"""Texts on disk read as a list does, in order and one by one."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse.datasets import textfile
from warehouse.datasets.textfile import TextFile


@settings(max_examples=40, deadline=None)
@given(texts=st.lists(st.text(st.characters(), max_size=30), max_size=20), buffer=st.integers(2, 64))
def test_a_text_file_is_a_list_on_disk(texts: list[str], buffer: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(textfile, "_BUFFER", buffer)
        found = TextFile(Path(tempfile.gettempdir()))
        for text in texts:
            found.append(text)
        assert [*found] == texts == [found[place] for place in range(len(found))]
        assert [*found[1:3]] == texts[1:3]
        found.close()


def test_it_leaves_no_file(tmp_path: Path) -> None:
    texts = TextFile(tmp_path)
    texts.append("가" * 2_000_000)
    assert next(iter(texts)) == "가" * 2_000_000 and not [*tmp_path.iterdir()]
    with pytest.raises(IndexError):
        texts[1]
    texts.close()
