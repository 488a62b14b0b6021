import {Box} from 'ink';
import {printable} from '../../core/text.ts';
import {LinesView} from '../components/lines-view.tsx';
import {TitleLine} from '../components/title-line.tsx';
import {content, pageRows, pageTop} from '../content.ts';
import {layout} from '../layout.ts';
import {type Line, labelled, paragraph, span} from '../line.ts';
import type {Dialog as DialogState, State} from '../state.ts';
import {MethodStep} from './method-step.tsx';
import {optionLines} from './option-lines.ts';
import {position} from './reader.tsx';
import {promptLines} from './review-prompt.ts';
import {textStepLines} from './text-step-lines.ts';

type Props = {readonly state: State; readonly dialog: DialogState};

/** A dialog on its own screen: one step at a time, the plan or its refusal at the end. */
export function Dialog({state, dialog}: Props) {
	const {columns} = state.size;
	return (
		<>
			<TitleLine title={titleOf(dialog)} right={rightOf(state, dialog)} columns={columns} focused />
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
	if (dialog.facts === null) return plain(waitingLines(dialog, columns));
	switch (dialog.steps[dialog.at]) {
		case 'tag':
		case 'description':
			return plain(textStepLines(dialog, columns, state.glyphs));
		case 'method':
			return <MethodStep dialog={dialog} columns={columns} rows={bodyRows} />;
		case 'options':
			return plain(optionLines(dialog, columns, state.glyphs));
		default: {
			const lines = content(state);
			return (
				<>
					<LinesView lines={lines} columns={columns} rows={pageRows(state)} top={pageTop(state, lines.length)} />
					<LinesView lines={promptLines(dialog, columns, state.glyphs)} columns={columns} rows={2} />
				</>
			);
		}
	}
}

function waitingLines({failure}: DialogState, columns: number): readonly Line[] {
	if (failure === null) return [[span('Reading the facts a plan stands on.', 'dim')]];
	return [
		...labelled('Problem', `The facts could not be read: ${printable(failure)}`, columns, 'bad'),
		...paragraph('Esc goes back; R reads everything again.', columns),
	];
}

function titleOf({intent, domainName}: DialogState): string {
	const tag = 'tag' in intent && intent.tag !== '' && intent.verb !== 'create' ? ` ${printable(intent.tag)}` : '';
	const what = intent.verb === 'create' ? 'create a snapshot' : `${intent.verb}${tag}`;
	return `${printable(domainName)}: ${what}`;
}

function rightOf(state: State, dialog: DialogState): string {
	const step = dialog.steps.length > 1 ? `step ${dialog.at + 1} of ${dialog.steps.length}` : '';
	if (dialog.steps[dialog.at] !== 'review') return step;
	const count = content(state).length;
	return [position(pageTop(state, count), pageRows(state), count), step].filter(Boolean).join(', ');
}
