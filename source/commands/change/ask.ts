/** The question before something is changed. */
import {createInterface} from 'node:readline/promises';
import {printable, t} from '../../core/words/text.ts';
import {type Context, say, UsageError} from '../context.ts';

/**
 * Ask on the terminal whether to continue. `confirm` is what has to be typed, or what is shown of it; null: y is enough. A no is answered.
 * Without a terminal: a `UsageError`.
 */
export async function agrees(context: Context, confirm: string | null): Promise<boolean> {
	const {io} = context;
	if (!io.stdin.isTTY || !io.stderr.isTTY) {
		throw new UsageError(
			'Cannot ask for confirmation: not a terminal. Nothing was changed',
			'To run without confirmation: add --yes',
		);
	}

	const question = confirm === null ? 'Continue? [y/N] ' : t`Type ${confirm} to confirm: `;
	const answer = (await readAnswer(io.stdin, io.stderr, question)).trim();
	const agreed = confirm === null ? /^y(es)?$/i.test(answer) : [confirm, printable(confirm)].includes(answer);
	const wrong = !agreed && confirm !== null && answer !== '' ? 'The name does not match. ' : '';
	if (!agreed) say(context, `${wrong}Nothing was changed.`);
	return agreed;
}

/** One line; empty where the input ends or Ctrl-C is pressed. */
export async function readAnswer(
	input: NodeJS.ReadableStream,
	output: NodeJS.WritableStream,
	question: string,
): Promise<string> {
	const terminal = createInterface({input, output});
	const ended = new Promise<string>(resolve => {
		terminal.once('close', () => {
			output.write('\n');
			resolve('');
		});
	});
	try {
		return await Promise.race([terminal.question(question), ended]);
	} finally {
		terminal.close();
	}
}
