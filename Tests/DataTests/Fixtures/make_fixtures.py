# SPDX-License-Identifier: MIT
"""Makes the fixtures beside it: small images, and what Pillow makes of them.

    python3 make_fixtures.py

Needs NumPy and a Pillow before 13; written with Pillow 12.3.0, libjpeg-turbo 3.1, NumPy 2.4.6, seed 20200823.
Pillow 13 began to do the vertical pass of a resize first where that is faster (its pull request 9549), which
changes values by a few levels wherever the height shrinks much more than the width. Published re-ID numbers
were made with earlier versions, horizontal pass first; so are these fixtures.

`images.json` lists the source images and the cases. All sources, and the results of all cases of one
operation, lie behind each other in one PNG file of a single row, so that there are few files.
"""

import json
import pathlib
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, ImageEnhance, ImageOps

assert int(PIL.__version__.split(".")[0]) < 13, "see above: a Pillow before 13 is needed"

FOLDER = pathlib.Path(__file__).parent
random = np.random.default_rng(20200823)


def source_images():
    """Fourteen images: noise, waves, edges, and the degenerate ones on which look-up tables go wrong."""

    def waves(height, width):
        y, x = np.mgrid[0:height, 0:width]
        phases = random.uniform(0, 6, 3)
        frequencies = random.uniform(0.1, 0.9, (3, 2))
        planes = [127 + 120 * np.sin(f[0] * y + f[1] * x + p) for f, p in zip(frequencies, phases)]
        return np.stack(planes, -1)

    def noise(height, width, low=0, high=256):
        return random.integers(low, high, (height, width, 3))

    steps = np.zeros((24, 16, 3))
    steps[4:18, 3:11] = (250, 120, 7)
    steps[9:12] = 255
    ramp = np.broadcast_to(np.linspace(0, 255, 21)[None, :, None], (18, 21, 3))
    skewed = random.integers(0, 256, (24, 24, 3)) ** 2 // 255
    skewed[:14] = 3
    return {
        "noise": noise(20, 12), "noise-wide": noise(9, 31), "noise-square": noise(16, 16),
        "noise-dim": noise(22, 14, 90, 131), "waves": waves(32, 16), "waves-wide": waves(13, 29),
        "waves-odd": waves(27, 11), "steps": steps, "ramp": ramp, "skewed": skewed,
        "constant": np.full((12, 10, 3), (200, 100, 50)), "two-levels": 40 + 150 * noise(15, 13, 0, 2),
        "row": noise(1, 17), "tiny": noise(2, 3),
    }


def enhanced(kind):
    return lambda image, factor: kind(image).enhance(factor)


def rotated(image, degrees):
    """The rotation of the published auto-augment code: grey shows where the turned image does not cover."""
    turned = image.convert("RGBA").rotate(degrees)
    return Image.composite(turned, Image.new("RGBA", turned.size, (128,) * 4), turned).convert("RGB")


def sheared(image, slope):
    return image.transform(
        image.size, Image.Transform.AFFINE, (1, slope, 0, 0, 1, 0), Image.Resampling.BICUBIC,
        fillcolor=(128,) * 3,
    )


# Operation, how Pillow does it, and the parameters to try: every magnitude and sign that the 25-entry policy has.
OPERATIONS = {
    "rotate": (rotated, [m * 10 / 3 for m in (3, 8, 9)]),
    "shear": (sheared, [5 / 30, -5 / 30]),
    "colour": (enhanced(ImageEnhance.Color), [1 + m / 10 for m in (0, 2, -2, 4, -4, 8, -8)]),
    "contrast": (enhanced(ImageEnhance.Contrast), [1.8, 1 - 0.8]),
    "sharpness": (enhanced(ImageEnhance.Sharpness), [1.7, 1 - 0.7]),
    "posterize": (lambda image, bits: ImageOps.posterize(image, int(bits)), [4, 5, 6]),
    "solarize": (ImageOps.solarize, [256 - 256 * m / 9 for m in (3, 4, 5, 7, 8)]),
    "autocontrast": (lambda image, _: ImageOps.autocontrast(image), [0]),
    "equalize": (lambda image, _: ImageOps.equalize(image), [0]),
    "invert": (lambda image, _: ImageOps.invert(image), [0]),
    "flip": (lambda image, _: ImageOps.mirror(image), [0]),
}
# Width and height: enlarged, shrunk, one of each, one axis kept, and extremes.
SIZES = [(24, 48), (7, 9), (23, 8), (6, 37), (16, 40), (33, 16), (1, 1)]
# What becomes of an image of the wanted size: whether it is mirrored, the first row and column of the cut from the
# padded image, counted from the image's own, and the erased rectangle (top, left, height, width), if any.
PLACED_SIZE, PADDING = (10, 20), 5
PLACES = [
    (False, 0, 0, None), (True, 0, 0, (0, 0, 19, 9)), (False, -5, 5, (4, 3, 9, 6)), (True, 5, -5, None),
    (True, -2, -1, (13, 8, 7, 2)),
]
MEAN, DEVIATION = (np.float32(values) for values in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))


