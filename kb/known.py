"""Answers worked out once each, however often they are asked."""

from collections.abc import Callable
from typing import TypeVar

Question = TypeVar("Question")
Answer = TypeVar("Answer")
MOST = 20_000


class Known(dict[Question, Answer]):
    """`known[question]` costs no call when it was asked before. A flood of new questions makes it begin anew."""

    def __init__(self, work: Callable[[Question], Answer], most: int = MOST) -> None:
        super().__init__()
        self.work, self.most = work, most

    def __missing__(self, question: Question) -> Answer:
        if len(self) >= self.most:
            self.clear()
        answer = self[question] = self.work(question)
        return answer
