/** One row per method of taking a snapshot. */
export type MethodId =
	| 'libvirt-internal'
	| 'qemu-img'
	| 'monitor'
	| 'external-offline'
	| 'external-live'
	| 'external-full'
	| 'memory'
	| 'linked-clone';
