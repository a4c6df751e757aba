"""Films and texts for the children, and a server that counts what is asked of it."""

from __future__ import annotations

import http.server
import threading
from pathlib import Path
from typing import Dict, Iterator, List

import pytest

from tests.films import make_film


class Counter(http.server.ThreadingHTTPServer):
    """Answers 404 to everything; ``asked`` are the paths."""

    def __init__(self) -> None:
        self.asked: List[str] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(http.server.BaseHTTPRequestHandler):
    server: Counter

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_error(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def server() -> Iterator[Counter]:
    with Counter() as counter:
        thread = threading.Thread(target=counter.serve_forever, daemon=True)
        thread.start()
        yield counter
        counter.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_film(tmp_path_factory.mktemp("films") / "film.mkv", audio=[], subtitles=[])


def texts(address: str) -> Dict[str, str]:
    """Texts that name something at this address, by the endings of films."""
    xml = '<?xml version="1.0" encoding="utf-8"?>\n'
    return {
        "playlist.mkv": f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{address}/a.ts\n#EXT-X-ENDLIST\n",
        "dash.mp4": f'{xml}<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" '
        'profiles="urn:mpeg:dash:profile:isoff-on-demand:2011" mediaPresentationDuration="PT9S">'
        f'<Period><AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1">'
        f"<BaseURL>{address}/b.mp4</BaseURL></Representation></AdaptationSet></Period></MPD>",
        "smooth.mkv": f'{xml}<smil xmlns="http://www.w3.org/2001/SMIL20/Language"><body><switch>'
        f'<video src="{address}/c.ismv" systemBitrate="1000"><param name="trackID" value="1" '
        'valuetype="data"/></video></switch></body></smil>',
        "cinema.mov": f'{xml}<AssetMap xmlns="http://www.smpte-ra.org/schemas/429-9/2007/AM">'
        "<Id>urn:uuid:1</Id><AssetList><Asset><Id>urn:uuid:2</Id><PackingList>true</PackingList>"
        f"<ChunkList><Chunk><Path>{address}/d.xml</Path></Chunk></ChunkList></Asset></AssetList></AssetMap>",
    }
