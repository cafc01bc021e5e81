"""Which examples go to validation: by seed, in the proportion of the answers, no prompt in both.

Examples with the same prompt stay together, else validation would measure memory. Where answers
repeat (as in classification) each answer gives its share; else all examples are one stratum.
"""

import random
from array import array
from collections.abc import Sequence


class Examples:
    """What the split needs of every kept example: prompt and answer, hashed, and its tokens."""

    def __init__(self) -> None:
        self.prompts = array("q")
        self.answers = array("q")
        self.tokens = array("Q")

    def add(self, prompt: int, answer: int, tokens: int = 0) -> None:
        """Take in the next example."""
        self.prompts.append(prompt)
        self.answers.append(answer)
        self.tokens.append(tokens)

    def __len__(self) -> int:
        """Count the examples."""
        return len(self.prompts)


def validation(examples: Examples, share: float, seed: int) -> bytearray:
    """Return a flag per example: 1 goes to validation, 0 to training.

    Neither file ends up empty if there are two different prompts; with one, all stay in training.
    """
    chosen = bytearray(len(examples))
    groups = _groups(examples.prompts)
    if share <= 0 or len(groups) < 2:
        return chosen
    dice = random.Random(seed)  # noqa: S311 - repeatable on purpose
    wanted = min(max(round(share * len(examples)), 1), len(examples) - 1)
    taken, passed, left = 0, 0, len(groups)
    for stratum in _strata(groups, examples.answers):
        dice.shuffle(stratum)
        passed += sum(map(len, stratum))
        goal = wanted * passed / len(examples)
        for group in stratum:
            if taken + len(group) / 2 > goal or left == 1:
                break
            taken += len(group)
            left -= 1
            for at in group:
                chosen[at] = 1
    return chosen if taken else _smallest(groups, chosen)


def _groups(prompts: Sequence[int]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for at, prompt in enumerate(prompts):
        found.setdefault(prompt, []).append(at)
    return list(found.values())


def _strata(groups: list[list[int]], answers: Sequence[int]) -> list[list[list[int]]]:
    if len(set(answers)) * 3 >= len(answers):
        return [groups]
    found: dict[int, list[list[int]]] = {}
    for group in groups:
        found.setdefault(answers[group[0]], []).append(group)
    return list(found.values())


def _smallest(groups: list[list[int]], chosen: bytearray) -> bytearray:
    for at in min(groups, key=len):
        chosen[at] = 1
    return chosen
