import ipaddress
from contextlib import suppress

import pytest
from http_samples import at, called, offered, site
from hypothesis import given
from hypothesis import strategies as st

from functions import DeclarationError, FunctionError, Hosts, HttpFunction, Web, testing
from functions._http.addresses import is_public, read
from functions._http.hosts import split

CLOSED = [
    *(
        "127.0.0.1",
        "10.1.2.3",
        "172.31.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.1.2.3",
        "168.63.129.16",
    ),
    *("100.64.0.1", "192.0.0.8", "224.0.0.1", "255.255.255.255", "198.18.0.1", "240.0.0.1"),
    *("::1", "::", "fe80::1", "fc00::1", "ff02::1", "fec0::1", "2001:db8::1", "100::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1"),
    *("64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001::1"),
    *("3fff::1", "192.88.99.1", "203.0.113.5"),
    # an IPv4 address inside of one that looks public: by ISATAP, or by a translator's own prefix
    *("2606:4700::5efe:10.0.0.1", "2606:4700::200:5efe:c0a8:1", "2606:4700::169.254.169.254"),
    *("2606:4700:a9fe:a9fe::1", "2606:4700:0:a9fe:a9:fe00::"),
]
OPEN = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", CLOSED)
async def test_a_name_at_an_address_of_no_public_network_is_refused(address: str) -> None:
    web = Web(resolve=at("8.8.8.8", address))

    with pytest.raises(FunctionError, match="may not go to"):
        await web.check("https://api.example.com/x")


async def test_a_name_without_an_address_is_refused() -> None:
    with pytest.raises(FunctionError, match="may not go to"):
        await Web(resolve=at()).check("https://api.example.com/x")


@pytest.mark.parametrize("error", [OSError, TimeoutError, UnicodeError])
async def test_a_name_that_nobody_knows_is_told(error: type[Exception]) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise error

    with pytest.raises(FunctionError, match=r"api.example.com cannot be found"):
        await Web(resolve=resolve).check("https://api.example.com/x")


@pytest.mark.parametrize("address", OPEN)
async def test_a_name_at_public_addresses_is_taken(address: str) -> None:
    await Web(resolve=at(address)).check("https://api.example.com/x")


@given(st.ip_addresses())
def test_what_the_library_calls_private_is_never_public(address: ipaddress.IPv4Address) -> None:
    found = read(str(address))

    assert found is not None
    if is_public(found) and not str(address).startswith(("64:ff9b::", "::ffff:")):
        assert address.is_global
        assert not address.is_multicast


@pytest.mark.parametrize(
    "url",
    [
        *("http://api.example.com/", "https://api.example.com:8443/", "ftp://api.example.com/"),
        *("https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/"),
        *("https://127.0.0.1/", "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::%1]/"),
        *(
            "https://169.254.169.254/latest",
            "https://localhost/",
            "https://intranet/",
            "https://api.default.svc/",
        ),
        *("https://db.internal/", "https://printer.local/", "https://localhost./"),
        *("https://user@api.example.com/", "https://user:pw@api.example.com/", "https:///x"),
        *("https://api.example.com#@10.0.0.1/", "https://api.example.com\\@10.0.0.1/"),
        *("https://api.example.com/a b", "https://api.example.com/a\nb", "//api.example.com/"),
        *("https://{host}/", "https://api.example.com:0/", "https://api.example.com:99999/"),
        *("https://①②⑦.0.0.1/", "https://１２７.0.0.1/", "https://ｌｏｃａｌｈｏｓｔ/"),
        *("https://ex\u200bample.com/", "https://example.com../", "https://.example.com/"),
        *("https://a..b/", "https://[8.8.8.8]/"),
        *("javascript:alert(1)", "file:///etc/passwd", "https://api.example.com/#x", ""),
    ],
)
async def test_a_url_that_is_not_plain_https_to_a_public_name_is_refused(url: str) -> None:
    with pytest.raises(DeclarationError):
        await Web(resolve=at("8.8.8.8")).check(url)


