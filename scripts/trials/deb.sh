# What a person does with the .deb. Run in a throw-away Debian by scripts/try-packages.ts; the first failure ends it.
# `fail`, `until_true`, `open_terminal` and others come from tools.sh, which is put before it.

say 'Only the package, and what it depends on: no Node, no hypervisor'
apt-get -y -qq install --no-install-recommends /root/virsnap.deb
if command -v node; then fail 'there is a Node'; fi
virsnap --version
virsnap --version | grep -q '(executable, Node ' || fail 'it does not say what it is'
dpkg --verify virsnap
virsnap doctor && fail 'doctor finds a libvirt'

say 'demo names what it lacks: it is installed by those very words'
virsnap demo </dev/null 2>lacking && fail 'the demo ran without QEMU'
$(sed -n 's/^Install them: \(.*\) (Debian.*/\1 -y -qq --no-install-recommends/p' lacking)
virsnap demo </dev/null

say 'demo in a terminal, quit by a key'
open_terminal 'virsnap demo'
until_shown 'DBHost'
until_shown 'before-upgrade'
press q
until_shown 'The demo is over'
close_terminal

say 'man page and completion, where the system looks for them'
apt-get -y -qq install --no-install-recommends man-db bash-completion
MANPAGER=cat man virsnap | grep -q '^NAME' || fail 'no man page'
bash -c '. /usr/share/bash-completion/bash_completion
	{ _comp_load virsnap || __load_completion virsnap; } 2>/dev/null
	COMP_LINE="virsnap rev" COMP_POINT=11; _virsnap virsnap rev virsnap; echo "$COMPREPLY"' | grep -qx revert ||
	fail 'bash completes nothing'
[ -s /usr/share/zsh/vendor-completions/_virsnap ] && [ -s /usr/share/fish/vendor_completions.d/virsnap.fish ]

say 'A libvirt of this system with one running domain and one that is shut off'
start_libvirt
make_domain web
virsh -q start web
make_domain base
virsnap doctor

say 'create, revert, delete'
virsnap create web before-upgrade --yes
virsnap revert web before-upgrade --yes
virsnap delete web before-upgrade --yes
virsnap list web

say 'The terminal is killed in the middle of a create: the operation continues'
hold_virsh snapshot-create-as
open_terminal 'virsnap create web survives'
until_shown 'Continue?'
press 'y\r'
until_true '[ -e /root/held ]'
kill_terminal
virsnap recover | grep 'running' || fail 'the operation is not running any more'
release_virsh
until_true 'virsnap list web | grep -q "survives.* ok$"'
virsnap log | head -3

say 'All of it is killed in the middle, as by a power cut: rolled back'
hold_virsh define
virsnap clone base copy --yes &
until_true '[ -e /root/held ]'
kill_virsnap
release_virsh
ls /var/lib/libvirt/images
receipt=$(interrupted)
virsnap recover "$receipt" || true
virsnap recover "$receipt" --roll-back --yes
[ -z "$(interrupted)" ] || fail 'it is still there to be recovered'
if ls /var/lib/libvirt/images | grep copy; then fail 'its overlay stayed'; fi

say 'The same once more: finished'
hold_virsh define
virsnap clone base copy --yes &
until_true '[ -e /root/held ]'
kill_virsnap
release_virsh
virsnap recover "$(interrupted)" --finish --yes
virsh -q domstate copy
virsh -q start copy
virsnap list

say 'upgrade'
virsnap log >before
dpkg -i /root/virsnap-later.deb
dpkg -s virsnap | grep '^Version:.*+later' || fail 'it is not the later version'
virsnap list web | grep -q 'survives.* ok$' || fail 'the snapshot is not in the list of the later version'

say 'remove, purge: receipts stay'
for way in remove purge; do
	dpkg --$way virsnap
	for left in /usr/bin/virsnap /usr/share/doc/virsnap /usr/share/man/man1/virsnap.1.gz; do
		if [ -e "$left" ]; then fail "$way leaves $left"; fi
	done
	dpkg -i /root/virsnap.deb
	virsnap log | cmp - before || fail "after $way the log is another one"
done
say 'All of it is as it should be'
