/** `virsnap clone DOMAIN[@TAG] NEW` */
import path from 'node:path';
import {plannedCommand} from '../planned.ts';
import {idOption} from '../request.ts';

export const cloneCommand = plannedCommand({
	name: 'clone',
	summary: 'a new domain like this one, or like a snapshot of it',
	description: [
		'Without --full a linked clone: its disks are overlays, so it needs almost no room at first, and what they depend on must not change. While a clone of the domain itself exists, its base must stay shut off. While a clone of a snapshot exists, the domain may run, and the snapshot cannot be deleted.',
		'With --full it gets copies of the disks, and depends on nothing. A snapshot inside an image (internal) can only be cloned so.',
		'Its memory is not copied. Undoing the operation removes the clone with its files.',
	],
	arguments: [
		{
			name: 'DOMAIN[@TAG]',
			help: 'name, UUID or id of a domain; with @TAG as it was at that snapshot. A domain of exactly this name comes first',
			completes: ['domain', 'domain@tag'],
		},
		{name: 'NEW', help: 'name of the new domain'},
	],
	options: {
		...idOption,
		full: {help: 'copy the disks; default: overlays'},
		dir: {
			help: 'folder for the new disks; default: beside those that they are made from',
			value: 'DIR',
			completes: 'folder',
		},
	},
	examples: [
		{line: 'clone web web-test', does: 'Show the plan, ask, and define web-test on overlays of the disks of web.'},
		{
			line: 'clone web@before web-test',
			does: 'Define a domain like web at its snapshot before, while web keeps running.',
		},
		{line: 'clone web@before web-old --full', does: 'The same with copies of the disks, which depends on nothing.'},
	],
	request({words: [domain = '', name = ''], options: {full, dir, id}}) {
		const way = {
			...(full && {full}),
			...(id !== undefined && {id}),
			...(dir !== undefined && {dir: path.resolve(dir)}),
		};
		return {domain, mayHaveTag: true, intent: {verb: 'clone', name, ...way}};
	},
});
