"""Tests of holdfast.data, with numpy only: tensors of torch are tried by the example's tests."""
import math
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import types
import unittest
import warnings

import numpy as np
import packs

import holdfast.data as hd
from holdfast.data import _transforms, _weights
from holdfast.data._level import Level

LABELS = ["blast", "blight", "tungro"] * 3 + ["blast"]
COUNT = len(LABELS)


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = pathlib.Path(self.folder.name)

    def pack(self, labels=LABELS, name="a.pack", **options):
        packs.write(self.path / name, labels, **options)
        return hd.open(self.path / name)

    def fails(self, kind, words, call, *arguments, **options):
        with self.assertRaises(kind) as raised:
            call(*arguments, **options)
        for word in [words] if isinstance(words, str) else words:
            self.assertIn(word, str(raised.exception))


class PackTests(Case):
    def test_pack_opened_gives_images_labels_and_keys(self):
        src = self.pack()
        self.assertEqual((COUNT, (12, 8), ["blast", "blight", "tungro"]), (len(src), src.size, src.vocab))
        self.assertEqual("003.jpg", src.keys[3])
        self.assertEqual(3, src.index("003.jpg"))
        self.assertTrue((src[3] // 3 >= 3).all() and src[3].shape == (12, 8, 3))
        self.assertEqual("/photographs/blast/000.jpg", src.paths[0])
        self.fails(KeyError, ["'9.jpg'", "'000.jpg'"], src.index, "9.jpg")

    def test_pack_of_any_size_is_mapped_and_not_read(self):
        pixels = self.path / "b.pack" / "pixels.npy"
        self.pack(name="b.pack")
        # A hole of four gigabytes is no pixel in memory.
        count, size = 30000, (220, 220)
        mapped = np.lib.format.open_memmap(pixels, mode="w+", dtype=np.uint8, shape=(count, *size, 3))
        del mapped
        info = (self.path / "b.pack" / "pack.json")
        info.write_text(info.read_text().replace('"count": 10', f'"count": {count}').replace('"height": 12, "width": 8', '"height": 220, "width": 220'))
        before = _resident()
        src = hd.open(self.path / "b.pack")
        self.assertEqual(0, int(src[count - 1].sum()))
        self.assertLess(_resident() - before, 4 << 20)

    def test_folder_that_is_no_pack_says_how_one_is_made(self):
        self.fails(FileNotFoundError, ["is no pack: it has no pack.json", "holdfast data pack DIR -o"], hd.open, self.path)

    def test_pack_whose_files_do_not_belong_together_says_what_to_do(self):
        self.pack()
        np.save(self.path / "a.pack" / "pixels.npy", np.zeros((3, 12, 8, 3), np.uint8))
        self.fails(ValueError, ["(3, 12, 8, 3)", "(10, 12, 8, 3)", "pack again"], hd.open, self.path / "a.pack")

    def test_manifest_with_a_row_too_few_is_refused(self):
        src = self.pack()
        manifest = self.path / "a.pack" / "manifest.csv"
        manifest.write_text("\n".join(manifest.read_text().splitlines()[:-1]) + "\n")
        self.fails(ValueError, ["has 9 rows, and the pack 10 images"], lambda: src.keys)

    def test_version_of_another_program_is_refused(self):
        self.pack()
        info = self.path / "a.pack" / "pack.json"
        info.write_text(info.read_text().replace('"version": 1', '"version": 7'))
        self.fails(ValueError, "version 7, and this package reads version 1", hd.open, self.path / "a.pack")

    @unittest.skipUnless(os.environ.get("HOLDFAST_PROGRAM"), "HOLDFAST_PROGRAM is not set")
    def test_pack_made_from_python_warns_of_what_is_left_out(self):
        from PIL import Image
        for name, colour in (("red/a.png", (200, 10, 10)), ("blue/b.png", (10, 10, 200))):
            (self.path / "images" / name).parent.mkdir(parents=True)
            Image.new("RGB", (40, 30), colour).save(self.path / "images" / name)
        (self.path / "images/red/c.jpg").write_bytes(b"no picture")
        with self.assertWarnsRegex(UserWarning, "red/c.jpg is left out: this is no JPEG and no PNG"):
            src = hd.pack(self.path / "images", size=(8, 12))
        self.assertEqual((["a.png", "b.png"], ["red", "blue"]), (src.keys, src.labels))
        self.assertEqual([10, 10, 200], src[1, 4, 6].tolist())
        self.fails(ValueError, "does not exist", hd.pack, self.path / "none", size=8)


class WeightTests(Case):
    def test_vector_of_numpys_legacy_stream(self):
        drawn = _weights.draw(np.array([3, 1, 2, 0, 5]) / 11, 20, np.random.RandomState(42))
        self.assertEqual([2, 4, 4, 4, 0, 0, 0, 4, 4, 4, 0, 4, 4, 0, 0, 0, 1, 2, 2, 1], drawn.tolist())
        self.assertEqual(np.random.RandomState(42).choice(5, 20, p=np.array([3, 1, 2, 0, 5]) / 11).tolist(), drawn.tolist())

    def test_power_of_counts(self):
        src = self.pack()
        w = hd.weights(src, power=-0.5)
        self.assertEqual((src.keys, 4 ** -0.5, 3 ** -0.5), (list(w), w["000.jpg"], w["001.jpg"]))

    def test_keyed_weights_in_another_order_are_the_same(self):
        src = self.pack()
        w = {key: float(at) for at, key in enumerate(src.keys)}
        backwards = dict(reversed(list(w.items())))
        self.assertEqual(list(range(COUNT)), hd.align(src, backwards).tolist())
        table = self.path / "w.csv"
        table.write_text("image_id,variety,weight\n" + "".join(f"{key},x,{weight}\n" for key, weight in backwards.items()))
        self.assertEqual(w, hd.weights(src, table))
        try:
            import pandas
        except ImportError:
            return
        self.assertEqual(list(range(COUNT)), hd.align(src, pandas.Series(backwards)).tolist())
        self.assertEqual(list(range(COUNT)), hd.align(src, pandas.Series(range(COUNT))).tolist())
        # fastai takes such a Series by its labels, and draws with the weights of other items.
        self.fails(ValueError, ["which are no keys and not in order", "set_index"], hd.align, src, pandas.Series(range(COUNT)).sort_values(ascending=False))
        self.fails(TypeError, "whole table", hd.align, src, pandas.DataFrame({"weight": range(COUNT)}))

    def test_eight_weights_for_ten_items_are_refused(self):
        self.fails(ValueError, ["8 weights for 10 items", "those for validation too"], hd.align, self.pack(), [1] * 8)

    def test_bad_weights_are_refused_when_given_and_by_name(self):
        src = self.pack()
        for bad, words in ((math.nan, "is nan, which is not a number"), (-1, "is -1.0, which is negative"), (math.inf, "which is infinite")):
            self.fails(ValueError, ["'004.jpg'", words], hd.align, src, [1] * 4 + [bad] + [1] * 5)
        self.fails(ValueError, "All 10 weights are 0", hd.align, src, [0] * 10)
        self.fails(ValueError, "not all numbers", hd.align, src, ["much"] * 10)

    def test_keys_that_are_missing_or_foreign_are_named(self):
        src = self.pack()
        w = dict.fromkeys(src.keys, 1.0)
        self.fails(ValueError, ["2 of 10 items have no weight: 003.jpg, 007.jpg"], hd.align, src, {key: 1 for key in w if key not in ("003.jpg", "007.jpg")})
        self.fails(ValueError, ["1 weights are for keys that the pack does not have: 3.jpg", "'000.jpg'"], hd.align, src, {**w, "3.jpg": 1})
        self.fails(ValueError, "10 of 10 items have no weight", hd.weights, src)

    def test_table_of_weights_names_line_and_fault(self):
        src, table = self.pack(), self.path / "w.csv"
        for text, words in (("key,weight\n000.jpg,1\n000.jpg,2\n", "w.csv:3: the key '000.jpg' is there twice"), ("key,weight\n000.jpg,much\n", "w.csv:2: the weight of '000.jpg' is 'much'"),
                            ("key,weight\n000.jpg,-1\n", "w.csv:2"), ("key,weight\n000.jpg\n", "w.csv:2: this row has 1 fields"), ("key,a,b\n", "no column 'weight' (it has key, a, b)")):
            table.write_text(text)
            self.fails(ValueError, words, hd.weights, src, table)

    def test_stored_weights_are_used(self):
        self.assertEqual([float(at) for at in range(COUNT)], list(hd.weights(self.pack(weights=list(range(COUNT)))).values()))

    def test_unlabelled_items_are_in_no_class(self):
        self.fails(ValueError, "1 of 3 items have no label, so they are in no class to count: 001.jpg", hd.weights, self.pack(["a", "", "b"]), power=-1)


class LoaderTests(Case):
    def numpy(self, block, kind, src, *arguments, **options):
        return getattr(block, kind)(src, *arguments, tensors="numpy", **options)

    def test_split_is_a_permutation_whose_first_part_is_for_validation(self):
        train, valid = hd.random(0.25, seed=42)(self.pack())
        order = np.random.RandomState(42).permutation(COUNT)
        self.assertEqual((order[2:].tolist(), order[:2].tolist()), (train.tolist(), valid.tolist()))
        self.fails(ValueError, "a share from 0 to below 1, not 1.5", hd.random, 1.5)

    def test_stored_split_and_split_by_key(self):
        src = self.pack(splits=["train", "valid"] * 5)
        self.assertEqual([1, 3, 5, 7, 9], hd.stored()(src)[1].tolist())
        self.assertEqual([2, 4], hd.by_key(["004.jpg", "002.jpg"])(src)[1].tolist())
        self.assertEqual([0], hd.by_key(lambda key: key < "001")(src)[1].tolist())
        self.fails(ValueError, ["10 of 10 items are in no part", "holdfast data split"], hd.stored(), self.pack(name="b.pack"))

    def test_weights_follow_the_training_part(self):
        src = self.pack()
        # Only what is for training and has a weight may come: 1 and 2 are for validation, 0 and 3 weigh nothing.
        w = [0, 9, 9, 0, 1, 1, 1, 1, 1, 1]
        block = hd.DataBlock(split=hd.by_key(["001.jpg", "002.jpg"]))
        dls = self.numpy(block, "weighted_dataloaders", src, w, bs=4, seed=42)
        seen = set()
        for _ in range(30):
            list(dls.train)
            seen |= set(dls.train.drawn.tolist())
        self.assertEqual({4, 5, 6, 7, 8, 9}, seen)

    def test_draws_of_an_epoch_are_the_vector(self):
        src = self.pack(["a"] * 20)
        w = [3, 1, 2, 0, 5] + [0] * 15
        dls = self.numpy(hd.DataBlock(split=hd.by_key([])), "weighted_dataloaders", src, w, bs=20, seed=42)
        list(dls.train)
        self.assertEqual([2, 4, 4, 4, 0, 0, 0, 4, 4, 4, 0, 4, 4, 0, 0, 0, 1, 2, 2, 1], dls.train.drawn.tolist())
        report = dls.train.report()
        self.assertEqual((1, 20, 4, 20, {"a": (20, 20)}), tuple(report))
        self.assertIn("epoch 1: 20 draws, 4 different items, 20% of 20", dls.train.summary())

    def test_an_epoch_by_the_root_of_counts_sees_about_62_percent(self):
        counts = [1764, 1738, 1594, 1442, 1088, 965, 620, 479, 380, 337]
        src = self.pack([f"class{at}" for at, count in enumerate(counts) for _ in range(count)], size=(2, 2))
        dls = self.numpy(hd.DataBlock(split=hd.random(0.2, seed=42)), "weighted_dataloaders", src, hd.weights(src, power=-0.5), bs=64, seed=1)
        self.assertEqual((8326, 2081), (dls.train.n, dls.valid.n))
        for _ in dls.train:
            pass
        self.assertAlmostEqual(0.62, dls.train.report().distinct / 8326, delta=0.01)

    def test_weights_that_leave_nothing_to_train_on_are_refused(self):
        block = hd.DataBlock(split=hd.by_key(["000.jpg"]))
        self.fails(ValueError, "All 9 items for training have the weight 0", self.numpy, block, "weighted_dataloaders", self.pack(), [1] + [0] * 9)

    def test_validation_is_whole_in_order_and_never_resampled(self):
        src = self.pack()
        dls = self.numpy(hd.DataBlock(split=hd.by_key(src.keys[2:7])), "weighted_dataloaders", src, [1] * 9 + [0], bs=2, seed=1)
        for _ in range(2):
            targets = np.concatenate([y for _, y in dls.valid])
            self.assertEqual([src.vocab.index(label) for label in src.labels[2:7]], targets.tolist())
        self.assertEqual(src.keys[2:7], dls.valid.keys)
        self.assertEqual([2, 2, 1], [len(y) for _, y in dls.valid])

    def test_training_drops_what_is_less_than_a_batch(self):
        src = self.pack()
        block = hd.DataBlock(split=hd.by_key([]))
        self.assertEqual([4, 4], [len(y) for _, y in self.numpy(block, "dataloaders", src, bs=4).train])
        self.assertEqual([4, 4, 2], [len(y) for _, y in self.numpy(block, "dataloaders", src, bs=4, drop_last=False).train])
        self.fails(ValueError, "10 draws are less than one batch of 64", self.numpy, block, "dataloaders", src)

    def test_every_kind_of_loaders_has_the_transforms(self):
        src = self.pack(size=(20, 16))
        block = hd.DataBlock(split=hd.random(0.2, seed=1), item=hd.resize(8))
        for kind, arguments in (("dataloaders", ()), ("weighted_dataloaders", ([1] * COUNT,)), ("partial_dataloaders", (6,))):
            dls = self.numpy(block, kind, src, *arguments, bs=2, seed=3)
            for loader in (dls.train, dls.valid, dls.test_dl(src)):
                x = loader.one_batch()[0]
                self.assertEqual((2, 3, 8, 8), x.shape)
                self.assertEqual(np.float32, x.dtype)
            everything = np.concatenate([x for x, in dls.test_dl(src)])
            # Normalised: without it the mean would be far above 0.
            self.assertAlmostEqual(0, float(everything.mean()), delta=0.05)

    def test_partial_epochs_are_other_items_each_time(self):
        dls = self.numpy(hd.DataBlock(split=hd.by_key([])), "partial_dataloaders", self.pack(), 4, bs=2, seed=3)
        first, second = ([len(list(dls.train)), sorted(dls.train.drawn.tolist())] for _ in range(2))
        self.assertEqual((2, 4), (first[0], len(set(first[1]))))
        self.assertNotEqual(first[1], second[1])
        self.fails(ValueError, "at least one item, not 0", self.numpy, hd.DataBlock(split=hd.by_key([])), "partial_dataloaders", self.pack(name="b.pack"), 0)

    def test_crops_are_random_in_training_and_centred_in_validation(self):
        src = self.pack(["a"] * 4, size=(10, 9))
        dls = self.numpy(hd.DataBlock(split=hd.by_key(["003.jpg"]), item=hd.crop(4, 3), flip=False, normalize=False), "dataloaders", src, bs=3, seed=0)
        x = dls.valid.one_batch()[0]
        self.assertTrue(np.allclose(src[3][3:7, 3:6].transpose(2, 0, 1) / 255, x[0], atol=1e-6))
        places = set()
        for _ in range(40):
            for x, _ in dls.train:
                number = dls.train.drawn[0]
                found = [(top, left) for top in range(7) for left in range(7) if np.allclose(src[number][top:top + 4, left:left + 3].transpose(2, 0, 1) / 255, x[0], atol=1e-6)]
                self.assertEqual(1, len(found))
                places.add(found[0])
        self.assertGreater(len(places), 15)
        self.fails(ValueError, "11 × 3 pixels cannot be cut out of images of 10 × 9", next, iter(self.numpy(hd.DataBlock(split=hd.by_key([]), item=hd.crop(11, 3)), "dataloaders", src, bs=2).train))

    def test_flips_are_of_whole_pixels_and_only_in_training(self):
        src = self.pack(["a"] * 8, size=(6, 5))
        dls = self.numpy(hd.DataBlock(split=hd.by_key(src.keys[4:]), flip="both", normalize=False), "dataloaders", src, bs=4, seed=0)
        kinds = set()
        for _ in range(20):
            x, _ = next(iter(dls.train))
            for image, number in zip(x, dls.train.drawn):
                plain = src[number].transpose(2, 0, 1) / 255
                kinds |= {name for name, flipped in (("plain", plain), ("mirrored", plain[..., ::-1]), ("upturned", plain[:, ::-1]), ("turned", plain[:, ::-1, ::-1])) if np.allclose(image, flipped, atol=1e-6)}
        self.assertEqual({"plain", "mirrored", "upturned", "turned"}, kinds)
        self.assertTrue(all(np.allclose(src[4 + at].transpose(2, 0, 1) / 255, image, atol=1e-6) for at, image in enumerate(dls.valid.one_batch()[0])))

    def test_the_same_seed_gives_the_same_bytes(self):
        src = self.pack(size=(20, 16))
        block = hd.DataBlock(split=hd.random(0.2, seed=1), item=hd.resize(8))
        runs = [[x.tobytes() for _ in range(2) for x, _ in self.numpy(block, "weighted_dataloaders", src, [1] * COUNT, bs=2, seed=5).train] for _ in range(2)]
        self.assertEqual(runs[0], runs[1])
        dls = self.numpy(block, "weighted_dataloaders", src, [1] * COUNT, bs=2, seed=5)
        dls.one_batch()
        self.assertEqual(runs[0][0], next(iter(dls.train))[0].tobytes())
        # A seed that was not given can be asked for.
        free = self.numpy(block, "dataloaders", src, bs=2)
        again = self.numpy(block, "dataloaders", src, bs=2, seed=free.train.seed)
        self.assertEqual([y.tolist() for _, y in free.train], [y.tolist() for _, y in again.train])

    def test_resize_is_pillows_within_rounding(self):
        try:
            from PIL import Image
        except ImportError:
            self.skipTest("python3-pil is not installed")
        random = np.random.RandomState(0)
        batch = np.array([np.asarray(Image.fromarray(random.randint(0, 256, (9, 7, 3)).astype(np.uint8)).resize((60, 80), Image.BICUBIC)) for _ in range(3)])
        for size in ((40, 30), (17, 23), (80, 60), (100, 90)):
            ours = _transforms.scale(batch, size).astype(int)
            theirs = np.array([np.asarray(Image.fromarray(image).resize(size[::-1], Image.BILINEAR)) for image in batch]).astype(int)
            self.assertLess(np.abs(ours - theirs).mean(), 0.5)
            self.assertLess(np.abs(ours - theirs).max(), 4)

    def test_resized_images_are_kept_without_a_name_and_cut_out_of_the_whole(self):
        src = self.pack(["a"] * 6, size=(40, 24))
        dls = self.numpy(hd.DataBlock(split=hd.by_key(src.keys[4:]), item=hd.resize(16), flip=False, normalize=False), "dataloaders", src, bs=4, seed=0)
        whole = _transforms.scale(src.pixels, (27, 16)).transpose(0, 3, 1, 2) / 255
        places = set()
        for _ in range(12):
            x, _ = next(iter(dls.train))
            for number, image in zip(dls.train.drawn, x):
                found = [top for top in range(12) if np.allclose(whole[number, :, top:top + 16], image, atol=1e-6)]
                self.assertEqual(1, len(found))
                places.add(found[0])
        self.assertGreater(len(places), 6)
        self.assertEqual([True] * 4, src.level((27, 16))._there[:4].tolist())
        for image, number in zip(dls.valid.one_batch()[0], (4, 5)):
            self.assertTrue(any(np.allclose(whole[number, :, top:top + 16], image, atol=1e-6) for top in (5, 6)))
        self.assertEqual({"manifest.csv", "pack.json", "pixels.npy"}, set(os.listdir(src.path)))

    def test_resized_images_that_a_disk_does_not_take_are_made_each_time(self):
        src = self.pack(["a"] * 6, size=(40, 24))
        numbers = np.array([3, 0, 3, 5])
        expected = _transforms.scale(src.pixels[numbers], (27, 16))

        def taken(level):
            images, places = level.take(numbers)
            return images[places]
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        for when in ("before", "after"):
            level = Level(src, (27, 16)) if when == "after" else None
            resource.setrlimit(resource.RLIMIT_FSIZE, (27 * 16 * 3 * 2, limits[1]))
            try:
                level = level or Level(src, (27, 16))
                self.assertTrue((expected == taken(level)).all())
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            self.assertIsNone(level._kept)
            self.assertTrue((expected == taken(level)).all())
        kept = Level(src, (27, 16))
        self.assertTrue((expected == taken(kept)).all() and (expected == taken(kept)).all())
        self.assertIsNotNone(kept._kept)
        self.assertIsNone(Level(src, (80, 48))._kept)

    def test_items_without_label_and_options_that_are_none_are_named(self):
        block = hd.DataBlock(split=hd.by_key([]))
        self.fails(ValueError, ["1 items have no label: 001.jpg", "--labels FILE.csv"], self.numpy, block, "dataloaders", self.pack(["a", "", "b"], name="b.pack"), bs=1)
        self.fails(TypeError, "num_workers: no such option", self.numpy, block, "dataloaders", self.pack(), num_workers=2)
        self.fails(ValueError, "tensors is 'torch' or 'numpy', not 'jax'", block.dataloaders, hd.open(self.path / "a.pack"), tensors="jax")
        self.fails(ValueError, "leaves nothing for training", self.numpy, hd.DataBlock(split=hd.by_key(lambda key: True)), "dataloaders", hd.open(self.path / "a.pack"))
        self.fails(ValueError, "flip is True, False or 'both', not 'sideways'", hd.DataBlock, flip="sideways")

    def test_numpy_is_enough(self):
        self.pack()
        script = "import sys; sys.modules['torch'] = None\nimport holdfast.data as hd\nsrc = hd.open(sys.argv[1])\nprint(type(hd.DataBlock(split=hd.random(0.2, seed=1)).dataloaders(src, bs=2, tensors='numpy').one_batch()[0]).__name__)"
        ran = subprocess.run([sys.executable, "-c", script, str(self.path / "a.pack")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertEqual(("ndarray\n", ""), (ran.stdout, ran.stderr))

    def test_the_package_without_data_needs_no_numpy(self):
        ran = subprocess.run([sys.executable, "-c", "import sys; sys.modules['numpy'] = None\nimport holdfast\nimport holdfast.data"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)
        self.assertIn("ImportError: holdfast.data needs numpy", ran.stderr)


class ResultTests(Case):
    def setUp(self):
        super().setUp()
        self.src = self.pack(["a"] * 6 + ["b"] * 2)
        self.block = hd.DataBlock(split=hd.by_key(["005.jpg", "007.jpg"]))

    def loaders(self, weights):
        return self.block.weighted_dataloaders(self.src, weights, bs=2, seed=1, tensors="numpy")

    def test_prior_is_taken_back_to_the_datas(self):
        # For training: five of a, one of b. Weighted so that both are drawn equally often.
        dls = self.loaders([1] * 6 + [5, 5])
        corrected = dls.correct_prior([[0.5, 0.5], [0.1, 0.9]])
        self.assertTrue(np.allclose([[5 / 6, 1 / 6], [0.5 / 1.4, 0.9 / 1.4]], np.asarray(corrected)))
        self.assertEqual((["005.jpg", "007.jpg"], ["a", "b"]), (corrected.keys, corrected.labels))
        # With weights by class that is p / w, scaled to 1.
        by_class = np.array([[0.5, 0.5], [0.1, 0.9]]) / [1, 5]
        self.assertTrue(np.allclose(by_class / by_class.sum(axis=1, keepdims=True), np.asarray(corrected)))

    def test_prior_of_plain_loaders_stays(self):
        dls = self.block.dataloaders(self.src, bs=2, tensors="numpy")
        self.assertTrue(np.allclose([[0.5, 0.5], [0.1, 0.9]], np.asarray(dls.correct_prior([[0.5, 0.5], [0.1, 0.9]]))))

    def test_prior_of_a_model_that_never_saw_a_label_is_refused(self):
        dls = self.loaders([1] * 6 + [0, 1])
        self.fails(ValueError, "The label 'b' was never drawn in training", dls.correct_prior, [[0.5, 0.5]] * 2)
        self.fails(ValueError, ["shape (3, 2) for 2 items and 2 labels"], dls.correct_prior, [[0.5, 0.5]] * 3)
        self.fails(ValueError, "softmax", dls.correct_prior, [[-1, 2]] * 2)

    def test_predictions_for_a_test_set_know_its_keys(self):
        test = self.pack(["", "", ""], name="test.pack", names="t{}.jpg")
        dls = self.loaders([1] * 8)
        loader = dls.test_dl(test)
        self.assertEqual([(2, 3, 12, 8), (1, 3, 12, 8)], [x.shape for x, in loader])
        corrected = dls.correct_prior([[0.9, 0.1], [0.1, 0.9], [0.6, 0.4]])
        sample = self.path / "sample.csv"
        sample.write_text("image_id,label\nt2.jpg,\nt0.jpg,\nt1.jpg,\n")
        hd.submission(self.path / "subm.csv", corrected, sample=sample)
        self.assertEqual("image_id,label\nt2.jpg,a\nt0.jpg,a\nt1.jpg,b\n", (self.path / "subm.csv").read_text())

    def test_submission_that_does_not_fit_the_sample_is_refused_and_not_written(self):
        sample = self.path / "sample.csv"
        sample.write_text("id,what\nx,\ny,\n")
        self.fails(ValueError, ["wants 2 keys", "1 are not predicted: y", "1 are predicted and not wanted: z"], hd.submission, self.path / "subm.csv", ["a", "b"], keys=["x", "z"], sample=sample)
        self.fails(ValueError, "2 predictions for 1 keys", hd.submission, self.path / "subm.csv", ["a", "b"], keys=["x"])
        self.fails(ValueError, "keys=test.keys", hd.submission, self.path / "subm.csv", ["a", "b"])
        self.fails(ValueError, "vocab=dls.vocab", hd.submission, self.path / "subm.csv", np.eye(2), keys=["x", "y"])
        self.assertEqual(["a.pack", "sample.csv"], sorted(os.listdir(self.path)))
        hd.submission(self.path / "subm.csv", np.eye(2), keys=["x", "y"], vocab=["no", "yes"], sample=sample)
        self.assertEqual("id,what\nx,no\ny,yes\n", (self.path / "subm.csv").read_text())

    def test_confusion_counts_actual_by_row_and_predicted_by_column(self):
        confusion = hd.confusion([0, 0, 0, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.9, 0.1]], ["a", "b"])
        self.assertEqual([[2, 1], [1, 0]], confusion.matrix.tolist())
        self.assertEqual((0.5, {"a": 2 / 3, "b": 0.0}, {"a": 2 / 3, "b": 0.0}), (confusion.error_rate, confusion.recall, confusion.precision))
        self.assertEqual([("a", "b", 1), ("b", "a", 1)], confusion.most_confused())
        self.assertIn("error rate 50.0%", str(confusion))
        self.fails(ValueError, "1 predictions for 2 items", hd.confusion, [0, 1], [0], ["a", "b"])

    def test_top_losses_are_the_worst_first(self):
        dls = self.loaders([1] * 8)
        worst = hd.top_losses([[0.25, 0.75], [0.2, 0.8]], dls.valid)
        self.assertEqual(("005.jpg", "a", "b"), worst[0][:3])
        self.assertAlmostEqual(-math.log(0.25), worst[0].loss)
        self.assertEqual("007.jpg", worst[1].key)
        self.fails(ValueError, "(1, 2) for 2 items", hd.top_losses, [[1, 0]], dls.valid)


class FastaiTests(Case):
    """The parts of fastai 2's protocol that its Learner uses of a DataLoaders and of the loaders in it (fastai/data/core.py, fastai/learner.py)."""

    def setUp(self):
        super().setUp()
        core, torch = types.ModuleType("fastai.data.core"), types.ModuleType("torch")

        class FastaiLoaders:
            def __init__(self, *loaders, path=".", device=None):
                self.loaders, self.path = list(loaders), path
                if device is not None:
                    self.device = device
                    for loader in loaders:
                        loader.to(device)

            def __getitem__(self, at):
                return self.loaders[at]

            train, valid = property(lambda self: self[0]), property(lambda self: self[1])
            train_ds, valid_ds = property(lambda self: self[0].dataset), property(lambda self: self[1].dataset)

            def __getattr__(self, name):
                if name.startswith("_") or name == "loaders":
                    raise AttributeError(name)
                return getattr(self.train, name)

        core.DataLoaders = FastaiLoaders
        torch.from_numpy = lambda values: types.SimpleNamespace(numpy=values, to=lambda device: types.SimpleNamespace(numpy=values))
        torch.device = lambda name: types.SimpleNamespace(type=name.split(":")[0])
        torch.cuda = types.SimpleNamespace(is_available=lambda: False)
        for name, module in (("fastai", types.ModuleType("fastai")), ("fastai.data", types.ModuleType("fastai.data")), ("fastai.data.core", core), ("torch", torch)):
            self._put(name, module)

    def _put(self, name, module):
        kept = sys.modules.get(name)
        sys.modules[name] = module
        self.addCleanup(lambda: sys.modules.__setitem__(name, kept) if kept is not None else sys.modules.pop(name))

    def test_a_learner_fits_validates_and_predicts(self):
        src = self.pack()
        dls = hd.DataBlock(split=hd.random(0.3, seed=1)).weighted_dataloaders(src, [1] * COUNT, bs=2, seed=1, tensors="torch").to_fastai()
        self.assertEqual((3, src.vocab, "cpu"), (dls.c, dls.vocab, dls.device))
        self.assertIsNone(getattr(dls.train_ds, "loss_func", None))
        for loader, drops in ((dls.train, True), (dls.valid, False)):
            count = 0
            for number, batch in enumerate(loader):
                # Learner._split
                inputs = getattr(dls, "n_inp", 1 if len(batch) == 1 else len(batch) - 1)
                (x,), (y,) = batch[:inputs], batch[inputs:]
                self.assertEqual((len(y.numpy), 3, 12, 8), x.numpy.shape)
                count += 1
            self.assertEqual(len(loader), count)
        # Learner.get_preds
        predicted = dls[0].new(shuffle=False, drop_last=False)
        self.assertEqual(predicted.targets.tolist(), np.concatenate([y.numpy for _, y in predicted]).tolist())
        self.assertEqual((len(dls.train_ds), (12, 8, 3)), (7, dls.train_ds[0][0].shape))

    def test_numpy_loaders_and_a_missing_fastai_are_said(self):
        src = self.pack()
        self.fails(ValueError, "tensors='torch'", hd.DataBlock(split=hd.random(0.3)).dataloaders(src, bs=2, tensors="numpy").to_fastai)
        self._put("fastai.data.core", None)
        sys.modules["fastai.data.core"] = None
        self.fails(ImportError, "fastai is not installed", hd.DataBlock(split=hd.random(0.3)).dataloaders(src, bs=2, tensors="torch").to_fastai)


def _resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    warnings.simplefilter("error", ResourceWarning)
    unittest.main()
