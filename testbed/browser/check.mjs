// Usage: node check.mjs CHROMIUM PAGE.html [SCREENSHOT.png]
// Opens the page on a desktop and on a phone, in light and dark; prints what is wrong as JSON lines and ends with 1 if anything is.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { chromium } from 'playwright-core';

const [executablePath, page, screenshot] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const browser = await chromium.launch({
  executablePath,
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
const wrong = [];
for (const [name, width, height, colorScheme] of [['desktop', 1280, 900, 'light'], ['dark', 1280, 900, 'dark'], ['phone', 375, 800, 'light']]) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true });
  const tab = await context.newPage();
  tab.on('console', (it) => it.type() === 'error' && wrong.push({ view: name, console: it.text() }));
  tab.on('pageerror', (it) => wrong.push({ view: name, error: String(it) }));
  tab.on('request', (it) => /^(file|data):/.test(it.url()) || wrong.push({ view: name, fetched: it.url() }));
  await tab.goto(pathToFileURL(page).href);
  for (const it of await tab.$$('details')) await it.evaluate((node) => node.setAttribute('open', ''));
  const wide = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  if (wide > 1) wrong.push({ view: name, overflow: wide });
  await tab.evaluate(axe);
  const result = await tab.evaluate(() => axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] }));
  for (const it of result.violations) wrong.push({ view: name, axe: it.id, impact: it.impact, nodes: it.nodes.slice(0, 3).map((node) => node.target.join(' ')) });
  if (screenshot) await tab.screenshot({ path: screenshot.replace('.png', `-${name}.png`), fullPage: name === 'phone' ? false : true });
  await context.close();
}
await browser.close();
wrong.forEach((it) => console.log(JSON.stringify(it)));
process.exit(wrong.length ? 1 : 0);
