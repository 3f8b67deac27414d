from dataclasses import replace

import pytest

from cleaning.pairing import build_dialogues, dialogue_id
from warehouse.records.pages import Answer, Question

QUESTION = Question(
    "naver_kin", "77", "https://kin.naver.com/77", "연차가 며칠인가요", "입사 1년차입니다.", author_key="q"
)
ANSWER = Answer("77", "1", "answer", None, 1, "15일입니다.", author_key="x")


def _turns(question: Question, *answers: Answer) -> list[tuple[str, str]]:
    (dialogue,) = build_dialogues(question, answers, source="naver_kin")
    return [(turn.role, turn.content) for turn in dialogue.turns]


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("제목", "본문", "제목\n본문"),
        ("제목", None, "제목"),
        ("제목", "  ", "제목"),
        (None, "본문", "본문"),
        ("우리 강아지가 밥을", "우리 강아지가  밥을 안 먹어요", "우리 강아지가  밥을 안 먹어요"),
        ("우리 강아지가 밥...", "우리 강아지가 밥을 안 먹어요", "우리 강아지가 밥을 안 먹어요"),
        ("...", "본문", "...\n본문"),
    ],
    ids=["both", "no body", "blank body", "no title", "title repeats", "cut title", "dots only"],
)
def test_the_question_says_title_and_body_once(title: str | None, body: str | None, expected: str) -> None:
    assert _turns(replace(QUESTION, title=title, body=body), ANSWER)[0] == ("user", expected)


BEST = {
    "adopted before votes": ([("1", False, 9, "person"), ("2", True, 0, "person")], "2"),
    "votes among adopted": ([("1", True, 1, "person"), ("2", True, 5, "person")], "2"),
    "votes where none is adopted": ([("1", False, None, "person"), ("2", False, 2, "person")], "2"),
    "person before adopted AI": ([("1", True, 9, "ai"), ("2", False, 0, "person")], "2"),
    "person before seller": ([("1", False, 9, "seller"), ("2", False, 0, "person")], "2"),
    "AI where there is no other": ([("1", True, 9, "ai")], "1"),
    "first on a tie": ([("1", False, 3, "person"), ("2", False, 3, "person")], "1"),
}


@pytest.mark.parametrize(("given", "best"), BEST.values(), ids=BEST)
def test_the_best_answer_is_chosen(given: list[tuple[str, bool, int | None, str]], best: str) -> None:
    answers = [
        replace(ANSWER, external_id=number, position=place, is_chosen=chosen, votes_up=votes, written_by=writer)  # type: ignore[arg-type]
        for place, (number, chosen, votes, writer) in enumerate(given, 1)
    ]
    (dialogue,) = build_dialogues(QUESTION, answers, source="naver_kin")
    assert dialogue.key == f"77:{best}"


def test_the_longer_answer_wins_on_equal_votes() -> None:
    longer = replace(ANSWER, external_id="2", position=2, body="15일입니다. 한 달을 채울 때마다 하루씩 생깁니다.")
    assert _turns(QUESTION, ANSWER, longer)[1][1] == longer.body


def test_follow_ups_become_turns_by_speaker() -> None:
    below = [
        Answer("77", None, "follow_up", "1", 3, "감사합니다", speaker="asker"),
        Answer("77", None, "follow_up", "1", 1, "그럼 2년차는요?", speaker="asker", author_key="q"),
        Answer("77", None, "follow_up", "1", 2, "같습니다.", author_key="x"),
        Answer("77", None, "follow_up", "9", 1, "다른 답변 아래", speaker="asker"),
    ]
    assert _turns(QUESTION, ANSWER, *below)[1:] == [
        ("assistant", "15일입니다."),
        ("user", "그럼 2년차는요?"),
        ("assistant", "같습니다."),
    ]


def test_replies_to_a_comment_follow_it_and_one_speaker_is_joined() -> None:
    post = replace(QUESTION, site="nate_pann", external_id="5")
    comments = [
        Answer("5", "10", "comment", None, 1, "헤어져요", is_chosen=True),
        Answer("5", "11", "comment", "10", 2, "진심이에요"),
        Answer("5", "12", "comment", None, 3, "작성자예요", speaker="asker", votes_up=99),
    ]
    (dialogue,) = build_dialogues(post, comments, source="nate_pann")
    assert [turn.content for turn in dialogue.turns][1:] == ["헤어져요\n진심이에요"]
    assert (dialogue.site, dialogue.thread) == ("pann", "nate_pann:5")


def test_all_gives_one_dialogue_an_answer_with_stable_ids() -> None:
    answers = [ANSWER, replace(ANSWER, external_id=None, position=2), replace(ANSWER, external_id="3", body=" ")]
    dialogues = build_dialogues(
        QUESTION, answers, choose="all", source="naver_kin", page_sha256="p", parser_version="v", first_load_id=4
    )
    assert [dialogue.key for dialogue in dialogues] == ["77:1", "77:answer2"]
    assert dialogues[0].dialogue_id == dialogue_id("naver_kin", "77:1") != dialogues[1].dialogue_id
    assert {(d.page_sha256, d.parser_version, d.first_load_id, d.site) for d in dialogues} == {("p", "v", 4, "kin")}


@pytest.mark.parametrize(
    ("question", "answers"),
    [(QUESTION, []), (QUESTION, [replace(ANSWER, body=None)]), (replace(QUESTION, title=None, body=None), [ANSWER])],
    ids=["no answer", "answer without text", "question without text"],
)
def test_without_both_sides_there_is_no_dialogue(question: Question, answers: list[Answer]) -> None:
    assert build_dialogues(question, answers, source="naver_kin") == []
