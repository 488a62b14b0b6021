/** A stack of the built program in lines of the source, for who reports a bug and who mends it. */
import {readFileSync} from 'node:fs';
import {SourceMap} from 'node:module';

type Place = {readonly file: string; readonly line: number; readonly column: number};

/**
 * The stack with `source/ui/app.tsx:12:3` in place of each `/…/dist/app.cjs:4:1021` whose map is there. Maps are read only now:
 * Node's own (--enable-source-maps) would look for them at each start. A place without a map stays as it is.
 */
export function inSourceLines(stack: string, readMap: (script: string) => string = readMapBeside): string {
	const maps = new Map<string, SourceMap | null>();
	return stack.replaceAll(/(\/[^\n()]+\.cjs|\bvirsnap):(\d+):(\d+)/g, (whole, script: string, line, column) => {
		const map = maps.get(script) ?? mapOf(script, readMap);
		maps.set(script, map);
		const place = map && placeIn(map, Number(line), Number(column));
		return place ? `${place.file}:${place.line}:${place.column}` : whole;
	});
}

function readMapBeside(script: string): string {
	return readFileSync(`${script}.map`, 'utf8');
}

function mapOf(script: string, readMap: (script: string) => string): SourceMap | null {
	try {
		return new SourceMap(JSON.parse(readMap(script)));
	} catch {
		return null;
	}
}

/** The map's files are told from where it was written; a person wants them from the project's folder. */
function placeIn(map: SourceMap, line: number, column: number): Place | null {
	const origin = map.findOrigin(line, column);
	if (!('fileName' in origin)) return null;
	return {
		file: origin.fileName.replace(/^.*?(?=(?:source|node_modules)\/)/, ''),
		line: origin.lineNumber,
		column: origin.columnNumber,
	};
}
