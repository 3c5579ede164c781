// SPDX-License-Identifier: MIT
// usage: npm run test:streams -- [streams of each kind, 10000 if it is not given]; SEED=… is the first one's seed.
// A stream that fails is told, and the others go on; it exits with 1 then.
import { STREAM_KINDS } from './streamGuest.js';
import { proveStreams } from './streamProof.js';

const MANY = 10_000;
const REPORT_EVERY = 100;
const count = Number(process.argv[2] ?? MANY);

for (const kind of STREAM_KINDS) {
  let told = 0;
  let failed = 0;
  const totals = proveStreams(kind, count, (seed, failure) => {
    if (failure !== undefined) {
      failed++;
      process.exitCode = 1;
      console.error(failure instanceof Error ? failure.message : failure);
    }
    if (++told % REPORT_EVERY === 0) console.log(`${kind}: ${told} of ${count}, ${failed} failed, up to seed ${seed}`);
  });
  console.log(`${kind}: ${count - failed} proved, ${failed} failed; ${[...totals].map(([name, times]) => `${times} ${name}`).join(', ')}`);
}
