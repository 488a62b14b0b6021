/**
 * Passwords in domain XML (`dumpxml --security-info`): a definition that is written back needs them, and only virsh is handed
 * them: no receipt, document or clipboard. libvirt marks as secret what stands in `passwd` of a `<graphics>` (formatdomain.html), and nothing else of a domain.
 */
const password = /(\spasswd=)(?:"[^"]*"|'[^']*')/g;
const placeholder = /(\spasswd=)"virsnap-left-out-(\d+)"/g;

/** The same XML with each password's place kept. */
export function withoutSecrets(xml: string): string {
	let count = 0;
	return xml.replace(password, (_, name: string) => `${name}"virsnap-left-out-${count++}"`);
}

/**
 * Passwords in their places again, as the domain has them now; null where it has another number of them, so that nobody can
 * tell which is whose.
 */
export function withSecrets(xml: string, present: string): string | null {
	const wanted = [...xml.matchAll(placeholder)].length;
	if (wanted === 0) return xml;
	const found = [...present.matchAll(password)].map(([whole]) => whole);
	if (found.length !== wanted) return null;
	return xml.replace(placeholder, (_, _name: string, index: string) => found[Number(index)]!);
}

/** What a step hands to its command, and to the one that takes it back. */
type Inputs = {readonly input?: string; readonly undoInput?: string};

/** Whether any of these steps hands a password to its command. */
export function holdsSecrets(steps: readonly Inputs[]): boolean {
	return steps.some(({input = '', undoInput = ''}) => [input, undoInput].some(xml => withoutSecrets(xml) !== xml));
}

/** The same step to be kept or shown: each password's place is kept, and nothing of it is a password. */
export function withoutStepSecrets<Step extends Inputs>(step: Step): Step {
	const {input, undoInput} = step;
	return {
		...step,
		...(input === undefined ? {} : {input: withoutSecrets(input)}),
		...(undoInput === undefined ? {} : {undoInput: withoutSecrets(undoInput)}),
	};
}
