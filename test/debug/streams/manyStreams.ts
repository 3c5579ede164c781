// SPDX-License-Identifier: MIT
// usage: npm run test:streams -- [streams of each kind, 10000 if it is not given]; SEED=… is the first one's seed.
import { STREAM_KINDS } from './streamGuest.js';
import { proveStreams } from './streamProof.js';

const MANY = 10_000;
const REPORT_EVERY = 100;
const count = Number(process.argv[2] ?? MANY);

for (const kind of STREAM_KINDS) {
  let proved = 0;
  const totals = proveStreams(kind, count, seed => {
    if (++proved % REPORT_EVERY === 0) console.log(`${kind}: ${proved} of ${count}, up to seed ${seed}`);
  });
  console.log(`${kind}: ${[...totals].map(([name, times]) => `${times} ${name}`).join(', ')}`);
}
