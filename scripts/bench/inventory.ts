/** How long all of a host takes to read: by virsnap, by libvirt's Python bindings, and by what a person would type. */
import type {Lab} from '../../source/lab/lab.ts';
import {environment, virsh, virsnap} from './program.ts';
import {record} from './table.ts';
import {interleave, timed} from './timing.ts';

/** Everything about each domain, and each disk's own table. */
const byHand = `
virsh -q list --all
virsh -q list --all --uuid | while read -r domain; do
	[ -n "$domain" ] || continue
	virsh -q snapshot-list "$domain" </dev/null
	virsh -q domblklist "$domain" </dev/null | while read -r target file; do
		qemu-img info -U --output=json "$file" </dev/null
	done
done`;

/** The same through libvirt's C library: one connection, and every document of every snapshot. */
const byBindings = `
import libvirt, subprocess
from xml.etree import ElementTree
connection = libvirt.open()
for domain in connection.listAllDomains():
    domain.info(), domain.hasManagedSaveImage()
    for snapshot in domain.listAllSnapshots():
        ElementTree.fromstring(snapshot.getXMLDesc())
    for source in ElementTree.fromstring(domain.XMLDesc()).iterfind('./devices/disk/source[@file]'):
        subprocess.run(['qemu-img', 'info', '-U', '--output=json', source.get('file')], stdout=subprocess.DEVNULL, check=True)
`;

/** `runs`: of virsnap and of virsh; the slow ways are taken once. */
export async function measureInventory(lab: Lab, size: string, runs: number): Promise<void> {
	const group = `inventory: ${size}`;
	const env = environment(lab);
	const medians = await interleave(runs, {
		'virsnap list --json': () => virsnap(lab, 'list', '--json'),
		'floor: virsh list --all': () => virsh(lab, 'list', '--all'),
	});
	const whole = medians['virsnap list --json'];
	for (const [name, value] of Object.entries(medians)) record(group, name, value, 'ms');
	const others = {
		'libvirt’s Python bindings, and qemu-img in a loop': ['/usr/bin/python3', byBindings],
		'by hand: virsh and qemu-img in a loop': ['bash', byHand],
	} as const;
	for (const [what, [program, text]] of Object.entries(others)) {
		const taken = await timed(program, ['-c', text], env);
		record(group, what, taken, 'ms', `${(taken / whole).toFixed(1)} × list --json`);
	}
}
