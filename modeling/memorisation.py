"""The training dialogues in, what a reply owes to them out: recall can look like understanding."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

from modeling.render import one_line
from modeling.shards import Example


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The training question most like the one asked, its answer, and their cosine similarity in 0..1."""

    question: str
    answer: str
    similarity: float


class Memory:
    """Questions and answers of a training split, ready to be looked up."""

    def __init__(self, examples: Sequence[Example]) -> None:
        pairs = [pair for example in examples for pair in question_answers(example)]
        self._pairs = [pair for pair in pairs if pair[0]]
        self._known = frozenset(pairs)
        self._answers = frozenset(answer for _, answer in pairs)
        self._text = "\n".join(self._answers)
        # Words typed without blanks are common in Korean chat, so characters, not words, are compared.
        self._vectorizer = TfidfVectorizer(analyzer="char", ngram_range=(2, 3), dtype=np.float32)
        self._matrix = self._vectorizer.fit_transform(q for q, _ in self._pairs) if self._has_grams() else None

    def nearest(self, questions: Sequence[str]) -> list[Neighbour | None]:
        """The nearest training question for each (없음, None, when nothing is shared)."""
        if self._matrix is None:
            return [None] * len(questions)
        return [self._nearest(one_line(question)) for question in questions]

    def is_copy(self, reply: str) -> bool:
        """Whether the reply is a training answer, character for character."""
        return one_line(reply) in self._answers

    def answers_like_neighbour(self, question: str | None, reply: str) -> bool:
        """Whether the reply is the very answer that a training question got."""
        return (question, one_line(reply)) in self._known

    def shared_span(self, reply: str) -> str:
        """The longest stretch of the reply that stands in one training answer; the first of equally long ones."""
        reply = one_line(reply)
        start, best = 0, ""
        while start + len(best) < len(reply):
            if reply[start : start + len(best) + 1] in self._text:
                best = reply[start : start + len(best) + 1]
            else:
                start += 1
        return best

    def _has_grams(self) -> bool:
        return any(len(question) > 1 for question, _ in self._pairs)

    def _nearest(self, question: str) -> Neighbour | None:
        assert self._matrix is not None
        similarity = (self._matrix @ self._vectorizer.transform([question]).T).toarray().ravel()
        best = int(similarity.argmax())
        if similarity[best] <= 0:
            return None
        asked, answer = self._pairs[best]
        return Neighbour(asked, answer, min(1.0, float(similarity[best])))


def question_answers(example: Example) -> list[tuple[str, str]]:
    """Each answer with the turn before it ("" where an answer opens the dialogue), on one line each."""
    turns = example.turns
    return [
        (one_line(turns[n - 1].content) if n else "", one_line(turn.content))
        for n, turn in enumerate(turns)
        if turn.role == "assistant" and turn.content.strip()
    ]
