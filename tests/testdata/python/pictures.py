"""A folder of pictures of many kinds, and what Pillow makes of a packed one.

python3 pictures.py make FOLDER: writes them.
python3 pictures.py compare PACK: for each image of the pack its key and the mean and largest difference to Pillow's, of 255.
"""
import csv
import io
import json
import pathlib
import sys

import numpy as np
from PIL import Image, ImageFilter, ImageOps


def scene(seed, width, height):
    """Smooth colours, edges and grain, as a photograph has them, and no symmetry."""
    random = np.random.RandomState(seed)
    base = Image.fromarray(random.randint(0, 256, (7, 5, 3)).astype(np.uint8)).resize((width, height), Image.BICUBIC)
    edges = Image.fromarray(random.randint(0, 256, (23, 17, 3)).astype(np.uint8)).resize((width, height), Image.NEAREST)
    grain = Image.fromarray(random.randint(0, 256, (height, width, 3)).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))
    return Image.blend(Image.blend(base, edges, 0.3), grain, 0.2)


def exif(orientation):
    data = Image.Exif()
    data[0x0112] = orientation
    return data.tobytes()


def make(folder):
    folder = pathlib.Path(folder)
    for name in ("plain", "turned", "kinds", "shapes", "broken"):
        (folder / name).mkdir(parents=True)
    for seed in range(6):
        scene(seed, 480, 640).save(folder / f"plain/{seed}.jpg", quality=90)
    for orientation in range(1, 9):
        scene(10 + orientation, 480, 640).save(folder / f"turned/o{orientation}.jpg", quality=90, exif=exif(orientation))
    scene(20, 300, 400).save(folder / "turned/o6.png", exif=exif(6))
    picture = scene(30, 400, 500)
    picture.save(folder / "kinds/progressive.jpg", progressive=True, quality=85)
    picture.save(folder / "kinds/444.JPEG", subsampling=0)
    picture.save(folder / "kinds/422.jpg", subsampling=1)
    picture.convert("L").save(folder / "kinds/grey.jpg")
    picture.convert("CMYK").save(folder / "kinds/cmyk.jpg")
    picture.save(folder / "kinds/rgb.png")
    picture.convert("L").save(folder / "kinds/grey.png")
    picture.convert("P").save(folder / "kinds/palette.png")
    alpha = picture.convert("RGBA")
    alpha.putalpha(Image.linear_gradient("L").resize(picture.size))
    alpha.save(folder / "kinds/alpha.png")
    data = io.BytesIO()
    picture.save(data, "JPEG")
    junk = data.getvalue()
    (folder / "kinds/junk.jpg").write_bytes(junk[:2] + b"\xff\xfe\x00\x04ab" + b"\x00\x01" + junk[2:])
    scene(40, 1600, 2200).save(folder / "shapes/large.jpg", quality=85)
    scene(41, 1531, 977).save(folder / "shapes/wide.jpg")
    scene(42, 91, 57).save(folder / "shapes/small.jpg")
    scene(43, 1, 1).save(folder / "shapes/dot.png")
    whole = (folder / "plain/0.jpg").read_bytes()
    (folder / "broken/half.jpg").write_bytes(whole[:len(whole) // 2])
    (folder / "broken/text.jpg").write_text("not found\n")
    (folder / "broken/empty.png").write_bytes(b"")
    half = (folder / "kinds/rgb.png").read_bytes()
    (folder / "broken/half.png").write_bytes(half[:len(half) // 2])
    Image.new("P", (8, 8)).save(folder / "broken/gif.jpg", "GIF")


def compare(pack):
    pack = pathlib.Path(pack)
    info = json.loads((pack / "pack.json").read_text())
    pixels = np.load(pack / "pixels.npy", mmap_mode="r")
    size = (info["width"], info["height"])
    filters = {"bilinear": Image.BILINEAR, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS}
    fit = {"crop": lambda image: ImageOps.fit(image, size, method=how), "squish": lambda image: image.resize(size, how), "pad": lambda image: ImageOps.pad(image, size, method=how)}[info["method"]]
    how = filters[info["filter"]]
    with (pack / "manifest.csv").open(newline="") as file:
        for row, ours in zip(csv.DictReader(file), pixels):
            image = ImageOps.exif_transpose(Image.open(pathlib.Path(info["source"]) / row["path"])).convert("RGB")
            assert (int(row["width"]), int(row["height"])) == image.size, row
            difference = np.abs(ours.astype(int) - np.asarray(fit(image)))
            print(row["key"], round(difference.mean(), 4), difference.max())


{"make": make, "compare": compare}[sys.argv[1]](sys.argv[2])
