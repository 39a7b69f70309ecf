"""Stands in for Apptainer, which cannot be installed here: takes the options of `apptainer exec` that are used, as its manual has them, and no others; runs the command by Podman."""
import os
import sys

FLAGS = {"--containall", "--no-home", "--writable-tmpfs", "--nv"}
VALUES = {"--pwd", "--bind", "--workdir"}


def fail(words):
    print(f"FATAL:   {words}", file=sys.stderr)
    sys.exit(255)


words = sys.argv[1:]
if words[:1] == ["--quiet"]:
    words.pop(0)
if words[:1] != ["exec"]:
    fail(f"unknown command {words[:1]}")
words.pop(0)
mounts, place, work = [], "/", None
while words and words[0].startswith("-"):
    word = words.pop(0)
    name, _, value = word.partition("=")
    if name in FLAGS and not value:
        continue
    if name not in VALUES:
        fail(f"unknown flag: {word}")
    value = value or words.pop(0)
    if name == "--pwd":
        place = value
    elif name == "--workdir":
        work = value
    else:
        for spec in value.split(","):
            source, target, *more = spec.split(":")
            if more not in ([], ["ro"], ["rw"]) or not os.path.exists(source):
                fail(f"while parsing bind path: {spec}")
            mounts += ["--volume", spec]
if not words or not words[0].startswith("docker://"):
    fail(f"no image: {words[:1]}")
image = words.pop(0)[len("docker://"):]
if "@" in image and ":" in image.split("@")[0].rsplit("/", 1)[-1]:
    fail("Docker references with both a tag and digest are currently not supported")
if not os.path.isdir(work):
    fail(f"no folder {work}")
os.makedirs(f"{work}/tmp", exist_ok=True)
with open(os.environ["STAND_IN_RECORD"], "a") as record:
    print(image, file=record)
if os.system(f"podman pull --quiet --tls-verify=false {image} >/dev/null"):
    fail(f"Unable to handle docker://{image} uri")
os.execvp("podman", ["podman", "run", "--rm", "--init", "--network=host", "--log-driver=none", "--workdir", place, "--volume", f"{work}/tmp:/tmp", *mounts, "--entrypoint", words[0], image, *words[1:]])
