// Every file that looks at the demo, in one process, so that they share one. The hosted console has its own server, and hooks.
import { readdirSync } from 'node:fs';
import { demoAtEnd } from './lib/shared.mjs';

// Before the first test: a moment without any, while this was waited for, would be taken for the end.
await demoAtEnd();
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs') && name !== 'hosted.test.mjs');
for (const name of files.sort()) await import(`./${name}`);
