# What a person does with the installed package. Run in a throw-away Debian by scripts/try-packages.ts; the first failure ends it.
say() { printf '\n-- %s\n' "$*"; }
fail() { echo "FAILED: $*"; exit 1; }
# Waits for something to become true, a minute at most.
until_true() {
	for _ in $(seq 600); do
		if eval "$1"; then return; fi
		sleep 0.1
	done
	fail "never came: $1"
}

say 'No Node here'
if command -v node; then fail 'there is a Node'; fi
virsnap --version
dpkg --verify virsnap

say 'doctor'
virsnap doctor || true

say 'demo'
virsnap demo </dev/null

say 'A libvirt of this system with one running domain'
printf 'stdio_handler = "file"\nuser = "root"\ngroup = "root"\nsecurity_driver = "none"\n' >>/etc/libvirt/qemu.conf
mkdir -p /var/lib/libvirt/images /var/log/libvirt
# Neither polkit nor libvirt's users are here: they come with the package of the system's daemon.
id libvirt-qemu >/dev/null 2>&1 || useradd --system --user-group libvirt-qemu
printf 'auth_unix_rw = "none"\nunix_sock_group = "root"\n' >>/etc/libvirt/libvirtd.conf
libvirtd --daemon
until_true 'virsh -q uri >/dev/null 2>&1'
qemu-img create -q -f qcow2 /var/lib/libvirt/images/web.qcow2 64M
cat >/root/web.xml <<'XML'
<domain type='qemu'>
	<name>web</name>
	<memory unit='MiB'>64</memory>
	<os><type>hvm</type></os>
	<devices>
		<disk type='file'>
			<driver name='qemu' type='qcow2'/>
			<source file='/var/lib/libvirt/images/web.qcow2'/>
			<target dev='vda' bus='virtio'/>
		</disk>
	</devices>
</domain>
XML
virsh -q define /root/web.xml
virsh -q start web

say 'create, revert, delete'
virsnap create web before-upgrade --yes
virsnap revert web before-upgrade --yes
virsnap delete web before-upgrade --yes
virsnap list web

say 'The terminal killed in the middle of a create'
receipts=/root/.local/state/virsnap
count() { find "$receipts" -name '*.json' | wc -l; }
before=$(count)
script -qec 'virsnap create web survives --yes' /dev/null </dev/null >/dev/null 2>&1 &
terminal=$!
until_true '[ "$(count)" -gt "$before" ]'
kill -KILL "$terminal"
until_true 'virsnap list web | grep -q "survives.* ok$"'
virsnap list web
virsnap log | head -3
virsnap recover

say 'upgrade'
dpkg -i /root/virsnap-later.deb
virsnap list web | grep -q 'survives.* ok$' || fail 'the snapshot is not in the list of the later version'
before=$(virsnap log | wc -l)

say 'remove, purge: receipts stay'
for way in remove purge; do
	dpkg --$way virsnap
	if [ -e /usr/bin/virsnap ] || [ -e /usr/share/doc/virsnap ]; then fail "$way leaves files of the package"; fi
	dpkg -i /root/virsnap.deb
	[ "$(virsnap log | wc -l)" = "$before" ] || fail "after $way the log is another one"
done
say 'All of it is as it should be'
