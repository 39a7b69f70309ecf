"""A kernel with subshells (jupyter/enhancement-proposals 91), which Debian's ipykernel does not have. Its code: `say TEXT`, `wait FILE`."""
import hashlib
import hmac
import json
import os
import queue
import sys
import threading
import time
import uuid

import zmq

with open(sys.argv[1]) as file:
    connection = json.load(file)
key = connection["key"].encode()
session = str(uuid.uuid4())
context = zmq.Context()
outgoing = queue.Queue()
shells = {}


def bind(kind, port):
    socket = context.socket(kind)
    socket.bind(f"{connection['transport']}://{connection['ip']}{'-' if connection['transport'] == 'ipc' else ':'}{connection[port]}")
    return socket


def send(socket, idents, kind, parent, content):
    header = {"msg_id": str(uuid.uuid4()), "msg_type": kind, "session": session, "username": "k", "date": "2026-01-01T00:00:00Z", "version": "5.5"}
    parts = [json.dumps(part).encode() for part in (header, parent, {}, content)]
    signature = hmac.new(key, b"".join(parts), hashlib.sha256).hexdigest().encode()
    # Sockets belong to one thread.
    outgoing.put((socket, [*idents, b"<IDS|MSG>", signature, *parts]))


def tell(parent, kind, content):
    send(iopub, [kind.encode()], kind, parent, content)


def handle(socket, idents, header, content):
    kind = header["msg_type"]
    tell(header, "status", {"execution_state": "busy"})
    answer = {"status": "ok"}
    if kind == "kernel_info_request":
        answer |= {"protocol_version": "5.5", "implementation": "subshells", "implementation_version": "1", "banner": "", "help_links": [],
                   "language_info": {"name": "say", "version": "1", "mimetype": "text/plain", "file_extension": ".txt"}, "supported_features": ["kernel subshells"]}
    elif kind == "execute_request":
        tell(header, "execute_input", {"code": content["code"], "execution_count": 1})
        verb, _, rest = content["code"].partition(" ")
        while verb == "wait" and not os.path.exists(rest):
            time.sleep(0.01)
        tell(header, "stream", {"name": "stdout", "text": rest})
        answer |= {"execution_count": 1, "user_expressions": {}, "payload": []}
    elif kind == "create_subshell_request":
        answer["subshell_id"] = start()
    elif kind == "list_subshell_request":
        answer["subshell_id"] = [name for name in shells if name]
    elif kind == "delete_subshell_request":
        shells.pop(content["subshell_id"]).put(None)
    send(socket, idents, kind.replace("_request", "_reply"), header, answer)
    tell(header, "status", {"execution_state": "idle"})
    if kind == "shutdown_request":
        outgoing.put(None)


def work(requests):
    while (request := requests.get()) is not None:
        handle(*request)


def start(name=None):
    name = str(uuid.uuid4()) if name is None else name
    shells[name] = queue.Queue()
    threading.Thread(target=work, args=[shells[name]], daemon=True).start()
    return name


shell, control, stdin = bind(zmq.ROUTER, "shell_port"), bind(zmq.ROUTER, "control_port"), bind(zmq.ROUTER, "stdin_port")
iopub, heartbeat = bind(zmq.PUB, "iopub_port"), bind(zmq.REP, "hb_port")
start("")
poller = zmq.Poller()
for each in shell, control, heartbeat:
    poller.register(each, zmq.POLLIN)
while True:
    for ready, _ in poller.poll(5):
        message = ready.recv_multipart()
        if ready is heartbeat:
            heartbeat.send_multipart(message)
            continue
        cut = message.index(b"<IDS|MSG>")
        request_header, request_content = json.loads(message[cut + 2]), json.loads(message[cut + 5])
        if ready is control:
            handle(control, message[:cut], request_header, request_content)
        else:
            shells[request_header.get("subshell_id") or ""].put((shell, message[:cut], request_header, request_content))
    while not outgoing.empty():
        if (out := outgoing.get()) is None:
            sys.exit()
        out[0].send_multipart(out[1])
