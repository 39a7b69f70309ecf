"""jupyter_server with TCP_NODELAY and more ZeroMQ sockets than the 1,023 it has by itself: 500 pages need 2,000."""
import os
import runpy

import zmq

_init = zmq.Context.__init__


def init(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    if not self._shadow:
        self.set(zmq.MAX_SOCKETS, 65535)


zmq.Context.__init__ = init
runpy.run_path(os.path.join(os.path.dirname(__file__), "nodelay.py"), run_name="__main__")
