import {Box} from 'ink';
import {printable, t} from '../../core/words/text.ts';
import type {Dialog, Task} from '../state/dialog.ts';
import {splitKey} from '../state/hosts/placed.ts';
import {hostTone} from '../state/hosts/told.ts';
import {layout} from '../state/layout.ts';
import {pageRows, pageTop, position} from '../state/paging.ts';
import type {State} from '../state/state.ts';
import {roundWords, subjectOf} from '../state/works.ts';
import {type Line, labelled, paragraph, span} from '../terminal/line.ts';
import {LinesView} from '../terminal/lines-view.tsx';
import {TitleLine} from '../terminal/title-line.tsx';
import {isReady} from './arrive.ts';
import {MenuStep} from './menu/menu-step.tsx';
import {optionLines} from './options/lines.ts';
import {reviewLines} from './review/lines.ts';
import {promptLines} from './review/prompt.ts';
import {severalTitle, severalWaiting} from './several/lines.ts';
import {textStepLines} from './text/lines.ts';

type Props = {readonly state: State; readonly dialog: Dialog};

/** A dialog on its own screen: one step at a time, the plan or its refusal at the end. */
export function DialogScreen({state, dialog}: Props) {
	const {columns} = state.size;
	return (
		<>
			<TitleLine
				title={`${roundWords(state)}${titleOf(dialog)}`}
				right={rightOf(state, dialog)}
				columns={columns}
				focused
				tone={hostTone(state, splitKey(dialog.domain).host, 'title')}
			/>
			<Box paddingLeft={1} flexShrink={0} flexDirection="column">
				<Step state={state} dialog={dialog} />
			</Box>
		</>
	);
}

function Step({state, dialog}: Props) {
	const columns = state.size.columns - 1;
	const {bodyRows} = layout(state.size, state.focus);
	const plain = (lines: readonly Line[]) => <LinesView lines={lines} columns={columns} rows={bodyRows} />;
	if (!isReady(dialog)) return plain(waitingLines(dialog, columns));
	switch (dialog.steps[dialog.at]) {
		case 'tag':
		case 'description':
		case 'expires':
		case 'name':
		case 'file':
			return plain(textStepLines(dialog, columns, state.glyphs));
		case 'menu':
			return <MenuStep dialog={dialog} columns={columns} rows={bodyRows} />;
		case 'disks':
		case 'options':
			return plain(optionLines(dialog, columns, bodyRows, state.glyphs));
		default: {
			const lines = reviewLines(dialog, columns - 1);
			return (
				<>
					<LinesView lines={lines} columns={columns} rows={pageRows(state)} top={pageTop(state, lines.length)} />
					<LinesView lines={promptLines(dialog, columns, state.glyphs)} columns={columns} rows={2} />
				</>
			);
		}
	}
}

function waitingLines({failure, task, several}: Dialog, columns: number): readonly Line[] {
	if (several !== null) return [[span(severalWaiting(several), 'dim')]];
	const recovers = task === 'recover';
	if (failure === null) {
		const text = recovers ? 'Reading the present state and the choices.' : 'Reading the facts for the plan.';
		return [[span(text, 'dim')]];
	}
	const what = recovers ? 'Nothing can be done now' : 'The facts could not be read';
	return [
		...labelled('Problem', t`${what}: ${failure}`, columns, 'bad'),
		...paragraph('Esc goes back to the lists; press R there to read again.', columns),
	];
}

const TITLES: Readonly<Partial<Record<Task, string>>> = {
	create: 'create a snapshot',
	memory: 'memory snapshot',
	reclaim: 'delete unused overlays',
};

function titleOf(dialog: Dialog): string {
	const {task, intent, recovery, undoes, domain, domainName, several} = dialog;
	if (several !== null) return severalTitle(dialog);
	const name = printable(domainName);
	if (undoes !== null) return `undo: ${subjectOf(undoes.plan, splitKey(domain).host)}`;
	if (recovery !== null)
		return `${subjectOf(recovery.receipt.plan, splitKey(domain).host)} ${recovery.receipt.endedAt === null ? 'was interrupted' : 'failed'}`;
	const title = TITLES[task];
	if (title !== undefined) return `${name}: ${title}`;
	const tag = intent !== null && 'tag' in intent && intent.tag !== undefined ? t` ${intent.tag}` : '';
	const verb = intent?.verb === 'edit' && intent.protect === false ? 'unprotect' : task;
	return `${name}: ${verb}${tag}`;
}

function rightOf(state: State, dialog: Dialog): string {
	const step = dialog.steps.length > 1 ? `step ${dialog.at + 1} of ${dialog.steps.length}` : '';
	if (dialog.steps[dialog.at] !== 'review') return step;
	const count = reviewLines(dialog, state.size.columns - 2).length;
	return [position(pageTop(state, count), pageRows(state), count), step].filter(Boolean).join(', ');
}
