/** What a command of a plan complains of. */
import type {Step} from '../../core/model/step.ts';
import type {CommandResult} from './run-command.ts';

/** Why a result is no success; null where it is one. A command of QEMU's monitor exits 0 and prints its error on stdout. */
export function failureOf(step: Pick<Step, 'success'>, {exitCode, stdout, stderr}: CommandResult): string | null {
	if (exitCode !== 0) return stderr.trim() || stdout.trim() || `it ended with status ${exitCode ?? 'unknown'}`;
	if (step.success === 'silent' && stdout.trim() !== '') return stdout.trim();
	if (step.success === 'told' && stdout.trim() === '') return 'There is a file of that name already (File exists)';
	return null;
}

/** Such words inside a sentence of ours: virsh's `error:` and the last full stop left out, lines joined. */
export function inSentence(words: string): string {
	return words
		.replaceAll(/^error: /gm, '')
		.trim()
		.split('\n')
		.filter(Boolean)
		.join(': ')
		.replace(/\.$/, '');
}
