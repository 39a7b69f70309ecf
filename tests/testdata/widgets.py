"""Widgets that say on the wire what those of ipywidgets 8 say (protocol 2.1). Debian has ipywidgets 6, which no JupyterLab of today understands."""
import sys

from IPython import get_ipython
from ipykernel.comm import Comm

made = {}
spoken = {"protocol": "2.1.0", "@jupyter-widgets/base": "2.0.0", "@jupyter-widgets/controls": "2.0.0", "@jupyter-widgets/output": "1.0.0"}


def as_ipywidgets_7():
    """From here on what ipywidgets 7 says: other versions, no echoes."""
    spoken.update({"protocol": "2.0.0", "@jupyter-widgets/base": "1.2.0", "@jupyter-widgets/controls": "1.5.0"})


class Widget:
    def __init__(self, model, view, module="controls", **state):
        module = "@jupyter-widgets/" + module
        view_module = state.get("_view_module", module)
        self.state = {
            "_model_module": module, "_model_module_version": spoken[module], "_model_name": model, "_view_count": None,
            "_view_module": view_module, "_view_module_version": spoken[view_module], "_view_name": view, **state,
        }
        plain, paths, buffers = self.parted(self.state)
        # A number for an id: the same in every run.
        self.comm = Comm("jupyter.widget", {"state": plain, "buffer_paths": paths}, {"version": spoken["protocol"]}, buffers, comm_id=f"{len(made) + 1:032x}")
        self.comm.on_msg(self.on_message)
        made[self.comm.comm_id] = self

    def set(self, **values):
        self.state.update(values)
        plain, paths, buffers = self.parted(values)
        self.comm.send({"method": "update", "state": plain, "buffer_paths": paths}, buffers=buffers)

    def on_message(self, message):
        data = message["content"]["data"]
        if data["method"] == "update":
            self.state.update(data["state"])
            if spoken["protocol"] != "2.0.0":
                self.comm.send({"method": "echo_update", "state": data["state"], "buffer_paths": []})

    def close(self):
        self.comm.close()

    def _repr_mimebundle_(self, **_):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.comm.comm_id}
        return {"text/plain": self.state["_model_name"], "application/vnd.jupyter.widget-view+json": view}

    @staticmethod
    def parted(values):
        names = [name for name in values if isinstance(values[name], bytes)]
        plain = {name: "IPY_MODEL_" + value.comm.comm_id if isinstance(value, Widget) else value for name, value in values.items() if name not in names}
        return plain, [[name] for name in names], [values[name] for name in names]


def layout():
    return Widget("LayoutModel", "LayoutView", "base", width=None)


def progress(most):
    style = Widget("ProgressStyleModel", "StyleView", description_width="", bar_color=None, _view_module="@jupyter-widgets/base")
    return Widget("IntProgressModel", "ProgressView", value=0, min=0, max=most, bar_style="", orientation="horizontal", description="",
                  description_allow_html=False, tabbable=None, tooltip=None, _dom_classes=[], layout=layout(), style=style)


def slider(value):
    style = Widget("SliderStyleModel", "StyleView", description_width="", handle_color=None, _view_module="@jupyter-widgets/base")
    return Widget("IntSliderModel", "IntSliderView", value=value, min=0, max=100, step=1, orientation="horizontal", readout=True, readout_format="d",
                  continuous_update=True, disabled=False, behavior="drag-tap", description="", description_allow_html=False, tabbable=None, tooltip=None,
                  _dom_classes=[], layout=layout(), style=style)


def html(text):
    return Widget("HTMLModel", "HTMLView", value=text, description="", placeholder="", description_allow_html=False, tabbable=None, tooltip=None,
                  _dom_classes=[], layout=layout(), style=Widget("HTMLStyleModel", "StyleView", description_width="", _view_module="@jupyter-widgets/base"))


def tabs_of_ipywidgets_7(**pages):
    return Widget("TabModel", "TabView", children=["IPY_MODEL_" + page.comm.comm_id for page in pages.values()], selected_index=0,
                  _titles={str(index): title for index, title in enumerate(pages)}, box_style="", _dom_classes=[],
                  layout=Widget("LayoutModel", "LayoutView", "base", width=None, border="3px solid rgb(1, 2, 3)"))


def image(value):
    return Widget("ImageModel", "ImageView", value=value, format="png", width="", height="", tabbable=None, tooltip=None, _dom_classes=[], layout=layout())


class Output(Widget):
    def __init__(self):
        super().__init__("OutputModel", "OutputView", "output", msg_id="", outputs=[], tabbable=None, tooltip=None, _dom_classes=[], layout=layout())

    def __enter__(self):
        self.flush()
        self.set(msg_id=get_ipython().kernel.get_parent("shell")["header"]["msg_id"])

    def __exit__(self, kind, value, traceback):
        if kind is not None:
            get_ipython().showtraceback((kind, value, traceback), tb_offset=0)
        self.flush()
        self.set(msg_id="")
        return True

    @staticmethod
    def flush():
        sys.stdout.flush()
        sys.stderr.flush()


def control(comm, _):
    def answer(message):
        states, paths, buffers = {}, [], []
        for id, widget in made.items():
            plain, names, bytes = Widget.parted(widget.state)
            states[id] = {"model_name": plain["_model_name"], "model_module": plain["_model_module"], "model_module_version": plain["_model_module_version"], "state": plain}
            paths += [[id, *name] for name in names]
            buffers += bytes
        comm.send({"method": "update_states", "states": states, "buffer_paths": paths, "from": "kernel"}, buffers=buffers)
    comm.on_msg(answer)


get_ipython().kernel.comm_manager.register_target("jupyter.widget.control", control)
