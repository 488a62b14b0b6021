# What a person does with the .rpm, by the dnf that Debian has. Run as deb.sh is.

say 'dnf refuses it without what it asks for'
apt-get -y -qq install --no-install-recommends dnf rpm
# Debian has no release of Fedora's kind, and no repository is asked.
install_rpm() { dnf -y -q --releasever=0 --disablerepo='*' install "$@"; }
install_rpm /root/virsnap.rpm 2>lacking && fail 'it is installed without libvirt-client'
grep 'nothing provides libvirt-client >= 7.0 needed by virsnap' lacking
grep 'nothing provides qemu-img needed by virsnap' lacking

say 'A package that only says it had all of that; the programs are those of Debian'
{
	printf '%s\n' 'Name: system' 'Version: 1' 'Release: 1' 'Summary: What is asked for' 'License: none'
	rpm -qp --requires /root/virsnap.rpm | sed '/^rpmlib(/d; s/>=/=/; s/^/Provides: /'
	printf '%s\n' '%description' 'What is asked for.' '%files'
} >system.spec
rpmbuild --quiet -bb --define '_topdir /root/made' system.spec
install_rpm /root/made/RPMS/*/system-*.rpm
apt-get -y -qq install --no-install-recommends libvirt-clients qemu-utils libvirt-daemon libvirt-daemon-driver-qemu \
	qemu-system-x86
if command -v node; then fail 'there is a Node'; fi

say 'install'
install_rpm /root/virsnap.rpm
rpm -V virsnap
virsnap --version
virsnap --version | grep -q '(executable, Node ' || fail 'it does not say what it is'
for file in bash-completion/completions/virsnap zsh/site-functions/_virsnap fish/vendor_completions.d/virsnap.fish; do
	grep -q 'virsnap complete' "/usr/share/$file" || fail "no completion: $file"
done
apt-get -y -qq install --no-install-recommends man-db
MANPAGER=cat man virsnap | grep -q '^NAME' || fail 'no man page'

say 'create, revert, delete'
start_libvirt
make_domain web
virsh -q start web
virsnap doctor
for verb in create revert delete; do virsnap $verb web before-upgrade --yes; done
virsnap create web survives --yes

say 'upgrade'
virsnap log >before
dnf -y -q --releasever=0 --disablerepo='*' upgrade /root/virsnap-later.rpm
rpm -q virsnap | grep '+later' || fail 'it is not the later version'
virsnap list web | grep -q 'survives.* ok$' || fail 'the snapshot is not in the list of the later version'

say 'remove: nothing of it is left, but receipts'
dnf -y -q --releasever=0 --disablerepo='*' remove virsnap
left=$(find /usr /etc /var/lib -name '*virsnap*')
if [ -n "$left" ]; then fail "it leaves $left"; fi
install_rpm /root/virsnap.rpm
virsnap log | cmp - before || fail 'the log is another one'
say 'All of it is as it should be'
