"""What a new job will take and cost, in words, with the assumptions said."""

from bot.commands.finetunes.counting import Looked
from bot.commands.finetunes.wish import Wish
from bot.commands.finetunes.words import base_of, money
from bot.desk.request import Request
from bot.desk.values import code, plural
from bot.finetuning.estimate import estimate


def estimated(request: Request, wish: Wish, training: Looked) -> str:
    """Return what the job will take and cost."""
    if wish.method == "reinforcement":
        return (
            "Reinforcement is billed by the hours that it trains, and by the grader's tokens; I "
            "cannot foresee them."
        )
    report = training.report
    if report is None:
        return "I cannot foresee its cost, for I could not count the training file."
    if not report.kept:
        return "I cannot foresee its cost, for no example of the training file would be taken."
    price = request.equipment.house.training.get(base_of(wish.model))
    found = estimate(report.tokens, report.kept, wish.epochs, price)
    epochs = plural(found.epochs, "epoch")
    text = f"About {found.tokens:,} tokens × {epochs} = *{found.trained:,} tokens*"
    if found.cost is None:
        text += f". The price of training {code(wish.model)} is not set (OPENAI_PRICES)."
    else:
        text += f", about *{money(found.cost)}*."
    return f"{text}\n_{found.assumptions[:1].upper()}{found.assumptions[1:]}._"
