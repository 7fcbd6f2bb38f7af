/** What a host's configuration asks for that ssh2 cannot do and the system's ssh can. Pure. */

import type { SshHost } from './host.ts'
import type { IdentityKind } from './identity-kinds.ts'
import { hasAuthority, type KnownHostsLine } from './known-hosts.ts'

/** As a person would name it; undefined when ssh2 will do. */
export function systemNeed(
  host: SshHost,
  known: readonly KnownHostsLine[],
  identities: readonly IdentityKind[],
): string | undefined {
  return needs.map((need) => need(host, known, identities)).find((feature) => feature !== undefined)
}

type Need = (host: SshHost, known: readonly KnownHostsLine[], identities: readonly IdentityKind[]) => string | undefined

const needs: readonly Need[] = [
  ({ unevaluated }) => unevaluated[0],
  ({ proxyCommand }) => (proxyCommand === undefined ? undefined : 'ProxyCommand'),
  ({ certificateFiles: [path] }) => (path === undefined ? undefined : `the certificate ${path}`),
  ({ pubkey }, _known, identities) => {
    const certified = pubkey ? identities.find(({ hasCertificate }) => hasCertificate) : undefined
    return certified && `the certificate ${certified.path}-cert.pub`
  },
  ({ pkcs11Provider }) => (pkcs11Provider === undefined ? undefined : `the PKCS#11 token of ${pkcs11Provider}`),
  ({ pubkey, agentSocket, identitiesOnly }, _known, identities) => {
    const [first] = identities
    const isOnlyWay = pubkey && (agentSocket === undefined || identitiesOnly)
    return first && isOnlyWay && identities.every(isOnToken) ? tokenOf(first) : undefined
  },
  (host, known) => (hasAuthority(known, host) ? 'a host certificate (@cert-authority)' : undefined),
  ({ knownHostsCommand }) => (knownHostsCommand === undefined ? undefined : 'KnownHostsCommand'),
  ({ revokedHostKeys }) => (revokedHostKeys === undefined ? undefined : `RevokedHostKeys ${revokedHostKeys}`),
  ({ bindInterface }) => (bindInterface === undefined ? undefined : `BindInterface ${bindInterface}`),
]

/** What the system's ssh may still try when ssh2's login was refused; `methods` are those the server takes. */
export function systemChance(
  host: Pick<SshHost, 'gssapi' | 'pubkey'>,
  identities: readonly IdentityKind[],
  methods: readonly string[],
): string | undefined {
  const onToken = host.pubkey && methods.includes('publickey') ? identities.find(isOnToken) : undefined
  if (onToken) return tokenOf(onToken)
  return host.gssapi && methods.some((method) => method.startsWith('gssapi')) ? 'Kerberos (GSSAPI)' : undefined
}

/** FIDO keys sign on a device. */
function isOnToken({ keyType }: IdentityKind): boolean {
  return keyType?.startsWith('sk-') === true
}

function tokenOf({ path }: IdentityKind): string {
  return `the security key ${path}`
}
