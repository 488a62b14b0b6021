/**
 * 64 bits in hexadecimal, FNV-1a over UTF-16 units in two halves (http://www.isthe.com/chongo/tech/comp/fnv): a short sign of a long
 * text, to see that it has changed, and no proof against who means to deceive. Not node:crypto: the terminal UI plans, and would load
 * OpenSSL before its first frame (10 to 20 ms of CPU, a tenth of it all).
 */
export function checksum(text: string): string {
	let [low, high] = [0x811c9dc5, 0xcbf29ce4];
	for (let index = 0; index < text.length; index++) {
		const unit = text.charCodeAt(index);
		low = Math.imul(low ^ unit, 0x01000193);
		high = Math.imul(high ^ unit, 0x01000193) ^ (low >>> 13);
	}
	return [high, low].map(half => (half >>> 0).toString(16).padStart(8, '0')).join('');
}
