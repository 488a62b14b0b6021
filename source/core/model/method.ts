/** The names of the methods. What each is stands in `create/methods.ts`. */

/** The methods that take a snapshot; others name how memory is saved and clones are made. */
export const snapshotMethods = [
	'libvirt-internal',
	'qemu-img',
	'monitor',
	'external-offline',
	'external-live',
	'external-full',
] as const;

export type MethodId = (typeof snapshotMethods)[number] | 'memory' | 'linked-clone';
