import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

import holdfast

VARIABLES = ("HOLDFAST_OUTPUT", "HOLDFAST_PARAMETERS", "HOLDFAST_SHARD_INDEX", "HOLDFAST_SHARD_COUNT", "HOLDFAST_RESUME_FROM", "AIP_MODEL_DIR")


class Job(unittest.TestCase):
    def setUp(self):
        for name in VARIABLES:
            os.environ.pop(name, None)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name).resolve()
        os.environ["HOLDFAST_OUTPUT"] = str(self.folder / "out")

    def lines(self):
        return [json.loads(line) for line in (self.folder / "out" / "metrics.jsonl").read_text().splitlines()]

    def checkpoints(self):
        return sorted(os.listdir(self.folder / "out" / "checkpoints"))


class Environment(Job):
    def test_params_are_the_defaults_and_over_them_what_was_given(self):
        self.assertEqual({"lr": 0.1, "epochs": 3}, holdfast.params({"lr": 0.1}, epochs=3))
        os.environ["HOLDFAST_PARAMETERS"] = '{"epochs": 20, "tags": ["a"]}'
        self.assertEqual({"lr": 0.1, "epochs": 20, "tags": ["a"]}, holdfast.params(lr=0.1, epochs=3))
        for bad in ("{", "[1]"):
            os.environ["HOLDFAST_PARAMETERS"] = bad
            self.assertRaises(ValueError, holdfast.params)

    def test_outside_of_a_job_output_is_in_the_current_folder(self):
        del os.environ["HOLDFAST_OUTPUT"]
        before = os.getcwd()
        os.chdir(self.folder)
        try:
            self.assertEqual(self.folder / "holdfast-output" / "plots" / "a.png", holdfast.output("plots", "a.png"))
            self.assertTrue((self.folder / "holdfast-output" / "plots").is_dir())
        finally:
            os.chdir(before)

    def test_model_dir_is_made(self):
        self.assertEqual(self.folder / "out" / "model", holdfast.model_dir())
        os.environ["AIP_MODEL_DIR"] = str(self.folder / "elsewhere")
        self.assertEqual(self.folder / "elsewhere", holdfast.model_dir())
        self.assertTrue((self.folder / "elsewhere").is_dir())

    def test_shares_of_all_copies_are_the_whole(self):
        self.assertEqual((0, 1), holdfast.shard())
        self.assertEqual([1, 2, 3], holdfast.shard([1, 2, 3]))
        os.environ["HOLDFAST_SHARD_COUNT"] = "3"
        for items in (list(range(10)), range(10), (number for number in range(10)), dict.fromkeys(range(10))):
            items = items if hasattr(items, "__len__") else list(items)
            shares = []
            for index in range(3):
                os.environ["HOLDFAST_SHARD_INDEX"] = str(index)
                self.assertEqual((index, 3), holdfast.shard())
                shares.extend(holdfast.shard(items))
            self.assertEqual(list(range(10)), sorted(shares))
        self.assertEqual([2, 5], holdfast.shard(iter(range(6))))
        os.environ["HOLDFAST_SHARD_INDEX"] = "3"
        self.assertRaises(ValueError, holdfast.shard)


