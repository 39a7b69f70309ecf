import { JupyterLab } from '@jupyterlab/application';
import { JupyterPluginRegistry, PageConfig } from '@jupyterlab/coreutils';
import { IConnectionStatus, IServiceManager } from '@jupyterlab/services';
import { extensions, mimeExtensions } from '../lib/extensions.js';
import '../lib/style.js';
import history from './history/index.ts';
import jobs from './jobs/index.ts';
import notices from './notices/index.ts';
import { chooser } from './plugins.js';
import resume from './resume/index.ts';
import terminals from './terminals/index.ts';
import untrusted from './untrusted.ts';
import uploads from './uploads/index.ts';

async function federated(name, module) {
  const factory = await window._JUPYTERLAB[name].get(module);
  return factory();
}

/** Every module of one kind: prebuilt ones first choice, ours where no prebuilt one has the same name. One that fails is said and left out. */
async function load(own, prebuilt, kind) {
  const replaced = new Set(prebuilt.map(({ name }) => name));
  const loads = [
    ...own.filter(([name]) => !replaced.has(name)).map(([name, get]) => [name, async () => get()]),
    ...prebuilt.filter(extension => extension[kind]).map(extension => [extension.name, () => federated(extension.name, extension[kind])]),
  ];
  const modules = await Promise.all(
    loads.map(async ([name, get]) => {
      try {
        return { name, module: await get() };
      } catch (reason) {
        console.error(`Extension ${name}:`, reason);
        return undefined;
      }
    }),
  );
  return modules.filter(Boolean);
}

/** Starts JupyterLab with its own extensions and the prebuilt ones whose containers are ready. */
export async function main(prebuilt) {
  const choose = chooser(PageConfig.Extension);
  const mime = choose.active(await load(mimeExtensions, prebuilt, 'mimeExtension'));
  const own = { name: 'holdfast', module: { __esModule: true, default: [...history, ...jobs, ...notices, ...resume, ...terminals, ...untrusted, ...uploads] } };
  const plugins = choose.active([...(await load(extensions, prebuilt, 'extension')), own]);
  await load([], prebuilt.filter(({ name }) => !PageConfig.Extension.isDisabled(name)), 'style');

  const pluginRegistry = new JupyterPluginRegistry();
  pluginRegistry.registerPlugins(plugins);
  const connectionStatus = await pluginRegistry.resolveOptionalService(IConnectionStatus);
  const serviceManager = await pluginRegistry.resolveRequiredService(IServiceManager);

  const lab = new JupyterLab({
    pluginRegistry,
    serviceManager,
    connectionStatus,
    mimeExtensions: mime,
    disabled: { matches: choose.disabled, patterns: PageConfig.Extension.disabled },
    deferred: { matches: choose.deferred, patterns: PageConfig.Extension.deferred },
    availablePlugins: choose.all,
  });
  if (PageConfig.getOption('exposeAppInBrowser').toLowerCase() === 'true') window.jupyterapp = lab;
  await lab.start({ ignorePlugins: choose.deferred, bubblingKeydown: true });
}
