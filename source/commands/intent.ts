/** From words and options to what a planner is asked. */
import path from 'node:path';
import {snapshotMethods} from '../core/create/methods.ts';
import type {Intent, RevertIntent} from '../core/model/plan.ts';
import type {PlannedVerb} from './catalogue.ts';
import {type Arguments, usageHint} from './command-line.ts';
import {UsageError} from './context.ts';

/** What a person asked for: which domain, and what to do with it. */
export type Request = {
	/** Name, UUID or id; null where the file of saved memory tells. */
	readonly domain: string | null;
	readonly intent: Intent;
};

type Given = Pick<Arguments, 'words' | 'options'>;

/** DOMAIN [TAG] and the options of `create`. */
export function createRequest({words: [domain = '', tag = ''], options}: Given): Request {
	exclusive('create', options, 'memory', 'disk-only');
	const method = snapshotMethods.find(id => id === options.method);
	if (options.method !== undefined && !method) {
		throw new UsageError(`There is no method '${options.method}'`, `Methods: ${snapshotMethods.join(', ')}`);
	}

	return {
		domain,
		intent: {
			verb: 'create',
			tag,
			...(method && {method}),
			...(typeof options.description === 'string' && {description: options.description}),
			...(options.memory && {scope: 'memory' as const}),
			...(options['disk-only'] && {scope: 'disk-only' as const}),
			...(options.quiesce && {quiesce: true}),
			...(typeof options.dir === 'string' && {dir: options.dir}),
		},
	};
}

/** DOMAIN TAG and the options of `revert`. */
export function revertRequest({words: [domain = '', tag = ''], options}: Given): Request {
	exclusive('revert', options, 'running', 'paused');
	return {
		domain,
		intent: {
			verb: 'revert',
			tag,
			...afterwards(options),
			...(options.safety && {safety: true}),
		},
	};
}

/** The state wanted after a revert. */
function afterwards({running, paused}: Arguments['options']): Pick<RevertIntent, 'afterwards'> {
	if (running || paused) return {afterwards: running ? 'running' : 'paused'};
	return {};
}

/** DOMAIN TAG and the options of `delete`. */
export function deleteRequest({words: [domain = '', tag = ''], options}: Given): Request {
	return {
		domain,
		intent: {
			verb: 'delete',
			tag,
			...(options.children && {children: true}),
			...(options['metadata-only'] && {metadataOnly: true}),
		},
	};
}

/** DOMAIN [FILE] of `save`. */
export function saveRequest({words: [domain = '', file]}: Given): Request {
	return {domain, intent: {verb: 'save', ...(file !== undefined && {file: path.resolve(file)})}};
}

/** FILE or DOMAIN of `restore`: no domain's name holds a slash. */
export function restoreRequest({words: [subject = ''], options}: Given): Request {
	exclusive('restore', options, 'running', 'paused');
	const file = subject.includes('/') ? {file: path.resolve(subject)} : {};
	return {domain: subject.includes('/') ? null : subject, intent: {verb: 'restore', ...file, ...afterwards(options)}};
}

/** FILE or DOMAIN of `drop`. */
export function dropRequest({words: [subject = '']}: Given): Request {
	const file = subject.includes('/') ? {file: path.resolve(subject)} : {};
	return {domain: subject.includes('/') ? null : subject, intent: {verb: 'drop', ...file}};
}

/** DOMAIN NEW of `clone`. */
export function cloneRequest({words: [domain = '', name = '']}: Given): Request {
	return {domain, intent: {verb: 'clone', name}};
}

/** DOMAIN FILE of `reclaim`. */
export function reclaimRequest({words: [domain = '', file = '']}: Given): Request {
	return {domain, intent: {verb: 'reclaim', overlay: path.resolve(file)}};
}

/** The request of each verb that a plan can be made of. */
export const requests: Readonly<Record<PlannedVerb, (given: Given) => Request>> = {
	create: createRequest,
	revert: revertRequest,
	delete: deleteRequest,
	save: saveRequest,
	restore: restoreRequest,
	drop: dropRequest,
	clone: cloneRequest,
	reclaim: reclaimRequest,
};

function exclusive(command: string, options: Arguments['options'], one: string, other: string): void {
	if (options[one] && options[other]) {
		throw new UsageError(`--${one} and --${other} exclude each other`, usageHint(command));
	}
}
