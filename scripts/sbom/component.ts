/** A part of the product, in the fields of CycloneDX that this project sets. */
export interface Component {
  readonly type: 'application' | 'library' | 'operating-system' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly licenses?: readonly (
    { readonly license: { readonly id: string } } | { readonly expression: string }
  )[];
  readonly purl?: string;
  readonly cpe?: string;
  readonly hashes?: readonly { readonly alg: 'SHA-256' | 'SHA-512'; readonly content: string }[];
  /** What the component contains, as a library that is linked into it. */
  readonly components?: readonly Component[];
}
