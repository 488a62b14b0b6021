/** What went wrong in one line: virsh's last `error:` says the cause, those before it what it was doing. */
export function firstWords(stderr: string): string {
	const lines = stderr
		.split('\n')
		.map(line => line.replace(/^error: |^qemu-img: /, '').trim())
		.filter(Boolean);
	const [first = '', second] = lines;
	if (second === undefined) return first.slice(0, 300);
	return `${first}${/[.!?:]$/.test(first) ? '' : ':'} ${second}`.slice(0, 300);
}
