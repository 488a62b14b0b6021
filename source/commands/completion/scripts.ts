/** One script per shell. Each only hands over what was typed, and shows what `virsnap complete` answers. */

const bash = `# bash completion for virsnap
_virsnap() {
	local reply
	COMPREPLY=()
	reply=$(virsnap complete bash -- "\${COMP_LINE:0:COMP_POINT}" "$COMP_WORDBREAKS" 2>/dev/null </dev/null)
	case $reply in
		'') ;;
		:files) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- "$2") ;;
		:folders) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- "$2") ;;
		*)
			mapfile -t COMPREPLY <<<"$reply"
			[[ \${#COMPREPLY[@]} == 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace
			;;
	esac
	return 0
}
complete -F _virsnap virsnap
`;

const zsh = `#compdef virsnap
compdef _virsnap virsnap

_virsnap() {
	local line
	local -a reply texts shown
	reply=("\${(@f)$(virsnap complete zsh -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null </dev/null)}")
	case $reply[1] in
		('') return 1 ;;
		(:files) compset -P "\${(b)reply[2]}"; _files; return ;;
		(:folders) compset -P "\${(b)reply[2]}"; _files -/; return ;;
	esac
	for line in $reply; do
		texts+=("\${line%%$'\\t'*}")
		shown+=("\${line/$'\\t'/  }")
	done
	compadd -l -d shown -a texts
}

[[ $funcstack[1] == _virsnap ]] && _virsnap "$@"
`;

const fish = `# fish completion for virsnap
function __virsnap_complete
	set -l typed (commandline -opc)
	set -e typed[1]
	set -l current (commandline -ct)
	set -l reply (virsnap complete fish -- $typed "$current" 2>/dev/null </dev/null)
	switch "$reply[1]"
		case ''
		case ':files'
			for path in (__fish_complete_path (string replace -- "$reply[2]" '' "$current"))
				printf '%s%s\\n' "$reply[2]" $path
			end
		case ':folders'
			for path in (__fish_complete_directories (string replace -- "$reply[2]" '' "$current"))
				printf '%s%s\\n' "$reply[2]" $path
			end
		case '*'
			printf '%s\\n' $reply
	end
end
complete -c virsnap -f -a '(__virsnap_complete)'
`;

export const scripts: Readonly<Record<string, string>> = {bash, zsh, fish};
