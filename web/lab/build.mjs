// Builds JupyterLab from its npm packages into dist/, ready to be served as files (README.md says how).
// 1 gather what JupyterLab ships  2 schemas, themes, styles and our defaults  3 bundle  4 licences, icons and build.json  5 compress
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { compressInParallel } from './compress.mjs';
import { sharedPackages } from './shared.mjs';

const require = createRequire(import.meta.url);
const { rspack } = require('@rspack/core');
const { merge } = require('webpack-merge');
const { Build, WPPlugin } = require('@jupyter/builder');
const baseConfig = require('@jupyter/builder/lib/webpack.config.base');
const labextensionConfig = require('@jupyter/builder/lib/extensionConfig').default;

const here = import.meta.dirname;
const lib = path.join(here, 'lib');
const dist = path.join(here, 'dist');
const coreFile = require.resolve('@jupyterlab/core-meta/core.package.json');
const core = JSON.parse(fs.readFileSync(coreFile, 'utf8'));

// These ask for routes that only jupyter_server's own set-up has (installing extensions, JupyterHub).
const leftOut = new Set([
  '@jupyterlab/extensionmanager-extension',
  '@jupyterlab/hub-extension',
  '@jupyterlab/pluginmanager-extension',
]);

// Prebuilt extensions that come with the lab, by their folders.
const prebuilt = [path.dirname(require.resolve('@jupyter-widgets/jupyterlab-manager/package.json')), path.join(here, 'src/widgets7')];

// Defaults of settings that are not JupyterLab's; a user's own win.
const defaults = {
  '@jupyterlab/docmanager-extension:plugin': { autosaveInterval: 10 },
  // A button in somebody else's notebook is not to press the page's own (JupyterLab's default lets it).
  '@jupyterlab/apputils-extension:sanitizer': { allowCommandLinker: false },
  // As much as the lab gives back of a terminal's record.
  '@jupyterlab/terminal-extension:plugin': { scrollback: 10000 },
};

// Licence files that their packages do not contain, and what JupyterLab's own build says too, harmlessly.
const knownWarnings = [/license-webpack-plugin/, /"__dirname" is used/, /required version for "jquery"/];

const started = performance.now();
const say = text => console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${text}`);

// 1
const wanted = modules => Object.entries(modules).filter(([name]) => !leftOut.has(name));
const extensions = wanted(core.jupyterlab.extensions);
const mimeExtensions = wanted(core.jupyterlab.mimeExtensions);
const packages = [...new Set([...extensions, ...mimeExtensions].map(([name]) => name))];
const loader = ([name, file]) => `  ['${name}', () => require('${file ? `${name}/${file}` : name}')],\n`;

for (const folder of [lib, dist]) {
  fs.rmSync(folder, { recursive: true, force: true });
  fs.mkdirSync(folder);
}
fs.writeFileSync(
  path.join(lib, 'extensions.js'),
  `export const extensions = [\n${extensions.map(loader).join('')}];\n` +
    `export const mimeExtensions = [\n${mimeExtensions.map(loader).join('')}];\n`,
);

// 2
const themes = Build.ensureAssets({ packageNames: packages, output: lib, schemaOutput: dist, themeOutput: dist });
fs.writeFileSync(path.join(dist, 'overrides.json'), JSON.stringify(defaults, null, 2) + '\n');

// 3
const types = promisify(execFile)(process.execPath, [require.resolve('typescript/bin/tsc'), '--project', here]).catch(({ stdout }) => stdout);
const typescript = {
  test: /\.ts$/,
  type: 'javascript/auto',
  loader: 'builtin:swc-loader',
  options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
};
const page = merge(baseConfig, {
  name: 'page',
  mode: 'production',
  devtool: false,
  entry: { main: path.join(here, 'src/bootstrap.js') },
  output: { path: path.join(dist, 'static'), publicPath: 'auto', filename: '[name].[contenthash].js' },
  optimization: {
    splitChunks: {
      chunks: 'all',
      cacheGroups: {
        jlab_core: { test: /[\\/]node_modules[\\/]@(jupyterlab|lumino(?!\/datagrid))[\\/]/, name: 'jlab_core' },
        editor: { test: /[\\/]node_modules[\\/]@(codemirror[\\/](?!lang|legacy)|lezer[\\/](common|highlight|lr)[\\/])/, name: 'editor' },
        mathjax: { test: /[\\/]node_modules[\\/]mathjax-full[\\/]/, name: 'mathjax' },
      },
    },
  },
  module: { rules: [typescript] },
  externals: ['ws'],
  performance: { hints: false },
  plugins: [
    new rspack.container.ModuleFederationPlugin({
      name: 'CORE_FEDERATION',
      library: { type: 'var', name: ['_JUPYTERLAB', 'CORE_LIBRARY_FEDERATION'] },
      shared: sharedPackages(core, packages),
    }),
    new WPPlugin.JSONLicenseWebpackPlugin({}),
  ],
});
const compiler = rspack([
  page,
  ...themes,
  ...prebuilt.flatMap(packagePath => labextensionConfig({ packagePath, corePackageFile: coreFile, mode: 'production' })),
]);
const stats = await new Promise((resolve, reject) => {
  compiler.run((error, result) => (error ? reject(error) : compiler.close(() => resolve(result))));
});
const wrong = await types;
if (typeof wrong === 'string') {
  console.error(wrong);
  process.exit(1);
}
if (stats.hasErrors()) {
  console.error(stats.toString({ all: false, errors: true, colors: process.stderr.isTTY }));
  process.exit(1);
}
for (const { message } of stats.toJson({ all: false, warnings: true }).children.flatMap(child => child.warnings)) {
  if (!knownWarnings.some(known => known.test(message))) console.warn(message);
}
const inDist = name => path.join(dist, 'labextensions', name);
const labextensions = prebuilt.map(folder => {
  const { name, jupyterlab } = require(path.join(folder, 'package.json'));
  fs.cpSync(path.join(folder, jupyterlab.outputDir), inDist(name), { recursive: true });
  return name;
});
for (const theme of themes) fs.rmSync(path.join(theme.output.path, 'index.js')); // only its CSS is used
say('bundled');

// 4
function takeLicenses(folder) {
  const file = path.join(folder, 'static/third-party-licenses.json');
  const report = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.rmSync(file);
  return report;
}
const bundles = [['JupyterLab', dist], ...labextensions.map(name => [name, inDist(name)])];
const licenses = { bundles: Object.fromEntries(bundles.map(([name, folder]) => [name, takeLicenses(folder)])) };
fs.writeFileSync(path.join(dist, 'licenses.json'), JSON.stringify(licenses));

function placeIcon(name) {
  const icon = fs.readFileSync(path.join(here, 'icons', `${name}.svg`));
  const hashed = `${name}.${createHash('sha256').update(icon).digest('hex').slice(0, 16)}.svg`;
  fs.writeFileSync(path.join(dist, 'static', hashed), icon);
  return hashed;
}
const entry = stats.stats[0].toJson({ all: false, entrypoints: true }).entrypoints.main.assets.map(asset => asset.name);
const build = {
  scripts: entry.filter(name => name.endsWith('.js')),
  styles: entry.filter(name => name.endsWith('.css')),
  icons: { idle: placeIcon('idle'), busy: placeIcon('busy') },
  labVersion: core.jupyterlab.version,
};
fs.writeFileSync(path.join(dist, 'build.json'), JSON.stringify(build, null, 2) + '\n');

// 5
say(await compressInParallel(dist, ['static', 'themes', 'labextensions', 'licenses.json']));
