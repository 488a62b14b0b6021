/** The names of the methods. What each is stands in `create/methods.ts`. */

/** The methods that take a snapshot. */
export const snapshotMethods = [
	'libvirt-internal',
	'qemu-img',
	'monitor',
	'external-offline',
	'external-live',
	'external-full',
] as const;

export type MethodId = (typeof snapshotMethods)[number];
