// Every file in one process, so that they share one demo.
import { readdirSync } from 'node:fs';
import { demoAtEnd } from './lib/shared.mjs';

// Before the first test: a moment without any, while this was waited for, would be taken for the end.
await demoAtEnd();
const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.mjs'));
for (const name of files.sort()) await import(`./${name}`);
