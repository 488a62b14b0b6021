/** `virsnap doctor`: what this host offers, what is missing, and the command that mends it. */
import type {Refusal} from '../../core/model/refusal.ts';
import {printable, shellCommand, t} from '../../core/words/text.ts';
import {command} from '../command.ts';
import {withHypervisor} from '../connection.ts';
import {type Context, Exit, print, printJson} from '../context.ts';
import {sayRefused} from '../show/refuse.ts';
import type {Check} from './checks.ts';

export const doctorCommand = command({
	name: 'doctor',
	summary: 'check this host and show how to fix what is missing',
	arguments: [],
	options: {json: {help: 'print the checks as JSON'}},
	hosts: 'one',
	examples: [
		{
			line: 'doctor',
			does: 'Check programs, connection, images and rights; each problem with the command that fixes it.',
		},
		{line: '-c qemu:///session doctor', does: 'The same for the libvirt of the user.'},
	],
	async run(context, {options}) {
		const elsewhere = await onOtherMachine(context);
		if (elsewhere !== null) return sayRefused(context, elsewhere, options.json === true);
		const [{readDoctorFacts}, {checksOf}] = await Promise.all([import('./facts.ts'), import('./checks.ts')]);
		const facts = await readDoctorFacts(context);
		const checks = checksOf(facts);
		if (options.json) printJson(context, {checks});
		else print(context, checksText(checks));
		return facts.host ? Exit.ok : Exit.noConnection;
	},
});

/** The checks look at programs and files of this machine. @throws {HostError} another one that is not reached */
async function onOtherMachine(context: Context): Promise<Refusal | null> {
	const machine = await withHypervisor(context, hypervisor => hypervisor.machine());
	if (machine === null) return null;
	const there = shellCommand([...machine.ssh, 'virsnap', 'doctor']);
	return {code: 'unsupported', reason: t`${machine.name} is checked from there.`, remedy: t`Run it there: ${there}`};
}

/** One check a line, each remedy below what it mends. */
export function checksText(checks: readonly Check[]): string {
	const width = Math.max(...checks.map(({name}) => name.length));
	const margin = ' '.repeat('missing'.length + 2 + width + 2);
	return checks
		.flatMap(({name, status, found, remedy}) => [
			`${status.padEnd('missing'.length)}  ${name.padEnd(width)}  ${indent(found, margin)}`,
			...(remedy === null ? [] : [t`${margin}→ ${remedy}`]),
		])
		.join('\n');
}

function indent(text: string, margin: string): string {
	return text.split('\n').map(printable).join(`\n${margin}`);
}
