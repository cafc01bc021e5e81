"""What the tests of datasets share: sources of text, workbooks, a check in one call."""

import io
import json
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

from bot.finetuning.dataset import check, prepare
from bot.finetuning.options import Format, Options
from bot.finetuning.source import Source

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACK = "http://schemas.openxmlformats.org/package/2006/relationships"


def source(text, name="rows.csv", encoding="utf-8"):
    return Source(name, text.encode(encoding) if isinstance(text, str) else text)


def jsonl(*rows):
    return source("".join(json.dumps(row) + "\n" for row in rows), "rows.jsonl")


def chat(*messages, **fields):
    return {"messages": list(messages), **fields}


def user(content, **fields):
    return {"role": "user", "content": content, **fields}


def assistant(content, **fields):
    return {"role": "assistant", "content": content, **fields}


def choices(**options):
    if "format" in options:
        options["format"] = Format(options["format"])
    return Options(**options)


def found(report):
    return {tally.code: list(tally.lines) for tally in report.findings}


def findings(where, **options):
    return found(check(where, choices(**options)))


def first(report, code):
    return report.findings[code].shown[0]


def build(where, output, options=Options(), **more):  # noqa: B008 - it never changes
    with prepare(where, output, options, **more) as prepared:
        prepared.write()


def written(where, folder: Path, **options):
    output = folder / "out.jsonl"
    build(where, output, choices(**options), overwrite=True)
    return [json.loads(line) for line in output.read_text("utf-8").split("\n")[:-1]]


def relations(*pairs):
    inner = "".join(
        f'<Relationship Id="r{at}" Type="{_REL}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(pairs)
    )
    return f'<Relationships xmlns="{_PACK}">{inner}</Relationships>'


def sheet_xml(rows):
    """Cells are texts (inline), numbers, or XML of a whole cell."""
    lines = []
    for number, row in enumerate(rows, 1):
        cells = "".join(_cell(value, f"{chr(65 + at)}{number}") for at, value in enumerate(row))
        lines.append(f'<row r="{number}">{cells}</row>')
    return f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(value, place):
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("<c "):
        return value.replace("<c ", f'<c r="{place}" ', 1)
    if isinstance(value, str):
        return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c r="{place}"><v>{value}</v></c>'


def workbook(sheets, shared=(), styles="", hidden=(), replace=None):
    """Make an XLSX: `sheets` maps names to rows; `replace` puts other bytes into parts."""
    listed = "".join(
        f'<sheet name="{name}" sheetId="{at + 1}" r:id="r{at}"'
        f"{' state=' + chr(34) + 'hidden' + chr(34) if name in hidden else ''}/>"
        for at, name in enumerate(sheets)
    )
    kinds = [("worksheet", f"worksheets/sheet{at}.xml") for at in range(len(sheets))]
    kinds += [("sharedStrings", "sharedStrings.xml")] if shared else []
    kinds += [("styles", "styles.xml")] if styles else []
    parts = {
        "_rels/.rels": relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_REL}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": relations(*kinds),
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{"".join(shared)}</sst>',
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">{styles}</styleSheet>',
    }
    for at, rows in enumerate(sheets.values()):
        parts[f"xl/worksheets/sheet{at}.xml"] = sheet_xml(rows)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (parts | (replace or {})).items():
            archive.writestr(name, text)
    return Source("rows.xlsx", packed.getvalue())
