"""Connection settings: certificates of one's own on both sides, and compression."""

import gzip
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from aiohttp import web
from openai_answers import answers_json
from openai_server import Server

from bot.openai import errors
from bot.openai.client import OpenAI
from bot.openai.wire.tls import TLS

Connect = Callable[..., OpenAI]


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make an authority, and a server and a client that it vouches for."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("needs openssl to make certificates")
    folder = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
    alone = ("-addext", "keyUsage=critical,keyCertSign")
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-addext", "subjectAltName=IP:127.0.0.1")
    no_authority = ("-addext", "basicConstraints=critical,CA:FALSE")
    for name, more in (
        ("ca", alone),
        ("server", (*signed, *no_authority)),
        ("client", (*signed, *no_authority)),
    ):
        run = (openssl, "req", "-x509", "-days", "2", *key, "-subj", f"/CN=callboard {name}")
        files = ("-keyout", f"{name}.key", "-out", f"{name}.pem")
        subprocess.run((*run, *files, *more), cwd=folder, check=True, capture_output=True)
    locked = ("-in", "client.key", "-out", "locked.key", "-aes256", "-passout", "pass:secret")
    subprocess.run((openssl, "ec", *locked), cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
async def secure(certificates: Path) -> AsyncIterator[str]:
    """Serve over TLS to clients that show a certificate; gives the base URL."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates / "ca.pem")
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    context.verify_mode = ssl.CERT_OPTIONAL

    async def handle(request: web.Request) -> web.Response:
        assert request.transport is not None
        shown = request.transport.get_extra_info("peercert")
        name = dict(pair for (pair,) in shown["subject"])["commonName"] if shown else "nobody"
        return web.json_response({"id": name})

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}/v1"
    await runner.cleanup()


async def test_an_authority_of_ones_own_is_trusted(
    connect: Connect, secure: str, certificates: Path
) -> None:
    client = connect(base_url=secure, tls=TLS(ca_file=certificates / "ca.pem"))

    assert (await client.models.retrieve("m")).id == "nobody"


async def test_without_it_the_server_is_not_trusted(connect: Connect, secure: str) -> None:
    with pytest.raises(errors.APIConnectionError) as caught:
        await connect(base_url=secure, tls=TLS()).models.retrieve("m")

    assert caught.value.reason == "tls"


async def test_a_client_shows_who_it_is(connect: Connect, secure: str, certificates: Path) -> None:
    tls = TLS(
        ca_file=certificates / "ca.pem",
        certificate=certificates / "client.pem",
        key=certificates / "client.key",
    )

    assert (await connect(base_url=secure, tls=tls).models.retrieve("m")).id == "callboard client"


def test_files_that_cannot_be_used_are_named_at_once(connect: Connect, certificates: Path) -> None:
    (certificates / "junk.pem").write_text("no certificate")
    client, locked = certificates / "client.pem", certificates / "locked.key"

    for tls, words in (
        (TLS(ca_file=certificates / "junk.pem"), "junk.pem"),
        (TLS(ca_file=certificates / "missing.pem"), "missing.pem"),
        (TLS(certificate=client, key=locked), "client.pem"),
        (TLS(certificate=client, key=certificates / "server.key"), "client.pem"),
        (TLS(key=locked), "certificate"),
    ):
        with pytest.raises(ValueError, match=words):
            connect(tls=tls)


@pytest.mark.parametrize(
    ("options", "asked"), [({}, "gzip, deflate"), ({"compression": False}, "identity")]
)
async def test_compression_is_a_setting(
    server: Server, connect: Connect, options: dict[str, bool], asked: str
) -> None:
    server.answers(answers_json({"id": "m"}))

    await connect(**options).models.retrieve("m")

    assert server.headers[0]["Accept-Encoding"] == asked


async def test_a_compressed_file_is_unpacked(server: Server, connect: Connect) -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        body = gzip.compress(b'{"prompt": "a"}\n')
        return web.Response(body=body, headers={"Content-Encoding": "gzip"})

    server.answers(packed)

    assert (await connect().files.content("file-1")).content == b'{"prompt": "a"}\n'
