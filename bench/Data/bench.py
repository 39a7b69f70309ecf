"""Whole epochs of holdfast.data against torch's DataLoader, packing against Pillow, and how long a pack takes to open. Writes Markdown.

    apt-get install python3-torch python3-pil
    ./run --build-only
    PYTHONPATH=python /usr/bin/python3 bench/Data/bench.py out/holdfast

Processor seconds of the process and of its workers, so that a busy machine does not count; everything in one run, on the same images.
"""

import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
from PIL import Image, ImageFilter

IMAGES, EPOCHS, ROUNDS, SIDE = 1000, 10, 3, 128


def main(program):
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        draw(folder / "images", (480, 640))
        (folder / "small").mkdir()
        for path in (folder / "images").iterdir():
            Image.open(path).resize((192, 256), Image.BILINEAR).save(folder / "small" / path.name, quality=90)
        size = sum(path.stat().st_size for path in (folder / "images").iterdir()) / IMAGES
        print(f"{IMAGES} photographs of 480 × 640, {size / 1e3:.0f} kB each; pre-resized ones of 192 × 256; batches of 64 images of {SIDE} × {SIDE}\n")
        packing(program, folder)
        loading(folder)
        opening(folder)


def draw(folder, size):
    """Scenes with colours, edges and grain, compressed as cameras do."""
    folder.mkdir()
    random = np.random.RandomState(0)
    for number in range(IMAGES):
        base, edges = (Image.fromarray(random.randint(0, 256, (*cells, 3)).astype(np.uint8)).resize(size, how) for cells, how in (((7, 5), Image.BICUBIC), ((23, 17), Image.NEAREST)))
        grain = Image.fromarray(random.randint(0, 256, (size[1], size[0], 3)).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.8))
        Image.blend(Image.blend(base, edges, 0.3), grain, 0.25).save(folder / f"{number:05}.jpg", quality=90)


def used():
    return sum(part.ru_utime + part.ru_stime for part in (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)))


def rates(images, *works):
    """Images for each processor second of each work, sorted; the works take turns, so that they see the same machine."""
    found = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, its in zip(works, found):
            begun = used()
            work()
            its.append(images / (used() - begun))
    return [sorted(its) for its in found]


def row(name, found, peer=None):
    middle = found[len(found) // 2]
    print(f"| {name} | {middle:,.0f} ({found[0]:,.0f}–{found[-1]:,.0f}) | {f'{middle / peer:.1f} ×' if peer else ''} |", flush=True)
    return middle


def packing(program, folder):
    print("| packing, images for each processor second: median (least–most) | | |\n| --- | ---: | ---: |")
    for size in ((256, 192), (SIDE, SIDE)):
        def pillow():
            out = np.lib.format.open_memmap(folder / "pillow.npy", mode="w+", dtype=np.uint8, shape=(IMAGES, *size, 3))
            paths = sorted((folder / "images").iterdir())
            # Two processes, as ours has two threads: where processors share a core, a second of one is worth less while the other works.
            children = []
            for half in range(2):
                child = os.fork()
                if child == 0:
                    for number in range(half, IMAGES, 2):
                        out[number] = np.asarray(Image.open(paths[number]).convert("RGB").resize(size[::-1], Image.BILINEAR))
                    os._exit(0)
                children.append(child)
            for child in children:
                os.waitpid(child, 0)

        def ours():
            subprocess.run(["rm", "-rf", folder / f"a{size[0]}.pack"], check=True)
            subprocess.run([program, "data", "pack", folder / "images", "--method", "squish", "--size", f"{size[0]}x{size[1]}", "-o", folder / f"a{size[0]}.pack"], check=True, stdout=subprocess.DEVNULL)

        theirs, packed = rates(IMAGES, pillow, ours)
        peer = row(f"Pillow in two processes, open and resize to {size[0]} × {size[1]}, into a .npy", theirs)
        row(f"`holdfast data pack --size {size[0]}x{size[1]}`, with start, hashes and syncing", packed, peer)
        same = np.abs(np.load(folder / "pillow.npy").astype(int) - np.load(folder / f"a{size[0]}.pack/pixels.npy")).mean()
        print(f"| mean difference of the two, of 255 | {same:.3f} | |")


class Files:
    """What torchvision's RandomHorizontalFlip, Resize and ToTensor do, call by call."""

    def __init__(self, folder):
        self.paths = sorted(folder.iterdir())

    def __len__(self):
        return len(self.paths)

    def __getitem__(self, at):
        import torch
        image = Image.open(self.paths[at]).convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)
        if torch.rand(1) < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        return torch.from_numpy(np.array(image)).permute(2, 0, 1).contiguous().to(torch.float32).div(255), at


