/** Memory and devices into a file, and the domain stops: `virsh save` (virsh(1)). */
import {literal, strictObject, string} from 'valibot';
import {isActive} from '../../model/domain.ts';
import {fileExists} from '../../planning/files.ts';
import {addressSchema, virshOn} from '../on-domain.ts';
import {byLibvirt, type StepKind} from '../step-kind.ts';
import {memoryJob} from './memory-job.ts';

export const save: StepKind<'save'> = {
	...byLibvirt,
	reach: () => ({state: true}),
	absent: ({file}) => [file],
	schema: strictObject({kind: literal('save'), on: addressSchema, file: string()}),
	argv: ({on, file}) => virshOn(on, 'save', `--file=${file}`),
	evidence({file}, _plan, facts) {
		const written = fileExists(facts, file);
		if (written && isActive(facts.domain)) return 'half';
		return written ? 'done' : 'not-done';
	},
	repeatable: false,
	job: memoryJob,
	makes: ({file}) => [file],
};
