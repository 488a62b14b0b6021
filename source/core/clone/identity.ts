/** What tells a clone from its base in a network and to libvirt, from the random bytes among the facts. */

/** A version 4 UUID (RFC 9562) of the first 16 random bytes. */
export function randomUuid(random: string): string {
	const variant = ((Number.parseInt(random[16]!, 16) & 3) | 8).toString(16);
	const parts = [
		random.slice(0, 8),
		random.slice(8, 12),
		`4${random.slice(13, 16)}`,
		`${variant}${random.slice(17, 20)}`,
		random.slice(20, 32),
	];
	return parts.join('-');
}

/** Addresses in QEMU's own range, 52:54:00, counted up from the random bytes behind the UUID's. */
export function randomMac(random: string): (index: number) => string {
	const first = Number.parseInt(random.slice(32, 38), 16);
	return index => {
		const tail = ((first + index) % 0x1000000).toString(16).padStart(6, '0');
		return `52:54:00:${tail.slice(0, 2)}:${tail.slice(2, 4)}:${tail.slice(4, 6)}`;
	};
}
