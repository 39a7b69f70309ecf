"""A port of a machine by `holdfast port`, beside `ssh -L` through a real sshd on loopback, and beside the server itself.

As root, after ./run --build-only: python3 bench/Ports/bench.py [MEGABYTES [ROUNDS]]. HOLDFAST_PROGRAM names another program. The ways take turns; all of it is on 127.0.0.1, in a temporary folder, and ended and
removed in the end.
"""
import os, re, shutil, socket, statistics, subprocess, sys, tempfile, threading, time

BLOCK, TRIPS, MESSAGE = 1 << 20, 2000, 64
SERVER = """
import socket, threading
BLOCK = %d
def serve(peer):
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    kind, size = peer.recv(32, socket.MSG_WAITALL).split()
    size, block = int(size), bytearray(BLOCK)
    if kind == b'down':
        while size > 0: size -= peer.send(memoryview(block)[:min(size, BLOCK)])
    elif kind == b'up':
        while size > 0: size -= peer.recv_into(block)
        peer.sendall(b'.')
    else:
        while (count := peer.recv_into(block)) > 0: peer.sendall(memoryview(block)[:count])
    peer.close()
server = socket.create_server(('127.0.0.1', 0))
print(server.getsockname()[1], flush=True)
while True: threading.Thread(target=serve, args=server.accept()[:1], daemon=True).start()
""" % BLOCK


def connect(port, kind, size=0):
    peer = socket.create_connection(("127.0.0.1", port))
    peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    peer.sendall(f"{kind} {size}".ljust(32).encode())
    return peer


def rate(port, kind, size):
    """Bytes of one connection from its first to its last, in MB/s."""
    began, block = time.perf_counter(), bytearray(BLOCK)
    with connect(port, kind, size) as peer:
        left = size
        while left > 0:
            left -= peer.recv_into(block) if kind == "down" else peer.send(memoryview(block)[: min(left, BLOCK)])
        if kind == "up":
            peer.recv(1)
    return size / 1e6 / (time.perf_counter() - began)


def trip(port):
    """There and back of a small message on an open connection, ms at p50."""
    times, message = [], bytes(MESSAGE)
    with connect(port, "echo") as peer:
        for _ in range(TRIPS):
            began = time.perf_counter()
            peer.sendall(message)
            peer.recv(MESSAGE, socket.MSG_WAITALL)
            times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def opening(port):
    """From nothing to the first answer, ms at p50."""
    times = []
    for _ in range(50):
        began = time.perf_counter()
        with connect(port, "echo") as peer:
            peer.sendall(b".")
            peer.recv(1)
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def free():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def until(test):
    for _ in range(600):
        try:
            return test()
        except (OSError, AssertionError):
            time.sleep(0.05)
    raise TimeoutError("It does not answer.")


def main():
    size, rounds = int(sys.argv[1] if len(sys.argv) > 1 else 1000) * 1_000_000, int(sys.argv[2] if len(sys.argv) > 2 else 7)
    program = os.path.abspath(os.environ.get("HOLDFAST_PROGRAM", "out/holdfast"))
    folder = tempfile.mkdtemp(prefix="hf-ports-", dir="/var/tmp")
    environment = {**os.environ, "HOLDFAST_STATE": f"{folder}/state"}
    started = []

    def start(*argv):
        process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, text=True)
        started.append(process)
        return process

    def holdfast(*argv):
        return subprocess.run([program, *argv], env=environment, check=True, capture_output=True, text=True).stdout

    def drain(process):
        threading.Thread(target=process.stdout.read, daemon=True).start()

    try:
        # 1. A hub, a machine, and a server in it.
        hub = start(program, "hub", "--port", "0", "--no-first-machine")
        while "Ctrl-C" not in hub.stdout.readline():
            pass
        drain(hub)
        holdfast("machine", "create", "bench", "--engine", "host", "--start")
        server = start(program, "machine", "exec", "bench", "--", "python3", "-c", SERVER)
        direct = int(server.stdout.readline())

        # 2. The two ways to it.
        forward = start(program, "port", "bench", f"{direct}:0")
        ours = int(re.search(r"localhost:(\d+)", forward.stdout.readline()).group(1))
        drain(forward)
        door, theirs = free(), free()
        for key in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{folder}/{key}"], check=True)
        shutil.copy(f"{folder}/user.pub", f"{folder}/allowed")
        os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        start("/usr/sbin/sshd", "-D", "-e", "-f", "/dev/null", "-h", f"{folder}/host", "-o", f"ListenAddress=127.0.0.1:{door}", "-o", f"AuthorizedKeysFile={folder}/allowed", "-o", "StrictModes=no",
              "-o", "PidFile=none", "-o", "UsePAM=no", "-o", "PermitRootLogin=yes", "-o", "PasswordAuthentication=no")
        until(lambda: socket.create_connection(("127.0.0.1", door)).close())
        start("ssh", "-N", "-F", "/dev/null", "-i", f"{folder}/user", "-o", "IdentitiesOnly=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ExitOnForwardFailure=yes",
              "-p", str(door), "-L", f"127.0.0.1:{theirs}:127.0.0.1:{direct}", "127.0.0.1")
        until(lambda: socket.create_connection(("127.0.0.1", theirs)).close())

        # 3. In turns.
        ways = {"direct": direct, "holdfast port": ours, "ssh -L": theirs}
        measures = {"download, MB/s": lambda port: rate(port, "down", size), "upload, MB/s": lambda port: rate(port, "up", size), "64 bytes there and back, ms at p50": trip, "a new connection to its first answer, ms at p50": opening}
        seen = {(measure, way): [] for measure in measures for way in ways}
        for turn in range(rounds + 1):
            for measure, take in measures.items():
                for way, port in ways.items():
                    value = take(port)
                    if turn > 0:
                        seen[measure, way].append(value)
        print(f"{size // 1_000_000} MB, {rounds} rounds; load average {open('/proc/loadavg').read().split()[0]}.\n")
        print("| measure | direct | holdfast port | ssh -L | goal | |\n| --- | ---: | ---: | ---: | --- | --- |")
        for measure in measures:
            middle = [statistics.median(seen[measure, way]) for way in ways]
            digits = 0 if "MB/s" in measure else 3
            cells = " | ".join(f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})" for values in (seen[measure, way] for way in ways))
            if "MB/s" in measure:
                goal = f"≥ 0.5 × ssh | × {middle[1] / middle[2]:.2f}"
            elif "there" in measure:
                goal = f"≤ 1 more than direct | {middle[1] - middle[0]:+.3f} |"[:-2]
            else:
                goal = f"| {middle[1] - middle[0]:+.3f}; ssh {middle[2] - middle[0]:+.3f}"
            print(f"| {measure} | {cells} | {goal} |")
    finally:
        for process in started[1:][::-1]:
            process.terminate()
            process.wait()
        if started:
            try:
                holdfast("machine", "rm", "bench", "--yes")
                until(lambda: (_ for _ in ()).throw(AssertionError) if holdfast("machine", "ls", "-q") else None)
            finally:
                started[0].terminate()
                started[0].wait()
        shutil.rmtree(folder)


main()
