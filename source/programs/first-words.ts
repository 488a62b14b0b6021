/** What went wrong in one line: virsh's last `error:` says the cause, those before it what it was doing. */
export function firstWords(stderr: string): string {
	const lines = stderr
		.split('\n')
		.map(line => line.replace(/^error: |^qemu-img: /, '').trim())
		.filter(Boolean);
	return lines.slice(0, 2).join(': ').slice(0, 300);
}
