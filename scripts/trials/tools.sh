# What the trials are written with.
export DEBIAN_FRONTEND=noninteractive
say() { printf '\n-- %s\n' "$*"; }
fail() { echo "FAILED: $*"; exit 1; }
# Waits for something to become true, a minute at most; $2 is run where it never does.
until_true() {
	for _ in $(seq 600); do
		if eval "$1"; then return; fi
		sleep 0.1
	done
	eval "${2:-}"
	fail "never came: $1"
}

# A terminal of its own for a command; what it shows is written to /root/screen.
open_terminal() {
	rm -f /root/keys /root/screen
	mkfifo /root/keys
	script -qefc "stty cols 110 rows 30; TERM=xterm-256color $1" /root/screen </root/keys >/dev/null 2>&1 &
	terminal=$!
	exec 3>/root/keys
}
until_shown() { until_true "grep -qa -- '$1' /root/screen" 'tail -c 3000 /root/screen'; }
press() { printf "$1" >&3; }
close_terminal() {
	wait "$terminal" || fail 'the program did not end well'
	exec 3>&-
}
kill_terminal() {
	kill -KILL "$terminal"
	wait "$terminal" 2>/dev/null || true
	exec 3>&-
}

# Before the real virsh: stands still where it is told to, so that "in the middle" is no matter of luck.
cat >/usr/local/bin/virsh <<'SH'
#!/bin/sh
for word; do
	if [ -e /root/hold ] && [ "$word" = "$(cat /root/hold)" ]; then
		touch /root/held
		while [ -e /root/hold ]; do sleep 0.1; done
	fi
done
exec /usr/bin/virsh "$@"
SH
chmod +x /usr/local/bin/virsh
hold_virsh() { rm -f /root/held; echo "$1" >/root/hold; }
release_virsh() { rm -f /root/hold; }
# virsnap, its runner, and the virsh that stands still. No other process of the machine is seen from here.
kill_virsnap() {
	for process in /proc/[0-9]*; do
		case "$(readlink "$process/exe"): $(tr '\0' ' ' <"$process/cmdline")" in
			/usr/bin/virsnap* | */dash': /bin/sh /usr/local/bin/virsh '*) kill -KILL "${process#/proc/}" ;;
		esac
	done 2>/dev/null
}
# The id of the operation that was interrupted; empty where none was.
interrupted() { virsnap recover --json | sed -n 's/^ *"id": "\([0-9]\{8\}T[^"]*\)".*/\1/p' | head -1; }

# The system's libvirt. Neither polkit nor libvirt's users are here: they come with the package of the system's daemon.
start_libvirt() {
	printf 'stdio_handler = "file"\nuser = "root"\ngroup = "root"\nsecurity_driver = "none"\n' >>/etc/libvirt/qemu.conf
	printf 'auth_unix_rw = "none"\nunix_sock_group = "root"\n' >>/etc/libvirt/libvirtd.conf
	mkdir -p /var/lib/libvirt/images /var/log/libvirt
	id libvirt-qemu >/dev/null 2>&1 || useradd --system --user-group libvirt-qemu
	libvirtd --daemon
	until_true 'virsh -q uri >/dev/null 2>&1'
}
make_domain() {
	qemu-img create -q -f qcow2 "/var/lib/libvirt/images/$1.qcow2" 64M
	cat >/root/domain.xml <<-XML
		<domain type='qemu'>
			<name>$1</name>
			<memory unit='MiB'>64</memory>
			<os><type>hvm</type></os>
			<devices>
				<disk type='file'>
					<driver name='qemu' type='qcow2'/>
					<source file='/var/lib/libvirt/images/$1.qcow2'/>
					<target dev='vda' bus='virtio'/>
				</disk>
			</devices>
		</domain>
	XML
	virsh -q define /root/domain.xml
}
