/** Which descriptions a snapshot may be given. */
import {type Refusal, refuse} from '../model/refusal.ts';
import {printable} from '../words/text.ts';

/** Why libvirt is not given this description; null where it may be. Lines and tabs may be in it. */
export function descriptionRefusal(description = ''): Refusal | null {
	const lines = description.replaceAll('\n', ' ').replaceAll('\t', ' ');
	if (printable(lines) === lines) return null;
	return refuse('bad-tag', 'The description holds control or invisible characters.', 'Remove them.');
}
