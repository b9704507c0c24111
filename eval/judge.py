"""A language model as a second opinion on a run: does it call the same answers right as the key facts do?

It is optional and never the only judge. Its agreement with the key-fact score is what this reports, with an interval:
a model that agrees by chance judges nothing (Zheng et al., "Judging LLM-as-a-Judge", NeurIPS 2023, on how they err).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from eval.metrics.facts import without_markers
from eval.report.table import align, interval_text, number
from eval.scores import Result
from eval.statistics import Interval, Mean, bootstrap_of, cohen_kappa
from qa.chat import ChatModel, ModelError
from qa.prompt import Prompt

PLACES = ("question", "gold", "answer")
_VERDICT = re.compile(r"[对错]")
_WRONG_BEFORE = re.compile(r"不$")  # 不对

Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model said of one answer, beside the key-fact score. None where it said neither right nor wrong."""

    id: str
    right: bool
    judged: bool | None


@dataclass(frozen=True, slots=True)
class Judged:
    """A model's opinions on a run."""

    model: str
    prompt: str  # sha256
    opinions: tuple[Opinion, ...]

    @property
    def pairs(self) -> list[tuple[bool, bool]]:
        """(key facts, model) of the answers on which the model had an opinion."""
        return [(o.right, o.judged) for o in self.opinions if o.judged is not None]

    @property
    def agreement(self) -> Mean:
        """Share of the answers that both call alike."""
        return Mean.of((float(a == b) for a, b in self.pairs), interval=True)

    @property
    def kappa(self) -> tuple[float | None, Interval | None]:
        """Cohen's κ and its bootstrap interval."""
        return cohen_kappa(self.pairs), bootstrap_of(self.pairs, cohen_kappa)


def judge_run(
    results: Sequence[Result], model: ChatModel, *, prompt: Prompt | None = None, progress: Progress | None = None
) -> Judged:
    """Ask the model about every answer that the key facts can score. One that fails on a question has no opinion there.

    Raises BadPrompt where prompts/judge.txt is not as it should be.
    """
    prompt = prompt or Prompt.load("judge", PLACES)
    asked = [result for result in results if result.scores["right"] is not None and result.outcome.status]
    opinions: list[Opinion] = []
    for result in asked:
        opinions.append(Opinion(result.outcome.case.id, result.fault is None, _opinion(result, model, prompt)))
        if progress:
            progress(len(opinions), len(asked), result.outcome.case.id)
    return Judged(model.name, prompt.sha256, tuple(opinions))


def _opinion(result: Result, model: ChatModel, prompt: Prompt) -> bool | None:
    case = result.outcome.case
    question = "\n".join((*case.history, case.question))
    message = prompt.fill(question=question, gold=case.gold_answer, answer=without_markers(result.outcome.text) or "无")
    try:
        return read_verdict(model.reply(message.system, message.user))
    except ModelError:
        return None


def read_verdict(reply: str) -> bool | None:
    """The first 对 or 错 of a reply; 不对 is 错. None where there is neither."""
    found = _VERDICT.search(reply)
    if found is None:
        return None
    return found.group() == "对" and not _WRONG_BEFORE.search(reply[: found.start()])


def show_judged(judged: Judged, *, as_json: bool = False) -> str:
    """The agreement and where the two differ, in Chinese; or one JSON object."""
    kappa, interval = judged.kappa
    apart = [o for o in judged.opinions if o.judged is not None and o.judged != o.right]
    silent = sum(o.judged is None for o in judged.opinions)
    if as_json:
        agreement = judged.agreement
        return json.dumps(
            {
                "model": judged.model,
                "prompt": judged.prompt,
                "agreement": {"mean": agreement.value, "n": agreement.n, "interval": agreement.interval},
                "kappa": {"value": kappa, "interval": interval},
                "silent": silent,
                "opinions": [{"id": o.id, "right": o.right, "judged": o.judged} for o in judged.opinions],
            },
            ensure_ascii=False,
        )
    rows = [
        [f"{judged.model} 与要点评分", "值", "95% 区间", "题数"],
        ["判断一致", number(judged.agreement.value), interval_text(judged.agreement), str(judged.agreement.n)],
        ["Cohen κ", number(kappa), interval_text(Mean(kappa, 0, interval)), str(len(judged.pairs))],
    ]
    lines = [f"模型没有给出判断的题：{silent}"]
    lines += [f"{o.id}：要点评分{'对' if o.right else '错'}，模型判{'对' if o.judged else '错'}" for o in apart]
    return "\n\n".join([align(rows), "\n".join(lines)])
