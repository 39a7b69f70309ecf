// Makes dist/desktop.js, noVNC and our page in one file, and dist/desktop.css.
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname;
mkdirSync(join(here, 'dist'), { recursive: true });
await build({ entryPoints: [join(here, 'src/desktop.js')], outfile: join(here, 'dist/desktop.js'), bundle: true, format: 'esm', target: 'es2022', minify: true, legalComments: 'inline',
  banner: { js: '/*! Holds noVNC, (C) The noVNC authors, MPL-2.0, https://github.com/novnc/noVNC, and pako, MIT. */' } });
copyFileSync(join(here, 'src/desktop.css'), join(here, 'dist/desktop.css'));
