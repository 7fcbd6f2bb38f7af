/**
 * Programs known to start other programs or to run code they are given. The lists follow what each program's manual
 * documents; GTFOBins (https://gtfobins.github.io) is a good check for missing ones.
 */

export type RiskyOptions = {
  /** Long options without dashes; any abbreviation of one counts too, as getopt_long(3) allows. */
  long?: readonly string[]
  /** Letters, alone or bundled with others: `-xI` holds `I`. */
  short?: string
  /** Whole words, such as the actions of find. */
  words?: readonly string[]
  /** The first argument may be a bundle of letters without a dash, as tar reads it. */
  isOldStyle?: boolean
  /** Any argument matching this. */
  pattern?: RegExp
}

const names = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/))

/** They run the command that their arguments name, often with other rights or elsewhere. */
export const wrappers = names(`
  env sudo sudoedit doas su runuser pkexec gosu su-exec setpriv capsh runcon sg newgrp chpst softlimit setuidgid
  envdir envuidgid with-contenv nohup nice ionice chrt taskset setsid timeout gtimeout flock lockrun xargs
  parallel sem stdbuf unbuffer time watch script scriptreplay strace ltrace dtrace gdb gdbserver lldb valgrind perf
  bpftrace catchsegv chroot unshare nsenter setarch linux32 linux64 i386 uname26 x86_64 systemd-run
  systemd-nspawn machinectl systemd-inhibit dbus-run-session dbus-launch dbus-send busctl gdbus busybox toybox
  coreutils uutils faketime fakeroot fakechroot proot bwrap firejail docker podman nerdctl kubectl crictl lxc
  lxc-attach lxc-execute runc crun ctr buildah vagrant multipass distrobox toolbox tmux screen dtach abduco zellij
  byobu at batch crontab anacron start-stop-daemon daemonize daemon run-parts run-one entr inotifywait fswatch
  watchexec incrontab expect cpulimit prlimit numactl cgexec choom ssh-agent gpg-agent gpg-connect-agent gpg
  xvfb-run xinit startx rlwrap socat nc ncat netcat telnet ssh sshpass slogin scp sftp rsync rsh rcp mosh autossh
  pssh pdsh ansible ansible-playbook salt-call puppet chef-client exec command builtin eval source coproc torify
  torsocks proxychains proxychains4 tsocks eatmydata aa-exec minijail0 nsjail sandbox-exec open xdg-open gio
  run-mailcap see edit compose logrotate ldd pkcon snap flatpak hyperfine fzf peco sk multitime ts nq doit cron
  launchctl chronic mispipe ifne vipe vidir pee zrun cc gcc g++ c++ clang clang++ cpp as ld gold lld tcc rustc wget
  xterm urxvt gnome-terminal konsole alacritty kitty foot wezterm x-terminal-emulator sudo-rs
`)

/** They read code from an argument, a file or their input. */
export const interpreters = names(`
  sh bash dash ash zsh ksh mksh pdksh lksh yash fish csh tcsh rbash rsh elvish nu nushell xonsh pwsh powershell cmd
  python pypy ipython bpython jython micropython perl ruby irb jruby node nodejs deno bun qjs d8 js rhino lua luajit
  luatex texlua php php-cgi phpdbg tclsh wish awk gawk mawk nawk bwk original-awk sed gsed ssed m4 bc dc ed red ex vi
  vim view rvim rview vimdiff gvim nvim emacs emacsclient xemacs nano rnano pico joe jed mcedit micro helix hx kak mg
  less more most man info pinfo w3m lynx links elinks pg zless zmore bat r rscript octave julia matlab maxima
  sage ghci runghc runhaskell ocaml utop racket guile scheme mit-scheme sbcl clisp ecl clojure clj lein bb scala
  scala-cli groovy kotlin kotlinc jshell java javac erl elixir iex escript gnuplot sqlite sqlite3 mysql mariadb psql
  mongo mongosh redis-cli cqlsh ftp lftp tnftp swift dart ghc nim crystal rpm rpmbuild dpkg dpkg-deb latex pdflatex
  xelatex lualatex tex pdftex gs ghostscript convert magick mogrify mc ranger nnn lf vifm mutt mail mailx s-nail nmap
  msfconsole irssi weechat osascript
`)

