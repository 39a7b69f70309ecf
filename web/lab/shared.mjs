// Which packages the page shares with prebuilt extensions, and which of them must exist only once.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function manifest(name) {
  try {
    return require(`${name}/package.json`);
  } catch {
    return undefined;
  }
}

/** The `shared` table of Module Federation: JupyterLab's resolutions, its extensions, and what those depend on. */
export function sharedPackages(core, extensions) {
  const shared = {};
  const add = (name, config) => {
    if (manifest(name)) shared[name] ??= config;
  };
  for (const [name, requiredVersion] of Object.entries(core.resolutions)) add(name, { requiredVersion });
  for (const name of extensions) add(name, { requiredVersion: manifest(name).version });
  for (const extension of extensions) {
    const { dependencies = {}, jupyterlab = {} } = manifest(extension);
    const own = jupyterlab.sharedPackages ?? {};
    for (const [name, requiredVersion] of Object.entries(dependencies)) {
      const { bundled, ...config } = own[name] ?? {};
      if (own[name] !== false) add(name, { requiredVersion, ...config, ...(bundled === undefined ? {} : { import: bundled }) });
    }
  }
  for (const name of core.jupyterlab.singletonPackages) {
    if (shared[name]) shared[name].singleton = true;
  }
  return shared;
}
