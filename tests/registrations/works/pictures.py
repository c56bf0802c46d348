"""Made pictures for tests and benches: soft colours with shapes on them, or clouds; and what a copier does to one."""

import io
import random
from collections.abc import Callable

from PIL import Image, ImageDraw, ImageEnhance, ImageOps

SIZE = (400, 300)


def picture(seed: int, size: tuple[int, int] = SIZE) -> Image.Image:
    """A picture of its own for every seed."""
    chance = random.Random(seed)
    return _shapes(chance, size) if seed % 2 else _clouds(chance, size)


def png(image: Image.Image) -> bytes:
    """As a file."""
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def jpeg(image: Image.Image, quality: int) -> Image.Image:
    """Encoded and read back."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality)
    return Image.open(out)


def cut(image: Image.Image, left: float, top: float, right: float, bottom: float) -> Image.Image:
    """Without these shares of its width and height at the edges."""
    width, height = image.size
    return image.crop((int(left * width), int(top * height), int((1 - right) * width), int((1 - bottom) * height)))


def labelled(image: Image.Image) -> Image.Image:
    """With a small white label in a corner."""
    copy = image.copy()
    ImageDraw.Draw(copy).rectangle((image.width * 0.8, 6, image.width * 0.97, image.height * 0.1), fill="white")
    return copy


EDITS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "recompressed": lambda image: jpeg(image, 30),
    "a third of the size": lambda image: image.resize((image.width // 3, image.height // 3)),
    "stretched": lambda image: image.resize((300, 300)),
    "more contrast": lambda image: ImageEnhance.Contrast(image).enhance(1.3),
    "grey": lambda image: image.convert("L"),
    "labelled": labelled,
    "mirrored": ImageOps.mirror,
    "cut by 5 % all round": lambda image: cut(image, 0.05, 0.05, 0.05, 0.05),
    "cut by a tenth at the corner": lambda image: jpeg(cut(image, 0.1, 0.1, 0, 0), 60),
}


def _shapes(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    image = _noise(chance, "RGB", (chance.randint(2, 5), chance.randint(2, 5))).resize(size, Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(3, 14)):
        x, y, side = chance.randrange(size[0]), chance.randrange(size[1]), chance.randint(10, 130)
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        colour = tuple(chance.randrange(256) for _ in range(3))
        shape((x, y, x + side, y + int(side * chance.uniform(0.3, 1.5))), fill=colour)
    return image


def _clouds(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Noise of every scale, the finer the fainter, as photographs have it."""
    image = Image.new("L", size, 128)
    for scale in (2, 4, 8, 16, 32, 64):
        layer = _noise(chance, "L", (scale + 1, scale * 3 // 4 + 1)).resize(size, Image.Resampling.BICUBIC)
        image = Image.blend(image, layer, 0.6 if scale == 2 else 0.45)
    return ImageOps.autocontrast(image).convert("RGB")


def _noise(chance: random.Random, mode: str, size: tuple[int, int]) -> Image.Image:
    return Image.frombytes(mode, size, chance.randbytes(size[0] * size[1] * len(mode)))
