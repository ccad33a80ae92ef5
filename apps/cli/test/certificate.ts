import { generateKeyPairSync, sign } from "node:crypto"

/** A certificate that signs itself, and its key; both PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** What DER is made of (X.690): a tag, a length, a content. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Uint8Array.of(tag, ...size), content])
}

const sequence = (...members: readonly Uint8Array[]): Buffer => der(0x30, ...members)
const hex = (digits: string): Buffer => Buffer.from(digits, "hex")
const time = (year: number): Buffer => der(0x18, Buffer.from(`${year}0101000000Z`))

const ecdsaWithSha256 = sequence(hex("06082a8648ce3d040302"))
const commonName = hex("0603550403")
const subjectAltName = hex("0603551d11")

/** Makes a certificate (RFC 5280) for a host, valid between these years. */
export function selfSigned(host: string, fromYear: number, toYear: number): Certificate {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from(host)))))
  const hosts = sequence(der(0x82, Buffer.from(host)))
  const signed = sequence(
    der(0xa0, hex("020102")),
    hex("020101"),
    ecdsaWithSha256,
    name,
    sequence(time(fromYear), time(toYear)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(sequence(subjectAltName, der(0x04, hosts)))),
  )
  const signature = der(0x03, Uint8Array.of(0), sign("sha256", signed, privateKey))
  const lines = sequence(signed, ecdsaWithSha256, signature).toString("base64").replaceAll(/.{64}/g, "$&\n")
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }),
  }
}
