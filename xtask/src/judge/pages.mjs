// Looks at every sample of every page with judges from outside: axe-core in Chromium, wide and
// light, narrow and dark; and html-validate. Called by `cargo xtask judge`, which fetches them.
// node pages.mjs SCRATCH CHROMIUM: the pages lie in SCRATCH/pages, the judges in its node_modules.

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, extname } from "node:path";

const [scratch, program] = process.argv.slice(2);
const near = createRequire(join(scratch, "package.json"));
const { launch } = near("puppeteer-core");
const { HtmlValidate } = near("html-validate");
const axe = await readFile(near.resolve("axe-core/axe.min.js"), "utf8");

const folder = join(scratch, "pages");
const KINDS = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };
const server = createServer(async (request, response) => {
  const path = new URL(request.url, "http://x").pathname;
  const bytes = await readFile(join(folder, path)).catch(() => undefined);
  const kind = `${KINDS[extname(path)] ?? "text/plain"}; charset=utf-8`;
  response.writeHead(bytes ? 200 : 404, { "content-type": kind }).end(bytes ?? "");
});
await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
const home = `http://127.0.0.1:${server.address().port}`;

// One line per rule: how grave it is, how often it was broken, where first.
const found = new Map();
const note = (judge, grave, rule, page, where) => {
  const key = `${judge}/${rule}`;
  const known = found.get(key) ?? { judge, grave, rule, times: 0, pages: new Set(), where: [] };
  known.times += 1;
  known.pages.add(page);
  if (known.where.length < 4) known.where.push(`${page}: ${where}`);
  found.set(key, known);
};

const names = (await readdir(folder)).filter((name) => name.endsWith(".html")).sort();
const isMail = (name) => name.startsWith("mail-");

// What is not a matter of taste. Mails are HTML as mail programs read it, and are not judged so.
const html = new HtmlValidate({
  extends: ["html-validate:standard"],
  rules: { "long-title": "off" },
});
for (const name of names.filter((name) => !isMail(name))) {
  const report = await html.validateFile(join(folder, name));
  for (const { messages } of report.results) {
    for (const { ruleId, message, line } of messages) note("html", "error", ruleId, name, `${line}: ${message}`);
  }
}

const browser = await launch({
  executablePath: program,
  args: ["--no-sandbox", "--no-proxy-server", "--disable-dev-shm-usage"],
});
const tab = await browser.newPage();
const LOOKS = [
  { name: "wide", width: 1280, height: 900, scheme: "light" },
  { name: "narrow, dark", width: 360, height: 740, scheme: "dark" },
];
let looks = 0;
for (const look of LOOKS) {
  await tab.setViewport({ width: look.width, height: look.height });
  await tab.emulateMediaFeatures([{ name: "prefers-color-scheme", value: look.scheme }]);
  for (const name of names) {
    await tab.goto(`${home}/${encodeURIComponent(name)}`, { waitUntil: "load" });
    await tab.evaluate(axe);
    const { violations } = await tab.evaluate((mail) => globalThis.axe.run(document, {
      resultTypes: ["violations"],
      // A mail stands within a page of a mail program, which has the landmarks.
      rules: { "target-size": { enabled: true }, "landmark-one-main": { enabled: !mail }, region: { enabled: !mail } },
    }), isMail(name));
    looks += 1;
    for (const { id, impact, nodes } of violations) {
      for (const { html, failureSummary } of nodes) {
        const why = failureSummary.split("\n").slice(1).join(" ").trim();
        note("axe", impact, id, `${name} (${look.name})`, `${html.slice(0, 160)} ${why}`);
      }
    }
  }
}
await browser.close();
server.close();

for (const { judge, grave, rule, times, pages, where } of found.values()) {
  console.log(`${judge}: ${rule} (${grave}), ${times} times on ${pages.size} pages`);
  for (const place of where) console.log(`    ${place}`);
}
const isGrave = ({ judge, grave }) => judge === "html" || ["serious", "critical"].includes(grave);
const graves = [...found.values()].filter(isGrave);
console.log(`${names.length} pages and mails, looked at ${looks} times: ${graves.length} rules broken gravely, ${found.size - graves.length} others`);
process.exitCode = graves.length ? 1 : 0;
