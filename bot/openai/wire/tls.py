"""Certificates as plain settings: whom to trust, and who we are."""

import ssl
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class TLS:
    """What a secure connection is checked and made with.

    `ca_file` holds the authorities to trust in addition to the system's. `certificate` and its
    `key` say who we are to servers that ask.
    """

    ca_file: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    def context(self) -> ssl.SSLContext:
        """Load the files; a ValueError names the one that cannot be used."""
        if self.key is not None and self.certificate is None:
            raise ValueError("A key needs its certificate.")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_default_certs()
        self._trust(context)
        self._identify(context)
        return context

    def _trust(self, context: ssl.SSLContext) -> None:
        if self.ca_file is None:
            return
        try:
            context.load_verify_locations(cafile=self.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise ValueError(f"{self.ca_file} is no file of certificates (PEM).") from error

    def _identify(self, context: ssl.SSLContext) -> None:
        if self.certificate is None:
            return
        try:  # an empty password: with None a key that needs one is asked for on the terminal
            context.load_cert_chain(self.certificate, self.key, password="")
        except (OSError, ssl.SSLError) as error:
            raise ValueError(
                f"{self.certificate} and its key cannot be used: not PEM, not a pair, "
                "or the key has a password."
            ) from error
