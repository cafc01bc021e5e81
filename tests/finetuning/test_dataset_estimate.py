import pytest
from finetuning_samples import assistant, chat, user

from bot.finetuning.estimate import epochs_of, estimate
from bot.finetuning.tokens import of_example, of_text


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", 0),
        ("Hello, world!", 4),
        ("The quick brown fox jumps over the lazy dog.", 10),
        ("I am fine, thank you. How are you today?", 12),
        ("Привет, как дела?", 6),
    ],
)
def test_tokens_of_known_sentences_come_close(text, tokens):
    assert of_text(text) == pytest.approx(tokens, abs=max(1, 0.25 * tokens))


def test_every_message_and_example_adds_its_own():
    assert of_example(chat(user("a"), assistant("b"))) > of_text("a b") + 6


def test_images_count_by_detail():
    def seen(detail):
        image = {"type": "image_url", "image_url": {"url": "https://a.b", "detail": detail}}
        return of_example(chat(user([image]), assistant("b")))

    assert seen("high") - seen("low") == 680


@pytest.mark.parametrize(
    ("examples", "epochs"), [(1, 25), (10, 10), (33, 3), (34, 3), (8000, 3), (20_000, 1)]
)
def test_epochs_are_those_the_service_is_known_to_choose(examples, epochs):
    assert epochs_of(examples) == epochs


def test_the_cost_is_tokens_times_epochs_times_price():
    made = estimate(1_000_000, 100, epochs=2)

    assert (made.trained, made.cost(25)) == (2_000_000, 50)
    assert "2 epochs, as given" in made.assumptions
