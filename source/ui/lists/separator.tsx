import {Box, Text} from 'ink';
import {useTheme} from '../terminal/theme.ts';

/** The line between the panes. */
export function Separator({rows}: {readonly rows: number}) {
	const theme = useTheme();
	const {teeDown, vertical} = theme.glyphs;
	return (
		<Box flexDirection="column" flexShrink={0} width={1} height={rows}>
			<Text {...theme.style('dim')}>{[teeDown, ...Array.from({length: rows - 1}, () => vertical)].join('\n')}</Text>
		</Box>
	);
}
