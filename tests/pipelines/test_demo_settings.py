"""The settings that a demo runs on."""

import pytest

from pipelines.demo import _begin


@pytest.mark.parametrize("is_own_corpus", [False, True], ids=["ours", "a file of pairs"])
def test_questions_that_are_all_title_are_no_drift_in_a_file_of_pairs(tmp_path, is_own_corpus):
    """A corpus of question/answer pairs has no bodies: 2,000 such pages ended the demo without one dialogue."""
    settings = _begin(tmp_path / "demo", is_own_corpus=is_own_corpus)
    assert settings.crawl.stop_on_drift is not is_own_corpus
    assert settings.model.model == "tiny"
