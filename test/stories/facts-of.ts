/** What a test starts in surroundings of its own: `node facts-of.ts URI UUID RECEIPTS` prints what is seen of a domain, and of a plan. An empty URI is none. */
import process from 'node:process';
import {makePlan} from '../../source/core/make-plan.ts';
import {openHypervisor} from '../../source/hypervisor/hypervisor.ts';

const [uri = '', uuid = '', receipts = ''] = process.argv.slice(2);
const hypervisor = openHypervisor({uri: uri === '' ? null : uri, receipts});
const facts = await hypervisor.facts(uuid);
const outcome = makePlan(facts, {verb: 'create', tag: 'point', method: 'qemu-img'});
await hypervisor.close();
process.stdout.write(JSON.stringify({elsewhere: facts.host.elsewhere, disks: facts.domain.disks, outcome}));
