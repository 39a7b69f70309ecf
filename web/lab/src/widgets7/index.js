import * as base from '@jupyter-widgets/base';

// What models of ipywidgets 7 ask for.
const BASE = '1.2.0';
const CONTROLS = '1.5.0';

/** What ipywidgets 7 calls otherwise, by its name there: what ipywidgets 8 has in its place. */
const renamed = {
  description_tooltip: value => ({ tooltip: value }),
  border: value => ({ border_top: value, border_right: value, border_bottom: value, border_left: value }),
  _titles: value => ({ titles: Object.keys(value ?? {}).reduce((titles, index) => ((titles[index] = value[index]), titles), []) }),
};

/** The model of ipywidgets 8 that understands the state of one of ipywidgets 7. The kernel never hears of the new names. */
function translated(Model) {
  return class extends Model {
    initialize(attributes, options) {
      super.initialize(attributes, options);
      for (const [name, translate] of Object.entries(renamed)) {
        const take = () => this.set(translate(this.get(name)));
        if (attributes && name in attributes) take();
        this.on(`change:${name}`, take);
      }
    }

    serialize(state) {
      return super.serialize(Object.fromEntries(Object.entries(state).filter(([name]) => !added.has(name))));
    }
  };
}

const added = new Set(Object.values(renamed).flatMap(translate => Object.keys(translate(undefined))));

const translate = exports =>
  Object.fromEntries(Object.entries(exports).map(([name, value]) => [name, name.endsWith('Model') && typeof value === 'function' ? translated(value) : value]));

export default {
  id: 'holdfast:widgets-7',
  description: 'Widgets of ipywidgets 7.',
  requires: [base.IJupyterWidgetRegistry],
  autoStart: true,
  activate: (app, registry) => {
    // The page may have the manager of ipywidgets 7 instead, which somebody has installed: then there is nothing to do.
    if (!base.JUPYTER_WIDGETS_VERSION.startsWith('2.')) return;
    const { WidgetModel, WidgetView, DOMWidgetModel, DOMWidgetView, LayoutModel, LayoutView, StyleModel, StyleView, ErrorWidgetView } = base;
    registry.registerWidget({
      name: '@jupyter-widgets/base',
      version: BASE,
      exports: translate({ WidgetModel, WidgetView, DOMWidgetModel, DOMWidgetView, LayoutModel, LayoutView, StyleModel, StyleView, ErrorWidgetView }),
    });
    registry.registerWidget({ name: '@jupyter-widgets/controls', version: CONTROLS, exports: async () => translate(await import('@jupyter-widgets/controls')) });
  },
};
