"""Curves, progress and picture: what events and result files say, in whatever names."""

import base64

import pytest

from bot.finetuning.curves import Curves, add_results, of_events
from bot.finetuning.plot import draw, smooth
from bot.finetuning.progress import bar, patience_s, pause_s, progress_of
from bot.openai.fine_tuning_objects import FineTuningJob, FineTuningJobEvent


def event(message: str = "", at: int = 0, **data) -> FineTuningJobEvent:
    kind = "metrics" if data else "message"
    return FineTuningJobEvent(message=message, created_at=at, type=kind, data=data or None)


def job(status: str = "running", **more) -> FineTuningJob:
    return FineTuningJob(id="ftjob-1", status=status, **more)


def test_metrics_come_from_the_data_of_events():
    curves = of_events([event(step=1, train_loss=2.5, valid_loss=3), event(step=2, train_loss=2)])

    assert curves.points("train_loss") == [(1, 2.5), (2, 2.0)]
    assert curves.points("valid_loss") == [(1, 3.0)]


def test_metrics_come_from_words_where_there_is_no_data():
    text = "Step 10/100: training loss=0.55, validation loss=0.61, full validation loss=0.7"
    curves = of_events([event(text)])

    assert (curves.step, curves.total) == (10, 100)
    assert curves.last("train_loss") == 0.55
    assert curves.last("valid_loss") == 0.61
    assert curves.last("full_valid_loss") == 0.7


CSV = (
    b"step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy\n"
    b"1,2.5,0.5,,\n2,2,0.6,2.2,-1\n"
)


@pytest.mark.parametrize(
    "content", [CSV, base64.b64encode(CSV), b"\xef\xbb\xbf" + CSV, CSV.replace(b"\n", b"\r")]
)
def test_result_files_are_read_plain_and_in_base64(content):
    curves = Curves()

    add_results(curves, content)

    assert curves.points("train_accuracy") == [(1, 0.5), (2, 0.6)]
    assert curves.points("valid_loss") == [(2, 2.2)]
    assert curves.points("valid_accuracy") == []


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff,", b"step,train_loss\nx,y\n", b"no table", b"step,x\n1," + b"x" * 200_000],
)
def test_a_result_file_that_is_none_is_left_out(content):
    curves = Curves()

    add_results(curves, content)

    assert not curves


def test_the_end_is_estimated_from_the_pace_so_far():
    events = [event(at=130, step=30, total_steps=100), event(at=110, step=10)]

    assert progress_of(job(), events, now=130).end == 200


def test_the_servers_own_estimate_counts_more():
    events = [event(at=130, step=30, total_steps=100), event(at=110, step=10)]

    assert progress_of(job(estimated_finish=777), events, now=130).end == 777


@pytest.mark.parametrize(
    ("more", "events"),
    [
        ({"queue_position": 4}, []),
        ({}, [event("Job is queued; queue position: 4")]),
        ({}, [event("You are number 4 in the queue")]),
    ],
)
def test_the_place_in_the_queue_is_read_where_a_host_tells_it(more, events):
    assert progress_of(job("queued", **more), events, now=0).queue == 4


def test_an_unknown_state_is_shown_in_its_own_words():
    assert progress_of(job("warming_up"), [], now=0).state == "warming up"


def test_a_bar_is_full_only_at_the_end():
    assert bar(0.0) == "░" * 20
    assert bar(0.999) == "█" * 19 + "░"
    assert bar(1.0) == "█" * 20


def test_pauses_grow_with_quiet_and_with_failures():
    assert [pause_s(quiet, 5.0, 60.0) for quiet in (0, 60, 9999)] == [5, 15, 60]
    assert [patience_s(count, None) for count in (1, 2, 3, 50)] == [10, 20, 40, 600]
    assert patience_s(1, told=90) == 90


def test_a_running_mean_keeps_length_and_level():
    assert smooth([1.0] * 100) == [1.0] * 100


@pytest.mark.parametrize("steps", [1, 12, 500])
def test_a_picture_is_drawn_of_few_and_many_steps(steps):
    pytest.importorskip("matplotlib")
    curves = Curves()
    for step in range(1, steps + 1):
        curves.add(step, {"train_loss": 1 / step, "train_accuracy": 0.5, "valid_loss": 2 / step})

    png = draw(curves, "support <&> $x^2$ ‘bot’")

    assert png.startswith(b"\x89PNG")