@pytest.mark.parametrize(("address", "may"), [("10.0.0.7", True), ("169.254.169.254", False)])
async def test_only_what_can_be_named_is_said_to_be(address: str, may: bool) -> None:
    with pytest.raises(DeclarationError) as refused:
        await Web().check(f"https://{address}/")

    assert ("FUNCTION_HOSTS" in str(refused.value)) is may


async def test_a_list_of_hosts_closes_all_others() -> None:
    web = Web(Hosts(["api.example.com", "*.example.org"]), at("8.8.8.8"))

    await web.check("https://api.example.com/")
    await web.check("https://a.b.example.org/")
    for other in ("https://example.com/", "https://example.org/", "https://xapi.example.com/"):
        with pytest.raises(DeclarationError, match="FUNCTION_HOSTS"):
            await web.check(other)


async def test_a_place_named_with_its_scheme_may_be_in_the_own_network() -> None:
    web = Web(Hosts(["http://build.local:8080", "https://10.0.0.5"]), at("192.168.1.9"))

    await web.check("http://build.local:8080/x")
    await web.check("https://10.0.0.5/x")
    for other in ("http://build.local/", "https://build.local:8080/", "https://10.0.0.6/"):
        with pytest.raises(DeclarationError):
            await web.check(other)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "224.0.0.1", "0.1.2.3", "64:ff9b::a9fe:a9fe"]
)
async def test_even_a_named_place_is_not_taken_for_the_clouds_metadata(address: str) -> None:
    web = Web(Hosts(["http://build.local:8080"]), at(address))

    with pytest.raises(FunctionError, match="may not go to"):
        await web.check("http://build.local:8080/")


async def test_nor_is_a_place_that_is_named_by_such_an_address() -> None:
    function = HttpFunction(
        name="f", description="F.", method="GET", url="http://0.0.0.0:9/", effect="read"
    )

    result = await called(function, Web(Hosts(["http://0.0.0.0:9"])), {})

    assert "may not go to" in result.text


async def test_an_address_that_changes_after_the_check_is_checked_again() -> None:
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])

    async def rebind(host: str, port: int) -> list[str]:
        return next(answers)

    web = Web(resolve=rebind)
    await web.check("https://api.example.com/")

    with pytest.raises(FunctionError, match="may not go to"):
        await web.check("https://api.example.com/")


@pytest.mark.parametrize(
    ("written", "host"),
    [
        ("münchen.example", "xn--mnchen-3ya.example"),
        ("api。example。com", "api.example.com"),
        ("Ｅxample.com", "example.com"),
        ("аpple.com", "xn--pple-43d.com"),
    ],
)
async def test_a_name_with_other_letters_is_looked_up_and_judged_as_machines_write_it(
    written: str, host: str
) -> None:
    asked: list[str] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"]

    await Web(Hosts([written]), resolve).check(f"https://{written}/")

    assert asked == [host]
    with pytest.raises(FunctionError, match="may not go to"):
        await Web(resolve=at("10.0.0.1")).check(f"https://{written}/")


async def test_a_name_is_looked_up_once_for_a_call_and_not_again_to_connect() -> None:
    answers = iter([["127.0.0.1"]])

    async def rebind(host: str, port: int) -> list[str]:
        return next(answers)

    async with site() as place:
        registry = await offered(
            HttpFunction(name="f", description="d", url=f"{place.origin}/"),
            Web(Hosts([place.origin]), rebind),
        )
        result = await registry.call("f", "{}", testing.fake_context())

    assert result.ok


def test_other_letters_of_a_path_are_percent_encoded() -> None:
    url = split("https://api.example.com/straße/{id}/é?q=ü&of={kind}")

    assert (url.path, url.query) == ("/stra%C3%9Fe/{id}/%C3%A9", "q=%C3%BC&of={kind}")
    for hidden in ("\u200b", "\u00a0", "\u202e", "{größe}"):
        with pytest.raises(DeclarationError):
            split(f"https://api.example.com/a{hidden}b")


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_of_urls_stumble(text: str) -> None:
    for url in (text, f"https://{text}", f"https://a.bc/{text}"):
        with suppress(DeclarationError):
            assert split(url).origin.host