/** What they do is written in files of the folder they run in, which the agent can write: hooks, makefiles, plugins. */
export const folderRunners = names(`
  git hg svn bzr fossil jj repo make gmake bmake cmake ctest ninja samu meson scons waf bazel buck just task rake
  invoke fab ant mvn mvnw gradle gradlew sbt npm npx pnpm pnpx yarn bunx corepack node-gyp pip pipx pipenv poetry uv
  uvx hatch pdm conda mamba tox nox pytest py.test nosetests jest vitest mocha ava tsx ts-node eslint prettier biome
  webpack vite rollup esbuild turbo nx lerna gulp grunt cargo rustup go gem bundle bundler rails composer artisan
  phpunit cpan cpanm luarocks cabal stack mix rebar3 dune opam nix nix-shell nix-build guix terraform tofu pulumi
  packer helm docker-compose skaffold tilt pre-commit lefthook husky direnv mise asdf apt apt-get aptitude dnf yum
  zypper pacman apk brew port emerge dpkg-buildpackage debuild autoconf autoreconf automake configure code codium
`)

/** Otherwise harmless programs with options that start programs, load code, or write a file of the caller's choice. */
export const riskyOptions: Readonly<Record<string, RiskyOptions>> = {
  find: { words: 'exec execdir ok okdir delete fprint fprint0 fprintf fls files0-from'.split(' ').map((o) => `-${o}`) },
  fd: { short: 'xX', long: ['exec', 'exec-batch'] },
  fdfind: { short: 'xX', long: ['exec', 'exec-batch'] },
  tar: {
    isOldStyle: true,
    short: 'IF',
    long: [
      'to-command',
      'use-compress-program',
      'checkpoint-action',
      'info-script',
      'new-volume-script',
      'rsh-command',
      'rmt-command',
    ],
  },
  bsdtar: { long: ['use-compress-program'] },
  cpio: { short: 'FOI', long: ['rsh-command', 'file'] },
  ar: { long: ['plugin'] },
  zip: { short: 'T', long: ['test', 'unzip-command'] },
  sort: { short: 'oT', long: ['compress-program', 'output', 'temporary-directory'] },
  split: { long: ['filter'] },
  shuf: { short: 'o', long: ['output'] },
  tree: { short: 'o' },
  rg: { long: ['pre', 'pre-glob', 'hostname-bin', 'search-zip'], short: 'z' },
  ag: { long: ['pager'] },
  ack: { long: ['pager', 'ackrc'] },
  curl: {
    short: 'oOKTDcQ',
    long: [
      'output',
      'output-dir',
      'remote-name',
      'remote-name-all',
      'config',
      'upload-file',
      'engine',
      'dump-header',
      'cookie-jar',
      'trace',
      'trace-ascii',
      'stderr',
      'unix-socket',
      'libcurl',
      'hsts',
      'alt-svc',
      'etag-save',
      'quote',
    ],
  },
  aria: { long: ['on-download-complete', 'on-download-start', 'on-bt-download-complete', 'conf-path', 'dir', 'out'] },
  openssl: { words: ['engine', '-engine', '-provider', '-provider-path', '-out', '-keyout', '-config'] },
  tcpdump: { short: 'zw', long: ['postrotate-command'] },
  tshark: { short: 'wX' },
  ip: { words: ['netns', 'vrf', '-b', '-batch', '-ba', '-bat', '-batc'] },
  tc: { words: ['-b', '-batch', '-bat'] },
  systemctl: {
    words: ['edit', 'link', 'enable', 'reenable', 'set-environment', 'import-environment', 'set-property'],
    short: 'HM',
    long: ['host', 'machine', 'root', 'image'],
  },
  journalctl: { long: ['machine', 'cursor-file', 'output-fields'], short: 'M' },
  'ssh-keygen': { short: 'DfPwY' },
  'ssh-add': { short: 'sP' },
  file: { short: 'mC', long: ['magic-file', 'compile'] },
  uniq: { pattern: /^[^-]/ },
  xxd: { short: 'r' },
  iconv: { short: 'o', long: ['output'] },
  jq: { short: 'L', long: ['library-path'] },
  yq: { short: 'is', long: ['inplace', 'in-place', 'split-exp'] },
  date: { short: 's', long: ['set'] },
  nm: { long: ['plugin'] },
  objdump: { long: ['plugin'] },
  lsof: { short: 'D' },
  dig: { short: 'f' },
}
