"""Draws photographs of leaves with ten diseases, so that the example has nothing to download. Needs numpy and Pillow.

    python3 make_leaves.py photographs --images 1600 --seed 1

makes photographs/train/DISEASE/*.jpg, photographs/test/*.jpg, photographs/sample_submission.csv, and photographs/test_labels.csv, which a competition would keep
to itself. The diseases are as unbalanced as those of real fields; some cameras were held askew, which only EXIF says; one in fifty is labelled wrong; three files are broken.
"""

import argparse
import csv
import pathlib

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SHARES = {"healthy": 25, "blast": 20, "brown_spot": 16, "blight": 12, "hispa": 9, "tungro": 7, "rust": 4.5, "ring_spot": 3, "mildew": 2, "scald": 1.5}
WIDTH, HEIGHT = 240, 320
ORIENTATIONS = {3: Image.ROTATE_180, 6: Image.ROTATE_90, 8: Image.ROTATE_270}


def draw(disease, random):
    """One photograph, upright."""
    soil = random.integers(60, 110, (20, 15, 1)) + random.integers(-12, 12, (20, 15, 3)) + np.array([20, 5, -15])
    picture = Image.fromarray(np.clip(soil, 0, 255).astype(np.uint8)).resize((WIDTH, HEIGHT), Image.BICUBIC)
    green = np.array([random.integers(50, 90), random.integers(120, 165), random.integers(40, 70)])
    if disease == "tungro":
        green = green + np.array([95, 45, 0]) * random.uniform(0.2, 1)
    leaf = Image.new("RGB", (WIDTH, HEIGHT), tuple(int(value) for value in green))
    pen = ImageDraw.Draw(leaf)
    half, top, bottom = random.integers(38, 62), random.integers(8, 30), HEIGHT - random.integers(8, 30)
    middle = WIDTH // 2
    for vein in range(-5, 6):
        shade = tuple(int(value * (0.86 if vein else 1.25)) for value in np.minimum(green, 200))
        pen.line((middle + vein * half // 6, top, middle + vein * half // 6, bottom), fill=shade, width=3 if vein == 0 else 1)
    _symptoms(disease, pen, random, green, middle, half, top, bottom)
    leaf = leaf.filter(ImageFilter.GaussianBlur(0.7))
    shape = Image.new("L", (WIDTH, HEIGHT), 0)
    ImageDraw.Draw(shape).ellipse((middle - half, top, middle + half, bottom), fill=255)
    angle, shift = random.uniform(-25, 25), (int(random.integers(-25, 26)), int(random.integers(-15, 16)))
    leaf, shape = (image.rotate(angle, Image.BICUBIC, translate=shift) for image in (leaf, shape))
    picture.paste(leaf, mask=shape)
    light = np.linspace(random.uniform(0.7, 1.0), random.uniform(0.9, 1.2), WIDTH)[None, :, None]
    pixels = np.asarray(picture) * light + random.normal(0, 14, (HEIGHT, WIDTH, 3))
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _symptoms(disease, pen, random, green, middle, half, top, bottom):
    # In its first days a disease is pale and has few spots.
    severity = random.uniform(0.15, 1)

    def places(least, most):
        for _ in range(max(2, round(random.integers(least, most + 1) * severity))):
            yield middle + random.uniform(-0.75, 0.75) * half, random.uniform(top + 0.12 * HEIGHT, bottom - 0.12 * HEIGHT)

    def spot(x, y, across, along, colour):
        pen.ellipse((x - across, y - along, x + across, y + along), fill=colour)

    def pale(*colour):
        return tuple(int(value) for value in green + (np.array(colour) - green) * (0.3 + 0.6 * severity))

    brown, dark, straw, white = pale(105, 65, 35), pale(60, 38, 25), pale(205, 180, 120), pale(224, 226, 216)
    if disease == "blast":
        for x, y in places(4, 9):
            size = random.uniform(4, 8)
            pen.polygon([(x, y - 3 * size), (x + size, y), (x, y + 3 * size), (x - size, y)], fill=brown)
            spot(x, y, size * 0.4, size, pale(190, 185, 165))
    elif disease == "brown_spot":
        for x, y in places(12, 24):
            size = random.uniform(3, 7)
            spot(x, y, size, size, brown)
    elif disease == "ring_spot":
        for x, y in places(9, 18):
            size = random.uniform(4, 7)
            spot(x, y, size, size, brown)
            spot(x, y, size * 0.6, size * 0.6, straw)
            spot(x, y, size * 0.25, size * 0.25, dark)
    elif disease == "blight":
        for x, _ in places(2, 4):
            pen.line((x, top, x + random.uniform(-8, 8), bottom), fill=straw, width=int(4 + random.uniform(3, 9) * severity))
    elif disease == "scald":
        for y in np.arange(top + random.uniform(0, 50), bottom, random.uniform(18, 24) / severity):
            pen.line((middle - half, y, middle + half, y + random.uniform(-6, 6)), fill=straw, width=int(random.integers(5, 9)))
    elif disease == "hispa":
        for x, y in places(10, 18):
            pen.line((x, y - random.uniform(8, 22), x, y + random.uniform(8, 22)), fill=white, width=2)
    elif disease == "rust":
        for x, y in places(45, 90):
            spot(x, y, 2.2, 2.2, pale(190, 95, 30))
    elif disease == "mildew":
        for x, y in places(7, 14):
            spot(x, y, random.uniform(4, 9), random.uniform(4, 9), white)


def _save(picture, path, random):
    exif = Image.Exif()
    if random.random() < 0.15:
        # As the camera's sensor has it; the tag says how to turn it.
        orientation = int(random.choice(list(ORIENTATIONS)))
        picture, exif[0x0112] = picture.transpose(ORIENTATIONS[orientation]), orientation
    picture.save(path, quality=88, exif=exif.tobytes())


def make(folder, images=1600, seed=1):
    """Makes the photographs; gives the number of those for training."""
    folder, random = pathlib.Path(folder), np.random.default_rng(seed)
    total = sum(SHARES.values())
    numbers = iter(random.permutation(90000) + 10000)
    count = 0
    for disease, share in SHARES.items():
        (folder / "train" / disease).mkdir(parents=True, exist_ok=True)
        for _ in range(round(images * share / total)):
            # Whoever labelled them was tired now and then.
            shown = disease if random.random() > 0.02 else random.choice(list(SHARES))
            _save(draw(shown, random), folder / "train" / disease / f"{next(numbers)}.jpg", random)
            count += 1
    (folder / "test").mkdir(exist_ok=True)
    truth = {}
    for disease in random.choice(list(SHARES), images // 10, p=np.array(list(SHARES.values())) / total):
        name = f"{next(numbers)}.jpg"
        _save(draw(disease, random), folder / "test" / name, random)
        truth[name] = disease
    for name, column in (("sample_submission.csv", lambda disease: ""), ("test_labels.csv", lambda disease: disease)):
        with (folder / name).open("w", newline="") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["image_id", "label"])
            rows.writerows([name, column(disease)] for name, disease in truth.items())
    whole = next((folder / "train" / "blast").glob("*.jpg")).read_bytes()
    (folder / "train/blast/cut_off.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "train/blight/not_found.jpg").write_text("<html><title>404 Not Found</title></html>\n")
    (folder / "train/healthy/empty.jpg").write_bytes(b"")
    return count


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("--images", type=int, default=1600, help="for training; a tenth more for the test (default 1600)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(make(options.folder, options.images, options.seed), "photographs for training")
