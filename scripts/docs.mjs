// Writes the pages that are made from the code: `npm run docs`. Tests in test/laws compare each with what would be written.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { apiPage, doorsOf } from './api/page.mjs';
import { architecturePicture } from './architecture/picture.mjs';

const docs = fileURLToPath(new URL('../docs/', import.meta.url));
writeFileSync(`${docs}api.md`, apiPage(doorsOf()));
writeFileSync(`${docs}images/architecture.svg`, architecturePicture());
