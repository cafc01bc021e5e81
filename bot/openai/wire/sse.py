"""Server-sent events: bytes in, data texts out. Pure, so that any split of the bytes can be tested.

Only `data` fields matter to this API; comments, `event`, `id` and `retry` are passed over. What
stands after the last line break is an event too once the stream has ended (`end`), since some
servers leave out the closing blank line.
"""

from bot.openai.errors import APIResponseValidationError

LONGEST_EVENT = 16 * 1024 * 1024  # bytes
BOM = b"\xef\xbb\xbf"


class SSEDecoder:
    """Turn chunks of a body into the data of its events, however the chunks were cut."""

    def __init__(self, longest_event: int = LONGEST_EVENT) -> None:
        self._longest = longest_event
        self._line: list[bytes] = []  # pieces of the line that is not complete yet
        self._data: list[bytes] = []  # data fields of the event that is not complete yet
        self._size = 0
        self._after_cr = False
        self._started = False

    def feed(self, chunk: bytes) -> list[str]:
        """Return the data of each event that `chunk` completes."""
        if self._is_one_event(chunk):
            return [chunk[6:-2].decode("utf-8", "replace")]
        if not self._started:
            chunk = self._without_bom(chunk)
        if self._after_cr and chunk:
            chunk = chunk.removeprefix(b"\n")
            self._after_cr = False
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return self._take(chunk)

    def end(self) -> list[str]:
        """Return the event that the end of the stream completes, if any."""
        return self._take(b"\n\n")

    def _is_one_event(self, chunk: bytes) -> bool:
        """Tell whether `chunk` is one whole event, as nearly all are: no need to take it apart."""
        return (
            chunk.startswith(b"data: ")
            and chunk.endswith(b"\n\n")
            and chunk.find(b"\n") == len(chunk) - 2
            and b"\r" not in chunk
            and not (self._line or self._data)
            and len(chunk) <= self._longest
        )

    def _without_bom(self, chunk: bytes) -> bytes:
        start = b"".join((*self._line, chunk))
        self._line.clear()
        self._size = 0
        if BOM.startswith(start) and start != BOM:
            return start  # too short to tell; joined with what follows
        self._started = True
        return start.removeprefix(BOM)

    def _take(self, chunk: bytes) -> list[str]:
        first, *others = chunk.split(b"\n")
        self._grow(first)
        if not others:
            return []
        *lines, rest = others
        events = self._end_line(b"".join(self._line))
        for line in lines:
            self._size += len(line)
            events += self._end_line(line)
        self._line.clear()
        self._grow(rest)
        return events

    def _grow(self, piece: bytes) -> None:
        if piece:
            self._line.append(piece)
            self._size += len(piece)
        self._check()

    def _end_line(self, line: bytes) -> list[str]:
        if line:
            name, _, value = line.partition(b":")
            if name == b"data":
                self._data.append(value.removeprefix(b" "))
            else:
                self._size -= len(line)
            self._check()
            return []
        if not self._data:
            return []
        data = b"\n".join(self._data).decode("utf-8", "replace")
        self._data.clear()
        self._size = 0
        return [data]

    def _check(self) -> None:
        if self._size > self._longest:
            raise APIResponseValidationError(
                f"The server sent an event of more than {self._longest} bytes."
            )
