"""Draws a film anew for a page: a poster, and at most 720p in H.264 and AAC. Read by the child."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import IO, Any

import av
from av.filter import Graph
from PIL import Image

SHORT_SIDE = 720
RATE = 30  # frames a second at most
SOUND = 44_100


def poster_of(file: IO[bytes], seconds: float) -> Image.Image | None:
    """A picture from a tenth of the way in, since films begin black; None of a sound alone."""
    file.seek(0)
    with av.open(file, "r", format="mov", metadata_errors="ignore") as film:
        picture = picture_of(film)
        if picture is None:
            return None
        if seconds > 5:
            film.seek(int(seconds / 10 / (picture.time_base or Fraction(1, 1000))), stream=picture)
        frame = next(film.decode(picture))
        return frame.to_image().rotate(frame.rotation, expand=True)


def transcode(file: IO[bytes], path: Path, progress: Callable[[float], None]) -> tuple[int, int]:
    """Nothing but picture and sound, drawn anew into `path`; width and height."""
    file.seek(0)
    with (
        av.open(file, "r", format="mov", metadata_errors="ignore") as film,
        av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as out,
    ):
        picture, sound = picture_of(film), next(iter(film.streams.audio), None)
        if picture is None:
            raise ValueError("no picture")
        first = next(film.decode(picture))
        film.seek(0)
        graph, size = graph_of(picture, first)
        video: Any = out.add_stream("libx264", rate=RATE, options={"preset": "veryfast", "crf": "26"})
        video.width, video.height, video.pix_fmt = *size, "yuv420p"
        video.codec_context.time_base = picture.time_base
        audio: Any = None
        if sound:
            layout = "mono" if sound.codec_context.layout.nb_channels == 1 else "stereo"
            audio = out.add_stream("aac", rate=SOUND, layout=layout)
            audio.bit_rate = 96_000
        last = -1
        frames: Iterator[Any] = film.decode([stream for stream in (picture, sound) if stream])
        for frame in frames:
            if isinstance(frame, av.AudioFrame):
                out.mux(audio.encode(frame))
                continue
            progress(float(frame.time or 0))
            graph.push(frame)
            for small in drawn(graph):
                if small.pts is not None and small.pts > last:
                    last, small.pict_type = small.pts, av.video.frame.PictureType.NONE
                    out.mux(video.encode(small))
        out.mux(video.encode(None))
        if audio:
            out.mux(audio.encode(None))
    return size


def picture_of(film: Any) -> Any:
    """The stream of pictures; a song's cover is none."""
    cover = av.stream.Disposition.attached_pic
    return next((stream for stream in film.streams.video if not stream.disposition & cover), None)


def graph_of(picture: Any, first: Any) -> tuple[Graph, tuple[int, int]]:
    """What every frame goes through: upright, no faster than RATE, no larger than SHORT_SIDE; and the size."""
    turned = {90: "cclock", 270: "clock", -90: "clock"}.get(round(first.rotation))
    width, height = (first.height, first.width) if turned else (first.width, first.height)
    share = min(1.0, SHORT_SIDE / max(1, min(width, height)))
    size = max(2, round(width * share / 2) * 2), max(2, round(height * share / 2) * 2)
    steps = [("transpose", f"dir={turned}")] if turned else []
    steps += [("hflip", ""), ("vflip", "")] if round(abs(first.rotation)) == 180 else []
    if (picture.average_rate or 0) > RATE + 1:
        steps.append(("fps", f"fps={RATE}"))
    steps += [("scale", f"w={size[0]}:h={size[1]}"), ("format", "pix_fmts=yuv420p")]
    graph = Graph()
    nodes = [graph.add_buffer(template=picture), *(graph.add(*step) for step in steps), graph.add("buffersink")]
    graph.link_nodes(*nodes).configure()
    return graph, size


def drawn(graph: Graph) -> Iterator[Any]:
    """The frames that are ready."""
    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            yield graph.pull()
