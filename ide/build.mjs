/**
 * Bundles GraphiQL with its workers, styles and fonts into one folder that needs no other address.
 *
 *   node build.mjs [FOLDER]     (../graph_api/http/static/graphiql if not given)
 */
import { build } from 'esbuild';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(process.argv[2] ?? path.join(here, '../graph_api/http/static/graphiql'));

const common = {
  absWorkingDir: here,
  bundle: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  legalComments: 'none',
  loader: { '.ttf': 'file', '.woff': 'file', '.woff2': 'file' },
  logLevel: 'error',
  metafile: true,
  minify: true,
  outdir: out,
  target: ['es2022'],
};

/** The folder of the package that a bundled file belongs to, or null for our own files. */
function packageOf(file) {
  const match = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file);
  return match ? match[1] : null;
}

/** Name, version, licence and licence text of every package that went into the bundle. */
async function notices(metafiles) {
  const folders = new Set();
  for (const { inputs } of metafiles) {
    for (const file of Object.keys(inputs)) {
      const folder = packageOf(file);
      if (folder) folders.add(folder);
    }
  }
  const parts = new Map();
  for (const folder of folders) {
    const place = path.join(here, folder);
    const { name, version, license } = JSON.parse(await readFile(path.join(place, 'package.json'), 'utf8'));
    if (!name) continue;
    const files = (await readdir(place)).filter((file) => /^(licen[cs]e|copying|notice|thirdparty)/i.test(file)).sort();
    const texts = await Promise.all(files.map((file) => readFile(path.join(place, file), 'utf8')));
    parts.set(`${name} ${version}`, [`${name} ${version} (${license ?? 'see text'})`, ...texts].join('\n\n').trim());
  }
  const head = [
    'The files in this folder are a bundle of the packages below, each under its own licence.',
    'Their style sheets also carry the fonts Roboto (SIL Open Font License 1.1 or Apache License 2.0),',
    'Fira Code (SIL Open Font License 1.1) and the Codicons (Creative Commons Attribution 4.0).',
  ].join('\n');
  const rule = `\n\n${'-'.repeat(80)}\n\n`;
  return [head, ...[...parts.keys()].sort().map((key) => parts.get(key))].join(rule) + '\n';
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });

const results = await Promise.all([
  build({
    ...common,
    entryPoints: { graphiql: 'src/main.js' },
    chunkNames: 'chunk-[hash]',
    assetNames: 'asset-[hash]',
    format: 'esm',
    splitting: true,
  }),
  build({
    ...common,
    entryPoints: {
      'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
      'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
      'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
    },
    format: 'iife',
  }),
]);
// Styles of parts that load late are in graphiql.css already, since GraphiQL's own style sheet holds the editor's.
const late = (await readdir(out)).filter((file) => /^chunk-.*\.css$/.test(file));
await Promise.all(late.map((file) => rm(path.join(out, file))));
await writeFile(path.join(out, 'THIRD-PARTY-NOTICES.txt'), await notices(results.map((result) => result.metafile)));
