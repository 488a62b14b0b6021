/**
 * Memory and devices into a file, and the domain stops: `virsh save` (virsh(1)). libvirt empties and fills whatever has that name, and
 * leaves its mode and owner as they are (verified on 9.0): only a file that was made for it is safe.
 */
import {boolean, literal, optional, strictObject, string} from 'valibot';
import {isActive} from '../../model/domain.ts';
import {fileExists} from '../../planning/files.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';
import {memoryJob} from './memory-job.ts';

export const save: StepKind<'save'> = {
	...byLibvirt,
	reach: () => ({state: true}),
	absent: ({file, made}) => (made ? [] : [file]),
	uses: ({file, made}) => (made ? [file] : []),
	schema: strictObject({kind: literal('save'), on: addressSchema, file: string(), made: optional(boolean())}),
	argv: ({on, file}) => virshOn(on, 'save', `--file=${file}`),
	evidence({file}, _plan, facts) {
		if (!fileExists(facts, file)) return 'not-done';
		return facts.saveImages[file] && !isActive(facts.domain) ? 'done' : 'half';
	},
	repeatable: false,
	job: memoryJob,
	makes: ({file, made}) => (made ? [] : [file]),
};