def placed(image, mirrored, top, left, erased):
    """Flip, pad, crop, normalise and erase, as the re-identification codes do: the last in normalised units."""
    width, height = PLACED_SIZE
    image = image.resize(PLACED_SIZE, Image.Resampling.BICUBIC)
    image = ImageOps.mirror(image) if mirrored else image
    image = ImageOps.expand(image, border=PADDING, fill=0)
    image = image.crop((left + PADDING, top + PADDING, left + PADDING + width, top + PADDING + height))
    values = (np.asarray(image, np.float32) / np.float32(255) - MEAN) / DEVIATION
    if erased:
        first, start, rows, columns = erased
        values[first:first + rows, start:start + columns] = MEAN
    return values


def save_row(name, arrays):
    flat = np.concatenate([np.asarray(a, np.uint8).reshape(-1, 3) for a in arrays])
    Image.fromarray(flat[None]).save(FOLDER / f"{name}.png", optimize=True)


def main():
    sources = {
        name: Image.fromarray(np.asarray(pixels, np.uint8)) for name, pixels in source_images().items()
    }
    cases = {}
    save_row("sources", sources.values())
    for name, (operation, parameters) in OPERATIONS.items():
        save_row(name, [operation(image, p) for p in parameters for image in sources.values()])
        cases[name] = parameters
    # The bytes of single-precision numbers, as if they were levels.
    save_row("placed", [placed(image, *place).view(np.uint8) for place in PLACES for image in sources.values()])
    save_row("resize", [
        image.resize(size, Image.Resampling.BICUBIC) for size in SIZES for image in sources.values()
    ])
    manifest = {
        "sources": [
            {"name": name, "width": image.width, "height": image.height} for name, image in sources.items()
        ],
        "sizes": [{"width": width, "height": height} for width, height in SIZES],
        "operations": cases,
        "placed": {
            "width": PLACED_SIZE[0], "height": PLACED_SIZE[1],
            "places": [
                {"mirrored": mirrored, "top": top, "left": left, "erased": erased}
                for mirrored, top, left, erased in PLACES
            ],
        },
    }
    (FOLDER / "images.json").write_text(json.dumps(manifest, indent=1) + "\n")
    files(sources)


def files(sources):
    """Image files of every kind that datasets hold, and Pillow's reading of them as RGB."""
    picture = sources["waves"]
    wide = sources["waves-wide"]
    exif = Image.Exif()
    exif[0x0112] = 6  # orientation: turned by 90°
    palette = picture.quantize(32)
    transparent = picture.convert("RGBA")
    transparent.putalpha(sources["noise"].convert("L").resize(picture.size))
    kinds = {
        "baseline.jpg": (picture, {}), "odd.jpg": (wide, {}),
        "fine.jpg": (picture, {"subsampling": 0, "quality": 95}),
        "progressive.jpg": (wide, {"progressive": True}), "grey.jpg": (picture.convert("L"), {}),
        "cmyk.jpg": (picture.convert("CMYK"), {}), "turned.jpg": (wide, {"exif": exif}),
        "rgb.png": (wide, {}), "rgba.png": (transparent, {}), "palette.png": (palette, {}),
        "grey.png": (wide.convert("L"), {}), "grey-alpha.png": (transparent.convert("LA"), {}),
        "bilevel.png": (wide.convert("1"), {}),
    }
    (FOLDER / "files").mkdir(exist_ok=True)
    results = []
    for name, (image, options) in kinds.items():
        image.save(FOLDER / "files" / name, **options)
        results.append(np.asarray(Image.open(FOLDER / "files" / name).convert("RGB")))
    # A gamma that Pillow does not apply, between the header and the data.
    data = (FOLDER / "files" / "rgb.png").read_bytes()
    body = b"gAMA" + struct.pack(">I", 100000)
    chunk = struct.pack(">I", 4) + body + struct.pack(">I", zlib.crc32(body))
    (FOLDER / "files" / "gamma.png").write_bytes(data[:33] + chunk + data[33:])
    results.append(np.asarray(Image.open(FOLDER / "files" / "gamma.png").convert("RGB")))
    save_row("files", results)
    names = list(kinds) + ["gamma.png"]
    listed = [{"name": n, "width": r.shape[1], "height": r.shape[0]} for n, r in zip(names, results)]
    (FOLDER / "files.json").write_text(json.dumps(listed, indent=1) + "\n")


if __name__ == "__main__":
    main()
