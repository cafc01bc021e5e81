import gzip
import time

import pytest
from finetuning_samples import check, findings, first, found, source, written

from bot.finetuning.source import ReadError

TEXT = "prompt,completion\nWie heißt Zoë?,Müller – “gut”\n"


def answer(rows):
    return rows[0]["messages"][-1]["content"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_the_encoding_is_found(encoding, tmp_path):
    assert answer(written(source(TEXT, encoding=encoding), tmp_path)) == "Müller – “gut”"


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_is_found_without_a_mark(encoding, tmp_path):
    assert answer(written(source(TEXT, encoding=encoding), tmp_path)) == "Müller – “gut”"


def test_a_guess_is_said_with_words_to_judge_it_by():
    report = check(source(TEXT, encoding="cp1252"))

    assert "Müller" in first(report, "encoding_guess").sentence


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("cp1251", "как дела"),
        ("koi8_r", "Как твои дела"),
        ("cp1255", "שלום לכולם"),
        ("cp1256", "مرحبا بكم"),
        ("cp874", "สวัสดีครับราคาเท่าไหร่"),
        ("euc_jp", "今日の天気は？"),
        ("shift_jis", "a" + "今日の天気は晴れです。" * 3),  # its end is cut within a letter
    ],
)
def test_what_cannot_be_told_is_asked_for_with_readings(encoding, words):
    text = f"prompt,completion\n{words},ok\n"

    with pytest.raises(ReadError, match=rf"{encoding} \('{words[:12]}'\)"):
        check(source(text, encoding=encoding))


def test_the_encoding_of_endless_words_is_told_at_once():
    started = time.process_time()

    report = check(source(f"prompt,completion\né {'a' * 60_000},b\n", encoding="cp1252"))
    with pytest.raises(ReadError, match="cannot be told"):
        check(source(f"prompt,completion\n{'a' * 60_000},где это,b\n", encoding="cp1251"))

    assert "é" in first(report, "encoding_guess").sentence
    assert time.process_time() - started < 1


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis", "gb18030"])
def test_an_encoding_can_be_named(encoding, tmp_path):
    text = "prompt,completion\nкак дела,хорошо\n"
    assert answer(written(source(text, encoding=encoding), tmp_path, encoding=encoding)) == "хорошо"


@pytest.mark.parametrize("name", ["utf-9", "rot13", "hex", ""])
def test_an_unknown_encoding_is_refused(name):
    with pytest.raises(ReadError, match="no encoding called"):
        check(source(TEXT), reading_options(name))


def reading_options(name):
    from bot.finetuning.options import Options

    return Options(encoding=name or "?")


@pytest.mark.parametrize("name", ["rows.csv", "rows.txt"])
def test_one_bad_byte_spoils_one_row_of_utf_8(name):
    text = TEXT.encode() + b"a,b\xff\nc,d\n"

    report = check(source(text, name))

    assert found(report)["encoding"] == [3]
    assert report.rows - report.kept == 1


def test_one_bad_byte_spoils_one_line_of_json():
    good = '{"prompt": "ü", "completion": "b"}\n'.encode()

    assert findings(source(good + b'{"prompt": "\xfc"}\n' + good, "a.jsonl"))["encoding"] == [2]


@pytest.mark.parametrize(
    "spoilt", [b"a\0b,c\n", b"\0\0\0\n", '{"prompt": "a\0", "completion": "ü"}\n'.encode()]
)
def test_a_nul_byte_spoils_one_row(spoilt):
    is_json = spoilt.startswith(b"{")
    good = b'{"prompt": "a", "completion": "b"}\n' if is_json else b"some text,more text\n"
    head = b"" if is_json else b"prompt,completion\n"

    report = check(source(head + good * 30 + spoilt + good, "a.jsonl" if is_json else "a.csv"))

    assert found(report)["encoding"] == [31 + (not is_json)]
    assert report.kept == 31


def test_a_compressed_file_is_named():
    with pytest.raises(ReadError, match="compressed"):
        check(source(gzip.compress(b'{"prompt": "a"}'), "a.jsonl.gz"))


def test_a_picture_is_no_text():
    with pytest.raises(ReadError, match="not a text file"):
        check(source(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\x01\x02\x03" * 30, "a.csv"))


def test_old_office_files_are_named():
    with pytest.raises(ReadError, match=r"old \.xls"):
        check(source(b"\xd0\xcf\x11\xe0" + bytes(600), "a.xls"))
