"""Carries bytes between a socket on the disk and a port of this machine, both ways, until one side is done."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from threading import Event

PIECE = 65_536


async def serve_unix(path: Path, port: int) -> asyncio.Server:
    """A door at `path` that leads to the port."""

    async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _joined(reader, writer, lambda: asyncio.open_connection("127.0.0.1", port))

    return await asyncio.start_unix_server(come, path)


async def serve_tcp(port: int, path: str, ready: Event) -> None:
    """A port that leads to the door at `path`, for as long as the program runs."""

    async def come(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _joined(reader, writer, lambda: asyncio.open_unix_connection(path))

    server = await asyncio.start_server(come, "127.0.0.1", port)
    ready.set()
    await server.serve_forever()


async def _joined(reader, writer, opened) -> None:  # type: ignore[no-untyped-def]
    try:
        there, back = await opened()
    except OSError:
        writer.close()
        return
    await asyncio.gather(_carried(reader, back), _carried(there, writer))


async def _carried(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(PIECE):
            writer.write(piece)
            await writer.drain()
    with suppress(OSError):
        writer.close()
