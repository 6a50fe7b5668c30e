/** Bundles the site. The same sources give the same bytes, in whatever folder they lie.
 *
 *   node build.mjs [--out DIR]        the bundle; by default into the Python package
 *   node build.mjs --test [NAME...]   the tests into build/, for: node --test build/*.test.mjs
 */

import { cp, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const MARK = "LICENSES.txt"; // a folder that has it is a bundle and may be emptied

const COMMON = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  logLevel: "warning",
  metafile: true,
  sourcemap: false,
  target: "es2022",
  write: false,
};

const ENTRIES = [
  { entryPoints: ["src/app.ts"], format: "esm", splitting: true, chunkNames: "chunks/[hash]" },
  { entryPoints: ["src/embed.ts"], format: "iife" },
  { entryPoints: ["src/widget.ts"], format: "esm" },
];

class Refused extends Error {}

const inOrder = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

/** Licence of every package of which something is in the bundle, then what single files say. */
async function licences(results) {
  const packages = new Set();
  for (const { metafile } of results) {
    for (const output of Object.values(metafile.outputs)) {
      for (const [file, { bytesInOutput }] of Object.entries(output.inputs)) {
        const found = /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file);
        if (found && bytesInOutput > 0) packages.add(found[1]);
      }
    }
  }
  const parts = [];
  for (const name of [...packages].sort(inOrder)) {
    const folder = join(HERE, "node_modules", name);
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
    const file = (await readdir(folder)).sort(inOrder).find((f) => /^licen[cs]e(\.|$)/i.test(f));
    if (!file) throw new Refused(`${name} has no licence file, so it cannot be in the bundle.`);
    const text = (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim();
    parts.push(`${name} ${version} (${license})\n\n${text}\n`);
  }
  const comments = new Set();
  for (const { outputFiles } of results) {
    for (const { path, text } of outputFiles) {
      if (!path.endsWith(".LEGAL.txt")) continue;
      for (const comment of text.match(/\/\*[^]*?\*\//g) ?? []) comments.add(comment);
    }
  }
  const own = "lmscope itself is under the MIT licence. Its pages contain the packages below.\n";
  const rule = `\n${"-".repeat(80)}\n\n`;
  const said = [...comments].sort(inOrder).join("\n");
  return [own, ...parts, `Comments in their files\n\n${said}\n`].join(rule);
}

async function emptied(out) {
  const found = await readdir(out).catch(() => []);
  if (found.length && !found.includes(MARK)) {
    throw new Refused(`${out} holds something other than a bundle.\nGive --out a folder that is new or empty.`);
  }
  // The mark stays until it is replaced, so that a build that was cut off can be repeated.
  for (const name of found) if (name !== MARK) await rm(join(out, name), { recursive: true });
}

async function site(out) {
  const results = await Promise.all(
    ENTRIES.map((entry) =>
      esbuild.build({ ...COMMON, ...entry, outdir: out, minify: true, legalComments: "external" }),
    ),
  );
  const notice = await licences(results);
  await emptied(out);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, MARK), notice);
  await cp(join(HERE, "static"), out, { recursive: true });
  for (const { path, contents } of results.flatMap((r) => r.outputFiles)) {
    if (path.endsWith(".LEGAL.txt")) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, contents);
    console.log(`${String(contents.length).padStart(9)}  ${relative(out, path).split(sep).join("/")}`);
  }
}

async function tests(names) {
  const out = join(HERE, "build");
  const all = (await readdir(join(HERE, "test"))).filter((f) => f.endsWith(".test.ts")).sort(inOrder);
  const chosen = names.length ? names.map((n) => `${basename(n).replace(/(\.test)?(\.ts)?$/, "")}.test.ts`) : all;
  const { outputFiles } = await esbuild.build({
    ...COMMON,
    entryPoints: chosen.map((f) => `test/${f}`),
    format: "esm",
    outdir: out,
    outExtension: { ".js": ".mjs" },
    platform: "node",
  });
  await mkdir(out, { recursive: true });
  for (const f of await readdir(out)) {
    const source = f.replace(/\.mjs$/, ".ts");
    if (f.endsWith(".test.mjs") && !all.includes(source)) await rm(join(out, f));
  }
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
}

try {
  const { values, positionals } = parseArgs({
    options: {
      out: { type: "string", default: join(HERE, "..", "src", "lmscope", "static") },
      test: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  await (values.test ? tests(positionals) : site(resolve(values.out)));
} catch (error) {
  // esbuild has printed what is wrong with the sources.
  if (!error.errors) console.error(error instanceof Refused ? error.message : error);
  process.exitCode = 1;
}
