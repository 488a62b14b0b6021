/** Steps that several kinds of plan have. */

import {withSources} from '../domain-xml/sources.ts';
import type {Facts} from '../model/domain.ts';
import type {Step} from '../model/plan.ts';
import {printable, t} from '../words/text.ts';
import {define} from './argv.ts';

/** Removes a file, whether it is there or not. */
export function removeStep(file: string): Step {
	return {
		title: t`Remove ${file}`,
		argv: ['rm', '-f', '--', file],
		success: 'exit',
		changes: [{sign: '-', what: printable(file)}],
		undo: null,
	};
}

/** A disk's new place in the definition. */
type NewSource = {readonly target: string; readonly file: string; readonly format: string};

/** The definition of a domain that is shut off, with other files for these disks. */
export function defineStep(facts: Facts, title: string, disks: readonly NewSource[]): Step {
	return {
		title,
		argv: define(facts.host),
		input: withSources(facts.inactiveXml, new Map(disks.map(({target, file, format}) => [target, {file, format}]))),
		success: 'exit',
		changes: disks.map(({target, file}) => ({sign: '~', what: t`${target} runs on ${file}`})),
		undo: define(facts.host),
		undoInput: facts.inactiveXml,
	};
}
