import json
from collections import Counter

import pytest
from finetuning_samples import build, check, choices, jsonl
from hypothesis import given
from hypothesis import strategies as st

from bot.finetuning.dataset import prepare
from bot.finetuning.options import Options
from bot.finetuning.split import Examples, validation


def halves(where, folder, share=0.2, seed=1, **options):
    options = choices(format="completion", validation_share=share, seed=seed, **options)
    build(where, folder / "out.jsonl", options, overwrite=True)
    return [
        [json.loads(line) for line in path.read_text().splitlines()]
        for path in (folder / "out.jsonl", folder / "out.validation.jsonl")
    ]


def test_every_class_gives_its_share(tmp_path):
    rows = [{"prompt": f"{at}", "completion": "ABBBB"[at % 5]} for at in range(100)]

    training, held = halves(jsonl(*rows), tmp_path)

    assert Counter(row["completion"] for row in held) == {"A": 4, "B": 16}
    assert len(training) == 80


def test_small_classes_do_not_shrink_the_share(tmp_path):
    rows = [{"prompt": f"{at}", "completion": f"class {at % 25}"} for at in range(100)]

    _, held = halves(jsonl(*rows), tmp_path, share=0.1)

    assert len(held) == 10


def test_a_seed_decides(tmp_path):
    rows = jsonl(*[{"prompt": f"{at}", "completion": f"{at}"} for at in range(50)])

    assert halves(rows, tmp_path, seed=1) == halves(rows, tmp_path, seed=1)
    assert halves(rows, tmp_path, seed=1) != halves(rows, tmp_path, seed=2)


def test_no_prompt_stands_in_both_files(tmp_path):
    rows = [
        {"prompt": f"{'Q ' if at % 2 else 'q'}{at % 7}", "completion": f"{at}"} for at in range(60)
    ]

    training, held = halves(jsonl(*rows), tmp_path)

    def key(row):
        return row["prompt"].replace(" ", "").casefold()

    assert held
    assert not {key(row) for row in training} & {key(row) for row in held}


def test_the_order_of_rows_is_kept(tmp_path):
    rows = [{"prompt": f"{at}", "completion": f"{at}"} for at in range(50)]

    for half in halves(jsonl(*rows), tmp_path):
        assert [int(row["prompt"]) for row in half] == sorted(int(row["prompt"]) for row in half)


def test_one_prompt_cannot_be_split(tmp_path):
    rows = [{"prompt": "a", "completion": f"{at}"} for at in range(5)]
    with prepare(jsonl(*rows), tmp_path / "out.jsonl", Options(validation_share=0.2)) as prepared:
        assert prepared.report.findings["unsplit"].count == 1
        assert prepared.write() == [tmp_path / "out.jsonl"]


def test_two_prompts_fill_two_files(tmp_path):
    rows = [{"prompt": f"{at}", "completion": "x"} for at in range(2)]

    assert [len(half) for half in halves(jsonl(*rows), tmp_path, share=0.01)] == [1, 1]


@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 3)), max_size=80),
    st.floats(0, 0.99),
    st.integers(0, 5),
)
def test_no_split_leaks_or_empties_a_file(pairs, share, seed):
    examples = Examples()
    for prompt, answer in pairs:
        examples.add(prompt, answer)

    chosen = validation(examples, share, seed)

    sides = [{pairs[at][0] for at, flag in enumerate(chosen) if flag == side} for side in (0, 1)]
    assert len(chosen) == len(pairs)
    assert not sides[0] & sides[1]
    if len({prompt for prompt, _ in pairs}) > 1 and share > 0:
        assert all(sides)


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5])
def test_shares_are_met(share):
    examples = Examples()
    for at in range(1000):
        examples.add(at, at % 7)

    assert sum(validation(examples, share, 42)) == pytest.approx(1000 * share, abs=4)


def test_checking_needs_no_split():
    assert check(jsonl({"prompt": "a", "completion": "b"})).kept == 1


def test_only_training_is_billed(tmp_path):
    rows = [{"prompt": f"{at}", "completion": "word " * 20} for at in range(10)]

    with prepare(jsonl(*rows), tmp_path / "out.jsonl", Options(validation_share=0.3)) as prepared:
        assert prepared.counts == (7, 3)
        assert prepared.tokens == prepared.report.tokens * 7 / 10
