"""jupyter_server with TCP_NODELAY on every connection: what it would be without the wait for delayed acknowledgements."""
from tornado import iostream

_init = iostream.IOStream.__init__
_set_nodelay = iostream.IOStream.set_nodelay


def init(self, *args, **kwargs):
    _init(self, *args, **kwargs)
    _set_nodelay(self, True)


iostream.IOStream.__init__ = init
# tornado takes it away again at the end of every HTTP request.
iostream.IOStream.set_nodelay = lambda self, value: _set_nodelay(self, True)

from jupyter_server.serverapp import main  # noqa: E402

main()
