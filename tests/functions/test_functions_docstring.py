import pytest

from functions._declaring.docstring import read

GOOGLE = """Order a book.

    From the shop.

    Args:
        title (str, optional): the title: in full
        count: how many,
            at least one
        *rest: ignored

    Returns:
        str: the receipt
    """
TIGHT = """Order a book.
    Args:
        title: the title
        count: how many
    Returns:
        count: not this one
    """
NUMPY = """Order a book.

    Parameters
    ----------
    title : str, optional
        the title
    count, copies : int
        how many,

        really

    Returns
    -------
    count : int
        not this one
    """
SPHINX = """Order a book.

    :param title: the title
    :param int count: how many,
        at least one
    :type title: str
    :returns: count
    :raises ValueError: never
    """
LISTED = """Order a book.

    **Args:**
    - `title` (str): the title
    - **count**: how many,
      at least one

    Returns:
    - count: not this one
    """
LOWER = """Order a book.

    args:
        title - the title
        count - how many
    """


@pytest.mark.parametrize("text", [GOOGLE, TIGHT, NUMPY, SPHINX, LISTED, LOWER])
def test_the_three_styles_are_read(text: str) -> None:
    found = read(text)

    assert found.summary == "Order a book."
    assert found.parameters["title"].startswith("the title")
    assert found.parameters["count"].startswith("how many")


def test_texts_run_on_over_several_lines() -> None:
    assert read(GOOGLE).parameters["count"] == "how many, at least one"
    assert read(NUMPY).parameters["copies"] == "how many, really"
    assert read(SPHINX).parameters["count"] == "how many, at least one"


def test_colons_stay_in_the_text() -> None:
    assert read(GOOGLE).parameters["title"] == "the title: in full"


def test_the_first_paragraph_is_the_summary() -> None:
    assert read("Order a book\n    from the shop.\n\n    More.").summary == (
        "Order a book from the shop."
    )


@pytest.mark.parametrize("text", [None, "", "   ", "Args:", ":param", "Parameters\n---"])
def test_little_text_is_no_trouble(text: str | None) -> None:
    assert read(text).parameters == {}


def test_a_section_directly_below_the_summary_is_not_part_of_it() -> None:
    assert read("Say hello.\nReturns:\n    a greeting").summary == "Say hello."
    assert read("Say hello.\n:param x: who").summary == "Say hello."


def test_two_parameters_may_share_a_text() -> None:
    assert read("Sum.\n\nArgs:\n    a, b: both").parameters == {"a": "both", "b": "both"}


def test_a_text_in_sphinx_style_may_have_several_paragraphs() -> None:
    found = read("Sum.\n\n:param a: first\n:param b: second\n\n    and more\n\nThis is not meant.")

    assert found.parameters == {"a": "first", "b": "second and more"}


SECTIONS_FIRST = ["Args:\n    a: first\n\nSum.\n\nMore.", ":param a: first\n\nSum.\n\nMore."]


@pytest.mark.parametrize("text", SECTIONS_FIRST)
def test_the_summary_may_stand_below_a_section(text: str) -> None:
    assert read(text).summary == "Sum."


SET_IN = [
    "\n      Sum.\n\n    Args:\n        a: first",
    "\n    Description:\n        Sum.\n\n    Args:\n",
]


@pytest.mark.parametrize("text", SET_IN)
def test_the_summary_may_be_set_in_or_have_a_title(text: str) -> None:
    assert read(text).summary == "Sum."


def test_nothing_in_a_list_of_parameters_is_the_summary() -> None:
    assert read("Parameters\n----\na : int\n    first\n\nb : int\n    second").summary == ""


def test_a_name_may_stand_in_backticks() -> None:
    assert read("Sum.\n\nArgs:\n    `a`: first\n").parameters == {"a": "first"}


WRITTEN = {
    "bold": "Args:\n    **a**: first\n    **b**: second",
    "dashes": "Args:\n    - a: first\n    - b: second",
    "stars": "Parameters:\n    * a -- first\n    * b -- second",
    "keywords": "Keyword Arguments:\n    a: first\n    b: second",
    "double line": "Parameters\n==========\na\n    first\nb : int\n    second",
    "double line and colon": "Parameters:\n-----------\na : int\n    first\nb : int\n    second",
    "arguments": "Arguments\n---------\na : int\n    first\nb : int\n    second",
    "of a class": "Attributes:\n    a: first\n    b: second",
    "of a class in NumPy's": "Attributes\n----------\na : int\n    first\nb : int\n    second",
    "as in PEP 257": "Keyword arguments:\na -- first\nb -- second\n\nc -- no more",
    "escaped stars": "Args:\n    \\*a: first\n    \\*\\*b: second",
    "escaped stars in NumPy's": "Parameters\n----\n\\*a : int\n    first\n\\*\\*b\n    second",
    "bare fields": ":a: first\n:b: second\n:return: c",
    "a role as type": ":param :class:`A` a: first\n:kwarg b: second\n:returns: c",
    "a title in Markdown": "## Parameters\n\n- `a`: first\n- b: second\n\n## Returns\n- c: no",
    "a bare title": "Args\n    a: first\n    b: second\n\nReturns\n    c: no",
    "a title of reStructuredText": ":Parameters:\n  - `a` (int) - first\n  - `b`: second",
    "inputs": "Inputs:\n    a: first\n    b: second",
    "list without colons": "Args:\n- `a` -- first\n- b -- second",
    "deeper than what follows": "  Args:\n      a: first\n      b: second\n Returns:\n    c: no",
    "Google's under dashes": "Parameters\n----\na: first\nb (int): second\n\nReturns\n----\nc: no",
    "Google's under dashes, indented": "Args\n----\n    a: first\n    b: second",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN.keys())
def test_other_ways_to_write_a_list_of_parameters(text: str) -> None:
    found = read(f"Sum.\n\n{text}")

    assert found.summary == "Sum."
    assert found.parameters == {"a": "first", "b": "second"}


def test_a_parameter_may_be_written_with_a_hyphen() -> None:
    found = read("Sum.\n\nArgs:\n- a: first\n- x-api-key: second\n- b: third")

    assert found.parameters == {"a": "first", "x_api_key": "second", "b": "third"}