class Metrics(Job):
    def test_a_line_has_time_step_and_numbers(self):
        holdfast.log(step=3, loss=0.5, count=7)
        holdfast.log(accuracy=1)
        first, second = self.lines()
        self.assertEqual({"step": 3, "loss": 0.5, "count": 7}, {name: first[name] for name in first if name not in ("time", "run")})
        self.assertGreater(first["time"], 1.6e9)
        self.assertEqual(["time", "run", "accuracy"], list(second))

    def test_what_json_has_no_number_for_is_text(self):
        holdfast.log(a=float("nan"), b=float("inf"), c=-float("inf"))
        line = self.lines()[0]
        self.assertEqual(["NaN", "Infinity", "-Infinity"], [line[name] for name in "abc"])

    def test_numbers_of_numpy_are_numbers(self):
        try:
            import numpy
        except ImportError:
            self.skipTest("numpy is missing")
        holdfast.log(step=numpy.int64(2), loss=numpy.float32(0.25), one=numpy.array([3.0]), odd=numpy.float64("nan"))
        line = self.lines()[0]
        self.assertEqual([2, 0.25, 3.0, "NaN"], [line[name] for name in ("step", "loss", "one", "odd")])

    def test_what_is_no_number_is_refused_by_name(self):
        self.assertRaisesRegex(TypeError, "loss", holdfast.log, loss="much")
        self.assertRaisesRegex(TypeError, "loss", holdfast.log, loss=[1, 2])
        self.assertRaisesRegex(ValueError, "time", holdfast.log, time=1)

    def test_a_later_process_has_a_higher_run(self):
        holdfast.log(step=1, loss=1)
        holdfast.log(step=2, loss=1)
        subprocess.run([sys.executable, "-c", "import holdfast; holdfast.log(step=1, loss=2)"], check=True)
        first, second, third = [line["run"] for line in self.lines()]
        self.assertEqual(first, second)
        self.assertGreater(third, second)

    def test_a_line_that_was_cut_off_does_not_take_the_next_with_it(self):
        path = holdfast.output("metrics.jsonl")
        path.write_text('{"time":1,"lo')
        holdfast.log(loss=2)
        self.assertEqual(2, json.loads(path.read_text().splitlines()[1])["loss"])

    def test_threads_and_processes_at_once_leave_whole_lines(self):
        script = "import holdfast\nfor step in range(500): holdfast.log(step=step, loss=step / 7)"
        others = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(2)]
        threads = [threading.Thread(target=lambda: [holdfast.log(step=step, other=1) for step in range(500)]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([0, 0], [other.wait(30) for other in others])
        self.assertEqual(2500, len(self.lines()))


class Checkpoints(Job):
    def test_a_function_or_files_become_a_complete_checkpoint(self):
        source = self.folder / "weights"
        source.write_bytes(b"123")
        first = holdfast.checkpoint.save(1, {"a/weights": source, "text": "words", "bytes": b"\0"})
        second = holdfast.checkpoint.save(20, lambda folder: (folder / "state").write_text("s"))
        self.assertEqual([1, 20], [found.step for found in holdfast.checkpoint.all()])
        self.assertEqual(second.path, holdfast.checkpoint.latest().path)
        self.assertEqual("s", Path(holdfast.checkpoint.latest(), "state").read_text())
        self.assertEqual({"a/weights": 3, "text": 5, "bytes": 1}, json.loads((first / "complete").read_text())["files"])
        self.assertEqual(["1", "20"], self.checkpoints())
        self.assertTrue(holdfast.checkpoint.complete(first))

    def test_a_failing_function_leaves_nothing(self):
        self.assertRaises(ZeroDivisionError, holdfast.checkpoint.save, 1, lambda folder: 1 / 0)
        self.assertEqual([], self.checkpoints())
        self.assertIsNone(holdfast.checkpoint.latest())

    def test_what_lacks_its_marker_or_a_file_is_not_complete(self):
        holdfast.checkpoint.save(1, {"a": "1"})
        cut = holdfast.checkpoint.save(2, {"a": "22"})
        (cut / "a").write_text("2")
        (cut.path.parent / "3").mkdir()
        (cut.path.parent / "4").mkdir()
        (cut.path.parent / "4" / "complete").write_text('{"step": 4')
        self.assertEqual(1, holdfast.checkpoint.latest().step)

    def test_a_step_saved_again_takes_the_place_of_the_first(self):
        holdfast.checkpoint.save(5, {"a": "old"})
        for text in ("new", "newest"):
            saved = holdfast.checkpoint.save(5, {"a": text})
            self.assertEqual(text, (holdfast.checkpoint.latest() / "a").read_text())
        self.assertEqual([saved.path.name], self.checkpoints())

    def test_keep_prunes_the_lowest_and_never_the_one_just_saved(self):
        for step in (1, 2, 30, 4):
            holdfast.checkpoint.save(step, {"a": "x"}, keep=2)
        self.assertEqual(["30", "4"], self.checkpoints())
        holdfast.checkpoint.save(3, {"a": "x"}, keep=1)
        self.assertEqual(["3", "30"], self.checkpoints())

    def test_what_is_not_complete_does_not_count_as_kept(self):
        holdfast.checkpoint.save(10, {"a": "x"})
        (self.folder / "out" / "checkpoints" / "99").mkdir()
        holdfast.checkpoint.save(5, {"a": "x"}, keep=1)
        self.assertEqual(10, holdfast.checkpoint.latest().step)

    def test_what_somebody_holds_is_not_pruned(self):
        first = holdfast.checkpoint.save(1, {"a": "x"})
        with holdfast.checkpoint.hold(first) as held:
            holdfast.checkpoint.save(2, {"a": "x"}, keep=1)
            self.assertEqual("x", (held / "a").read_text())
        holdfast.checkpoint.save(3, {"a": "x"}, keep=1)
        self.assertEqual(["3"], self.checkpoints())
        with holdfast.checkpoint.hold(first) as held:
            self.assertIsNone(held)

    def test_leftovers_of_the_dead_are_cleared_and_of_the_living_not(self):
        folder = self.folder / "out" / "checkpoints"
        (folder / "7.tmp-host-1-dead").mkdir(parents=True)
        (folder / "8.tmp-host-2-alive").mkdir()
        lock = os.open(folder / "8.tmp-host-2-alive", os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        holdfast.checkpoint.save(9, {"a": "x"})
        self.assertEqual(["8.tmp-host-2-alive", "9"], self.checkpoints())
        os.close(lock)

    def test_latest_of_a_new_output_is_what_the_job_was_told(self):
        told = holdfast.checkpoint.save(6, {"a": "x"})
        os.environ["HOLDFAST_OUTPUT"] = str(self.folder / "other")
        self.assertIsNone(holdfast.checkpoint.latest())
        os.environ["HOLDFAST_RESUME_FROM"] = str(told.path)
        self.assertEqual((6, told.path), (holdfast.checkpoint.latest().step, holdfast.checkpoint.latest().path))
        holdfast.checkpoint.save(7, {"a": "y"})
        self.assertEqual(7, holdfast.checkpoint.latest().step)
        self.assertEqual([6], [found.step for found in holdfast.checkpoint.all(self.folder / "out")])

    def test_latest_of_a_job_that_never_resumes_is_its_own(self):
        holdfast.checkpoint.save(6, {"a": "x"})
        said = subprocess.run(
            [sys.executable, "-c", "import holdfast.checkpoint as c; print(c.latest()); c.save(1, {'a': 'y'}); print(c.latest().step)"],
            env={**os.environ, "HOLDFAST_RESUME": "never", "PYTHONPATH": os.pathsep.join(sys.path)}, capture_output=True, text=True, check=True)
        self.assertEqual("None\n1\n", said.stdout)
        self.assertEqual(["1", "6"], self.checkpoints())

    def test_steps_and_keep_are_checked(self):
        for step in (-1, 1.5, True):
            self.assertRaises(ValueError, holdfast.checkpoint.save, step, {})
        self.assertRaises(ValueError, holdfast.checkpoint.save, 1, {}, keep=0)


if __name__ == "__main__":
    unittest.main()
