"""Looks into a film or a sound in a limited child: run by `inspecting` through `core.limited`, never imported.

The length is measured packet by packet, since a header can say anything. Stops with `truncated`, `corrupt`,
`polyglot`, `wrong_duration` (said, seconds), `too_many_pixels` (width, height), `no_stream`.
"""

import io
from fractions import Fraction
from typing import IO, Any

import av

from core.files.inspection.bounded import bounded
from core.files.inspection.boxes import Broken, film_seconds
from core.files.inspection.markers import ends_as_zip, head_is_pdf, markup_in
from core.limited.child import Stop

TOLERANCE = 2.0  # seconds between header and content: sound and picture seldom end together
TOLERANCE_SHARE = 0.05


def work(file: IO[bytes], form: str, max_pixels: int) -> dict[str, Any]:
    """Length, codecs, dimensions and tags. form: the demuxer, `mov` or `mp3`; no other is tried."""
    size = file.seek(0, io.SEEK_END)
    said, fragments = said_by_header(file, size) if form == "mov" else (0.0, True)
    if head_is_pdf(file) or ends_as_zip(file, size) or markup_in(file):
        raise Stop("polyglot")
    file.seek(0)
    with av.open(file, "r", format=form, metadata_errors="ignore") as film:
        picture = next((s for s in film.streams.video if not s.disposition & av.stream.Disposition.attached_pic), None)
        sound = next(iter(film.streams.audio), None)
        if (picture if form == "mov" else sound) is None:
            raise Stop("no_stream")
        width, height = shown_size(film, picture, max_pixels) if picture else (0, 0)
        if form == "mp3":
            next(film.decode(sound))
        film.seek(0)
        seconds = measured(film, [stream for stream in (picture, sound) if stream])
        tags = dict(film.metadata)
        for stream in film.streams:
            tags = dict(stream.metadata) | tags
    if seconds <= 0:
        raise Stop("corrupt")
    if not (said == 0 and fragments) and abs(said - seconds) > max(TOLERANCE, TOLERANCE_SHARE * seconds):
        raise Stop("wrong_duration", said=round(said, 1), seconds=round(seconds, 1))
    return {
        "width": width,
        "height": height,
        "seconds": round(seconds, 3),
        "video_codec": picture.codec_context.codec.canonical_name if picture else "",
        "audio_codec": sound.codec_context.codec.canonical_name if sound else "",
        "metadata": bounded(tags.items()),
    }


def said_by_header(file: IO[bytes], size: int) -> tuple[float, bool]:
    """The length the header gives; the boxes are whole."""
    try:
        return film_seconds(file, size)
    except Broken as broken:
        raise Stop(broken.code) from broken


def shown_size(film: Any, picture: Any, max_pixels: int) -> tuple[int, int]:
    """Width and height as a player shows them, of a first picture that really decodes."""
    context = picture.codec_context
    if context.width * context.height > max_pixels:
        raise Stop("too_many_pixels", width=context.width, height=context.height)
    context.thread_count = 1
    frame = next(film.decode(picture))
    return (frame.height, frame.width) if frame.rotation % 180 else (frame.width, frame.height)


def measured(film: Any, streams: list[Any]) -> float:
    """Seconds from the first packet to the end of the last."""
    begins: dict[int, int] = {}
    ends: dict[int, int] = {}
    for packet in film.demux(streams):
        at = packet.dts if packet.pts is None else packet.pts
        if packet.size and at is not None:
            index = packet.stream.index
            begins[index] = min(begins.get(index, at), at)
            ends[index] = max(ends.get(index, at), at + (packet.duration or 0))
    bases = {stream.index: stream.time_base or Fraction(1, 1000) for stream in streams}
    if not ends:
        return 0.0
    begin = min(max(0.0, float(at * bases[index])) for index, at in begins.items())
    return max(float(at * bases[index]) for index, at in ends.items()) - begin
