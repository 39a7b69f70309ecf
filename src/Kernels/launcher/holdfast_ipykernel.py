"""Starts ipykernel as `python -m ipykernel_launcher` does, so that no output is dropped and memory stays bounded.

Stock ipykernel drops iopub messages when its reader is slower than itself, and collects printed text in a buffer without a limit.
Here iopub waits for its reader instead, and whoever prints or displays waits when too much is on its way. Works with ipykernel 6 and 7.
When something here does not fit the ipykernel at hand, that kernel starts plain and one line on stderr says so.
"""
import os
import runpy
import sys

# Messages that wait in ZeroMQ for the reader, and bytes of those that are large enough to be tracked (pyzmq copies smaller ones).
QUEUED_MESSAGES = 2_000
QUEUED_BYTES = 8 << 20
TRACKED_BYTES = 64 << 10
# Bytes of messages, and characters of printed text, that wait for the thread that sends.
PENDING_BYTES = 8 << 20
PENDING_TEXT = 1 << 20


def size_of(message):
    return sum(memoryview(getattr(part, "buffer", part)).nbytes for part in message)


def keep_iopub_from_dropping():
    import zmq
    from ipykernel.kernelapp import IPKernelApp

    bind = IPKernelApp._bind_socket

    def _bind_socket(self, s, *args, **kwargs):
        try:
            if s.getsockopt(zmq.TYPE) in (zmq.PUB, zmq.XPUB):
                # On XPUB and on PUB: a subscriber whose queue is full holds the sender back. Ours is the only subscriber.
                s.setsockopt(zmq.XPUB_NODROP, 1)
                s.setsockopt(zmq.SNDHWM, QUEUED_MESSAGES)
        except Exception as error:
            complain(error)
        return bind(self, s, *args, **kwargs)

    IPKernelApp._bind_socket = _bind_socket


def bound_messages():
    import threading
    from collections import deque

    import zmq
    from ipykernel.iostream import IOPubThread

    main = os.getpid()
    room = threading.Condition()
    pending = 0
    tracked = deque()
    send, really_send = IOPubThread.send_multipart, IOPubThread._really_send

    def send_multipart(self, msg, *args, **kwargs):
        nonlocal pending
        if os.getpid() != main:
            return send(self, msg, *args, **kwargs)
        size = size_of(msg)
        with room:
            # The sending thread must not wait for itself.
            if threading.current_thread() is not self.thread:
                while pending > PENDING_BYTES and self.thread.is_alive():
                    room.wait(1)
            pending += size
        return send(self, msg, *args, **kwargs)

    def _really_send(self, msg, *args, **kwargs):
        nonlocal pending
        if os.getpid() != main:
            return really_send(self, msg, *args, **kwargs)
        size = size_of(msg)
        try:
            if size < TRACKED_BYTES or self.closed:
                return really_send(self, msg, *args, **kwargs)
            while tracked and (tracked[0][0].done or sum(bytes for _, bytes in tracked) > QUEUED_BYTES):
                tracked.popleft()[0].wait()
            try:
                tracked.append((self.socket.send_multipart(msg, copy=False, track=True), size))
            except (AttributeError, zmq.ZMQError):
                # Closed by another thread in between: the kernel is shutting down.
                if self.socket is not None and not self.socket.closed:
                    raise
        finally:
            with room:
                pending = max(0, pending - size)
                room.notify_all()

    IOPubThread.send_multipart, IOPubThread._really_send = send_multipart, _really_send


def bound_printed_text():
    import threading

    from ipykernel.iostream import OutStream

    main = os.getpid()
    write, flush = OutStream.write, OutStream._flush

    def _write(self, string):
        written = write(self, string)
        self._unsent_text = getattr(self, "_unsent_text", 0) + len(string)
        if self._unsent_text > PENDING_TEXT and os.getpid() == main:
            thread = self.pub_thread.thread
            if thread is not threading.current_thread():
                # As OutStream.flush, which gives up after ten seconds. An interrupt ends the wait.
                done = threading.Event()
                self.pub_thread.schedule(self._flush)
                self.pub_thread.schedule(done.set)
                while not done.wait(1) and thread.is_alive():
                    pass
        return written

    def _flush(self):
        self._unsent_text = 0
        return flush(self)

    OutStream.write, OutStream._flush = _write, _flush


def let_breakpoint_ask():
    """debugpy takes breakpoint() for itself, and does nothing with it until a debugger is on. Until then it is Python's own, which asks in the cell."""
    from ipykernel.debugger import Debugger

    start, stop, taken = Debugger.start, Debugger.stop, sys.breakpointhook

    def _start(self):
        sys.breakpointhook = taken
        return start(self)

    def _stop(self):
        sys.breakpointhook = sys.__breakpointhook__
        return stop(self)

    Debugger.start, Debugger.stop = _start, _stop
    sys.breakpointhook = sys.__breakpointhook__


def complain(error):
    print(f"holdfast: this ipykernel starts without protection against lost output: {error!r}", file=sys.__stderr__)


def main():
    # `python -m` puts the working folder where the folder of a script is now, and ipykernel takes it away while it loads.
    import_path_has_folder = not getattr(sys.flags, "safe_path", False) and not sys.flags.isolated
    if import_path_has_folder:
        del sys.path[0]
    for patch in keep_iopub_from_dropping, bound_messages, bound_printed_text, let_breakpoint_ask:
        try:
            patch()
        except Exception as error:
            complain(error)
    if import_path_has_folder:
        sys.path.insert(0, os.getcwd())
    module = sys.argv.pop(1)
    runpy.run_module(module, run_name="__main__", alter_sys=True)


main()
