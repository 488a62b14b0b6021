/** A plan as commands for a shell, to be pasted. */
import type {Plan} from '../model/plan.ts';
import type {Step} from '../model/step.ts';
import {enumerate, shellCommand, shellWord} from '../words/text.ts';

/**
 * The commands in a subshell that ends at the first that fails, so that nothing behind a failed merge is removed; before them what they
 * presume, since nothing looks at it again. One command alone needs neither.
 */
export function planScript(plan: Plan): string {
	const commands = plan.steps.map(checked);
	const [first] = plan.steps;
	if (commands.length === 1 && first?.success === 'exit') return `${commands[0]}\n`;
	return ['( set -e', `: ${shellWord(presumption(plan))}`, ...commands, ')', ''].join('\n');
}

function presumption({domain, basis}: Plan): string {
	const disks = Object.entries(basis).flatMap(([key, line]) => (key.startsWith('disk ') ? [`${key}: ${line}`] : []));
	const found = [`${domain.name} is ${basis.state ?? 'as it was'}`, ...disks];
	return `Only while this is so: ${enumerate(found)}. Nothing checks it here.`;
}

/** Status 0 is not success for every command; see `Step.success`. */
function checked({argv, input, success}: Step): string {
	const command = shellCommand(argv, input);
	if (success === 'exit') return command;
	const [test, words] = success === 'silent' ? ['-z', '"$out"'] : ['-n', `${shellWord('File exists')}`];
	return `out=$(${command}); [ ${test} "$out" ] || { echo ${words} >&2; exit 1; }`;
}
