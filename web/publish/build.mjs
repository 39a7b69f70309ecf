// Makes dist/katex.js and dist/katex.css: the script as it is, the styles with their fonts (woff2 only) as data URLs, so that a page needs no other file; and dist/morph.js.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const here = import.meta.dirname;
const katex = join(here, 'node_modules/katex/dist');
const style = readFileSync(join(katex, 'katex.min.css'), 'utf8').replace(/src:url\((fonts\/[\w-]+\.woff2)\) format\("woff2"\)(,url\([^)]*\) format\("\w+"\))*/g, (_, font) =>
  `src:url(data:font/woff2;base64,${readFileSync(join(katex, font)).toString('base64')}) format("woff2")`);
if (style.includes('url(fonts/')) throw new Error('A font of KaTeX is not in its styles: they are written in another way than this script knows.');
const script = readFileSync(join(katex, 'katex.min.js'), 'utf8');
if (/<\/script|<!--/i.test(script)) throw new Error("KaTeX's script cannot stand in a page.");
mkdirSync(join(here, 'dist'), { recursive: true });
writeFileSync(join(here, 'dist/katex.css'), style);
writeFileSync(join(here, 'dist/katex.js'), script);
// What the hub's pages take changes over with.
copyFileSync(join(here, 'node_modules/idiomorph/dist/idiomorph.min.js'), join(here, 'dist/morph.js'));
