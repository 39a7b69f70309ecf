"""The kernel's own speed: runs the code on stdin in a new ipykernel, reading iopub as fast as possible on a thread.

Prints seconds until the reply, messages of iopub that arrived, and whether idle was among them.
"""
import subprocess
import sys
import threading
import time

import zmq
from jupyter_client import KernelManager

manager = KernelManager(kernel_name="python3")
manager.start_kernel(stderr=subprocess.DEVNULL)
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
client.stop_channels()

context = zmq.Context()
iopub = context.socket(zmq.SUB)
iopub.setsockopt(zmq.RCVHWM, 0)
iopub.setsockopt(zmq.SUBSCRIBE, b"")
iopub.connect(f"tcp://{manager.ip}:{manager.iopub_port}")
shell = manager.connect_shell()
session = client.session


def run(code, limit):
    """Sends the code; returns seconds until the reply, displays that arrived, whether idle came."""
    counted = [0, False]
    request = session.send(shell, "execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False})
    began = time.perf_counter()
    message_id = request["header"]["msg_id"].encode()
    replied = threading.Event()

    def drain():
        while not counted[1] and iopub.poll(2000 if replied.is_set() else 60000):
            parts = iopub.recv_multipart()
            header = next(part for part in parts if part.startswith(b'{"msg_id"'))
            if b'"display_data"' in header:
                counted[0] += 1
            elif b'"status"' in header and b'"idle"' in parts[-1] and message_id in parts[-3]:
                counted[1] = True

    reader = threading.Thread(target=drain)
    reader.start()
    shell.poll(limit * 1000)
    seconds = time.perf_counter() - began
    shell.recv_multipart()
    replied.set()
    reader.join()
    return seconds, counted[0], counted[1]


try:
    run("pass", 60)
    print(*run(sys.stdin.read(), 300))
finally:
    shell.close(0)
    iopub.close(0)
    manager.shutdown_kernel(now=True)
    del client
