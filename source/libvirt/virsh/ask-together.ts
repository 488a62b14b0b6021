/** Single questions to virsh: what is asked in one turn goes to it in one go. */
import {setImmediate as turn} from 'node:timers/promises';
import {CommandError} from '../errors.ts';
import {type Answer, ask, type Libvirt, virshArgv} from './ask.ts';

/** A question as virsh takes it, without the leading `virsh`; its answer rejects where virsh prints an error. */
export type AskVirsh = (...question: readonly string[]) => Promise<string>;

/** @throws from each question {CommandError} virsh refuses it, {ConnectionError} libvirt could not be asked */
export function askTogether(libvirt: Libvirt): AskVirsh {
	type Waiting = {question: readonly string[]; resolve: (answer: Answer) => void; reject: (error: unknown) => void};
	let waiting: Waiting[] = [];

	async function put(): Promise<void> {
		await turn();
		const all = waiting;
		waiting = [];
		try {
			const answers = await ask(
				libvirt,
				all.map(({question}) => question),
			);
			for (const [index, {resolve}] of all.entries()) resolve(answers[index]!);
		} catch (error) {
			for (const {reject} of all) reject(error);
		}
	}

	return async (...question) => {
		const answer = await new Promise<Answer>((resolve, reject) => {
			waiting.push({question, resolve, reject});
			if (waiting.length === 1) put();
		});
		if (answer.failed) throw new CommandError(virshArgv(libvirt.uri, ...question), null, answer.stderr);
		return answer.stdout;
	};
}

/** virsh adds a newline to everything but the documents that end in one already. */
export function withoutNewline(answer: string): string {
	return answer.replace(/\n$/, '');
}
