"""Make data/photos from the sample pictures of scikit-image, scikit-learn and SciPy.

For development only. Needs scikit-image and scikit-learn, and pip for SciPy 1.11.4, the last
release that carried its picture in the wheel. Prints the table for data/SOURCES.md.

    python training/make_photos.py
"""

from __future__ import annotations

import bz2
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from PIL import Image

TARGET = Path(__file__).parents[1] / "data" / "photos"
MAX_SIDE = 800  # pixels
MAX_BYTES = 200_000
QUALITIES = (90, 85, 80, 75, 70)  # of the JPEG; the first that fits in MAX_BYTES is taken

COLUMNS = (
    "file",
    "title",
    "author and source",
    "licence",
    "ImageNet labels that fit",
    "pixels",
    "bytes",
    "sha256",
)


def scikit_image(file: str) -> Image.Image:
    """Open a picture that scikit-image ships."""
    return Image.open(package_folder("skimage") / "data" / file)


def scikit_learn(file: str) -> Image.Image:
    """Open a picture that scikit-learn ships."""
    return Image.open(package_folder("sklearn") / "datasets" / "images" / file)


def scipy_face(file: str) -> Image.Image:
    """Open SciPy's raccoon, 768 x 1024 pixels of raw RGB packed with bzip2."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--dest",
                folder,
                "--only-binary=:all:",
                "--python-version=3.11",
                "scipy==1.11.4",
            ],
            check=True,
        )
        (wheel,) = Path(folder).glob("scipy-*.whl")
        with zipfile.ZipFile(wheel) as archive:
            raw = bz2.decompress(archive.read(f"scipy/misc/{file}"))
    return Image.frombytes("RGB", (1024, 768), raw)


@dataclass(frozen=True, slots=True)
class Photo:
    """One sample photo.

    Attributes:
        name: File name in data/photos.
        title: What is to be seen.
        origin: Author and where the packages say it comes from.
        license: Licence or public-domain statement of the package it is taken from.
        labels: ImageNet-1k classes that name its main object; none where no class does.
        read: Opens the picture in its package.
        file: Its name there.
    """

    name: str
    title: str
    origin: str
    license: str
    labels: tuple[str, ...]
    read: Callable[[str], Image.Image]
    file: str


PHOTOS = (
    Photo(
        "astronaut.jpg",
        "Astronaut Eileen Collins before a flag and a model of the Space Shuttle",
        "NASA Great Images, https://flic.kr/p/r9qvLn, through scikit-image (`astronaut`)",
        "public domain",
        (),
        scikit_image,
        "astronaut.png",
    ),
    Photo(
        "brick_wall.jpg",
        "Brick wall, in grey",
        "CC0Textures, Bricks25, through scikit-image (`brick`)",
        "CC0 1.0",
        (),
        scikit_image,
        "brick.png",
    ),
    Photo(
        "cat.jpg",
        "Chelsea the cat, ginger with stripes",
        "Stefan van der Walt, through scikit-image (`chelsea`)",
        "CC0 1.0",
        ("tabby cat", "tiger cat"),
        scikit_image,
        "chelsea.png",
    ),
    Photo(
        "coffee.jpg",
        "Cup of espresso on a wooden table",
        "Rachel Michetti, courtesy of Pikolo Espresso Bar, through scikit-image (`coffee`)",
        "CC0 1.0",
        ("espresso", "tea cup", "coffee mug"),
        scikit_image,
        "coffee.png",
    ),
    Photo(
        "coins.jpg",
        "Greek coins from Pompeii on a grey ground",
        "Brooklyn Museum Collection, image 51611, through scikit-image (`coins`)",
        "no known copyright restrictions",
        (),
        scikit_image,
        "coins.png",
    ),
    Photo(
        "galaxies.jpg",
        "Hubble eXtreme Deep Field",
        "NASA, HubbleSite release 2012-37, through scikit-image (`hubble_deep_field`)",
        "public domain",
        (),
        scikit_image,
        "hubble_deep_field.jpg",
    ),
    Photo(
        "palace.jpg",
        "Tower pavilion of the Summer Palace in Beijing, above a lake",
        "danielbuechele, https://www.flickr.com/photos/danielbuechele/6061409035, through "
        "scikit-learn (`china.jpg`); compressed anew",
        "CC BY 2.0",
        ("palace",),
        scikit_learn,
        "china.jpg",
    ),
    Photo(
        "photographer.jpg",
        "Photographer with a camera on a tripod, in grey",
        "Lav Varshney, through scikit-image (`camera`)",
        "CC0 1.0",
        ("tripod", "reflex camera"),
        scikit_image,
        "camera.png",
    ),
    Photo(
        "raccoon.jpg",
        "Raccoon among green leaves",
        "public-domain-image.com, raccoon-procyon-lotor, through SciPy 1.11.4 (`face`)",
        "public domain",
        (),
        scipy_face,
        "face.dat",
    ),
    Photo(
        "rocket.jpg",
        "Falcon 9 with DSCOVR on its launch pad at dusk",
        "SpaceX Photos, https://www.flickr.com/photos/spacexphotos/16511594820, through "
        "scikit-image (`rocket`)",
        "public domain",
        ("missile (rocket with a warhead)", "missile (projectile)"),
        scikit_image,
        "rocket.jpg",
    ),
    Photo(
        "wall_clock.jpg",
        "Wall clock, blurred beyond its hands by the moving camera, in grey",
        "Stefan van der Walt, through scikit-image (`clock`)",
        "public domain",
        ("wall clock", "analog clock"),
        scikit_image,
        "clock_motion.png",
    ),
)


def package_folder(package: str) -> Path:
    """Folder of an installed package, without importing it."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"'{package}' isn't installed: pip install scikit-image scikit-learn")
    return Path(spec.submodule_search_locations[0])


def to_jpeg(picture: Image.Image) -> bytes:
    """Encode a picture within MAX_SIDE and MAX_BYTES; grey stays grey, metadata is left out."""
    picture = picture.convert("L" if picture.mode == "L" else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    for quality in QUALITIES:
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() <= MAX_BYTES:
            return buffer.getvalue()
    raise SystemExit(f"No quality in {QUALITIES} gives at most {MAX_BYTES} bytes.")


def main() -> None:
    """Write every photo, and print its row of the table."""
    TARGET.mkdir(parents=True, exist_ok=True)
    lines = ["| " + " | ".join(COLUMNS) + " |", "| --- " * len(COLUMNS) + "|"]
    for photo in PHOTOS:
        content = to_jpeg(photo.read(photo.file))
        (TARGET / photo.name).write_bytes(content)
        width, height = Image.open(io.BytesIO(content)).size
        cells = (
            f"`{photo.name}`",
            photo.title,
            photo.origin,
            photo.license,
            ", ".join(photo.labels) or "none",
            f"{width} x {height}",
            f"{len(content):,}",
            f"`{hashlib.sha256(content).hexdigest()}`",
        )
        lines.append(f"| {' | '.join(cells)} |")
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
