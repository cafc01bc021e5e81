import pytest
from finetuning_samples import build, check, jsonl, source

from bot.finetuning.dataset import prepare, said
from bot.finetuning.options import Options
from bot.finetuning.source import DatasetError, ReadError, Source

ROWS = jsonl({"prompt": "a", "completion": "b"}, {"prompt": "c", "completion": "d"})


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_existing_file_is_not_replaced_unless_asked(tmp_path):
    output = tmp_path / "out.jsonl"
    output.write_text("mine")

    with pytest.raises(DatasetError, match="there already"):
        build(ROWS, output)
    assert output.read_text() == "mine"

    build(ROWS, output, overwrite=True)
    assert output.read_text() != "mine"


def test_an_existing_validation_file_is_not_replaced_either(tmp_path):
    (tmp_path / "out.validation.jsonl").write_text("mine")

    with pytest.raises(DatasetError, match="there already"):
        build(ROWS, tmp_path / "out.jsonl", Options(validation_share=0.5))
    assert names(tmp_path) == ["out.validation.jsonl"]


def test_a_file_that_appears_meanwhile_is_not_replaced(tmp_path):
    output = tmp_path / "out.jsonl"

    with prepare(ROWS, output) as prepared:
        output.write_text("mine")
        with pytest.raises(DatasetError, match="there already"):
            prepared.write()

    assert output.read_text() == "mine"
    assert names(tmp_path) == ["out.jsonl"]


def test_nothing_is_there_before_it_is_whole(tmp_path):
    with prepare(ROWS, tmp_path / "out.jsonl", Options(validation_share=0.5)) as prepared:
        assert not (tmp_path / "out.jsonl").exists()
        paths = prepared.write()

    assert names(tmp_path) == sorted(path.name for path in paths)


def test_what_is_not_written_leaves_nothing_behind(tmp_path):
    with prepare(ROWS, tmp_path / "out.jsonl", Options(validation_share=0.5)):
        assert names(tmp_path)

    assert names(tmp_path) == []


@pytest.mark.parametrize("text", ["prompt,completion\n", "prompt,completion\na,\n", ""])
def test_an_empty_result_is_refused(text, tmp_path):
    with pytest.raises(DatasetError):
        build(source(text), tmp_path / "out.jsonl")

    assert names(tmp_path) == []


def test_the_input_is_never_the_output(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_bytes(ROWS.data)

    with pytest.raises(DatasetError, match="the input itself"):
        build(Source.file(path), path, overwrite=True)
    assert path.read_bytes() == ROWS.data


@pytest.mark.parametrize("name", ["", "missing/out.jsonl"])
def test_a_place_where_nothing_can_be_written_is_refused(name, tmp_path):
    with pytest.raises(DatasetError, match=r"folder"):
        build(ROWS, tmp_path / name)


def test_a_missing_input_is_said(tmp_path):
    with pytest.raises(ReadError, match="cannot be opened"):
        check(Source.file(tmp_path / "none.csv"))


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("one.jsonl", "two.jsonl"):
        build(ROWS, tmp_path / name)

    assert (tmp_path / "one.jsonl").read_bytes() == (tmp_path / "two.jsonl").read_bytes()


def test_what_examples_say_can_be_gone_through():
    told = [(place.line, text, pictures) for place, text, pictures in said(ROWS)]

    assert told == [(1, "a\nb", ()), (2, "c\nd", ())]


def test_pictures_and_arguments_of_calls_are_gone_through_apart():
    image = {"type": "image_url", "image_url": {"url": "https://a.b/c.png"}}
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"x": "y"}'}}
    asked = {"role": "user", "content": [{"type": "text", "text": "see"}, image]}
    row = {"messages": [asked, {"role": "assistant", "content": None, "tool_calls": [call]}]}

    [(_, text, pictures)] = said(jsonl(row))

    assert text.split("\n")[0] == "see"
    assert '{"x": "y"}' in text
    assert pictures == ("https://a.b/c.png",)
