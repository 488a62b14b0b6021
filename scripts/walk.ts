/**
 * `npm run walk -- --seed N --steps 300`: random operations on real domains, each held against a model (test/walk). The same
 * seed draws the same operations again. Ends with a count of what was done by which method, and how it ended.
 */
import {parseArgs} from 'node:util';
import {countTable, lineOf, walk} from '../test/walk/walk.ts';

const {values} = parseArgs({options: {seed: {type: 'string'}, steps: {type: 'string', default: '300'}}});
const seed = values.seed === undefined ? Math.floor(Math.random() * 1_000_000) : Number(values.seed);
const report = await walk({seed, steps: Number(values.steps), log: line => console.log(line)});
console.log(`\nlibvirt ${report.libvirt}, QEMU ${report.qemu}, seed ${seed}: ${report.operations.length} operations`);
console.log(countTable(report));
console.log(`\n${report.failures.length} failures`);
for (const failure of report.failures) console.log(lineOf(failure));
process.exitCode = report.failures.length > 0 ? 1 : 0;