def loading(folder):
    import torch

    import holdfast.data as hd
    print("\n| whole epochs, images for each processor second | | to the first |\n| --- | ---: | ---: |")

    def through(loader, epochs=1):
        return lambda: sum(len(x) for _ in range(epochs) for x, _ in loader)

    peers = [row(name, rates(IMAGES, through(torch.utils.data.DataLoader(Files(folder / where), batch_size=64, shuffle=True, num_workers=2)))[0])
             for name, where in (("torch DataLoader, 2 workers, Resize and ToTensor", "images"), ("the same on pre-resized JPEGs", "small"))]

    def ours(item, epochs, weighted=False):
        def work():
            # From the beginning each time: opened, weighted, and what is made once, made.
            src = hd.open(folder / "a256.pack")
            src._column("label")
            src._rows["label"] = ["a", "b"] * (IMAGES // 2)
            block, options = hd.DataBlock(split=hd.by_key([]), item=item), dict(bs=64, drop_last=False)
            loaders = block.weighted_dataloaders(src, hd.weights(src, power=-0.5), **options) if weighted else block.dataloaders(src, **options)
            through(loaders.train, epochs)()
        return work

    for name, item, epochs, weighted in (("hd.crop({}), shuffled", hd.crop(SIDE), EPOCHS, False), ("hd.crop({}), weighted", hd.crop(SIDE), EPOCHS, True),
                                         ("hd.resize({})", hd.resize(SIDE), EPOCHS, False), ("hd.resize({})", hd.resize(SIDE), 1, False)):
        middle = row(f"holdfast.data, {name.format(SIDE)}, {f'{epochs} epochs from the first on' if epochs > 1 else 'the first epoch alone'}", rates(IMAGES * epochs, ours(item, epochs, weighted))[0], peers[0])
        print(f"| … to the loader on pre-resized JPEGs | | {middle / peers[1]:.1f} × |")
    src = hd.open(folder / "a256.pack")
    numbers = np.random.permutation(IMAGES)
    row("the bytes alone: whole images out of the map", rates(IMAGES * EPOCHS, lambda: [src.pixels[numbers[begin:begin + 64]] for _ in range(EPOCHS) for begin in range(0, IMAGES, 64)])[0], peers[0])


def opening(folder):
    print("\n| opening a pack, with all keys and labels | median of 20 | memory |\n| --- | ---: | ---: |")
    script = """
import resource, sys, time
import holdfast.data as hd
hd.open(sys.argv[2]).labels
def resident(): return int(open("/proc/self/statm").read().split()[1]) * 4096 / 1e6
before, grown, whole, times = resident(), [], [], []
for _ in range(20):
    begun = time.perf_counter(); src = hd.open(sys.argv[1]); opened = time.perf_counter(); grown.append(resident() - before); read = time.perf_counter(); src.labels; times.append((opened - begun, opened - begun + time.perf_counter() - read))
    whole.append(resident() - before); del src
times.sort()
print(f"{times[10][0] * 1e3:.1f} ms, {times[10][1] * 1e3:.1f} ms with the manifest | {grown[0]:.1f} MB, {whole[0]:.1f} MB with the manifest")
"""
    for count, size in ((100, 256), (10_000, 32), (10_000, 256)):
        pack = folder / f"{count}x{size}.pack"
        pack.mkdir()
        np.lib.format.open_memmap(pack / "pixels.npy", mode="w+", dtype=np.uint8, shape=(count, size, 192, 3))
        (pack / "manifest.csv").write_text("key,path,label,split,weight,width,height,sha256\n" + "".join(f"{number}.jpg,c{number % 10}/{number}.jpg,c{number % 10},train,1,480,640,{number:064}\n" for number in range(count)))
        (pack / "pack.json").write_text((folder / "a256.pack/pack.json").read_text().replace(f'"count": {IMAGES}', f'"count": {count}').replace('"height": 256', f'"height": {size}'))
        ran = subprocess.run([sys.executable, "-c", script, str(pack), str(folder / "100x256.pack")], check=True, stdout=subprocess.PIPE, universal_newlines=True)
        print(f"| {count:,} images of {size} × 192, {count * size * 192 * 3 / 1e6:,.0f} MB | {ran.stdout.strip()} |", flush=True)


if __name__ == "__main__":
    begun = time.time()
    main(os.path.abspath(sys.argv[1]))
    print(f"\n{time.time() - begun:.0f} s; load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors", file=sys.stderr)
