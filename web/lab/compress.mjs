// Puts FILE.br and FILE.gz beside every file that gets smaller by it, so that the server never compresses.
import fs from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import zlib from 'node:zlib';

const brotli = promisify(zlib.brotliCompress);
const gzip = promisify(zlib.gzip);
const compressible = /\.(css|eot|html|ico|js|json|map|md|mjs|svg|ttf|txt|wasm)$/;
const smallest = 512;
const atOnce = 4;

async function filesIn(item) {
  if ((await fs.stat(item)).isFile()) return [item];
  const found = await fs.readdir(item, { recursive: true, withFileTypes: true });
  return found.filter(entry => entry.isFile()).map(entry => path.join(entry.parentPath, entry.name));
}

/** Compresses the named files, and those in the named folders, of `root`; returns a line about the sizes. */
export async function compressInParallel(root, names) {
  const sum = { files: 0, raw: 0, br: 0, gz: 0 };
  const files = await Promise.all(names.map(name => filesIn(path.join(root, name))));
  const work = files.flat().values();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const file of work) {
        const raw = await fs.readFile(file);
        sum.files += 1;
        sum.raw += raw.length;
        const worth = raw.length >= smallest && compressible.test(file);
        const br = worth ? await brotli(raw, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 9 } }) : raw;
        const gz = worth ? await gzip(raw, { level: 9 }) : raw;
        sum.br += Math.min(br.length, raw.length);
        sum.gz += Math.min(gz.length, raw.length);
        if (br.length < raw.length) await fs.writeFile(`${file}.br`, br);
        if (gz.length < raw.length) await fs.writeFile(`${file}.gz`, gz);
      }
    }),
  );
  const mb = bytes => `${(bytes / 1e6).toFixed(2)} MB`;
  return `${sum.files} files: ${mb(sum.raw)} raw, ${mb(sum.br)} brotli, ${mb(sum.gz)} gzip`;
}
