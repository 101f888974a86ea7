/** Something the lab makes for the learner at begin, from the live cluster. */
export type ProvideSpec =
  | {
      readonly kind: 'kubeconfig'
      readonly file: string // in the workspace
      readonly user: string
      readonly groups: readonly string[]
      readonly capture?: string
    }
  | {
      readonly kind: 'secret'
      readonly file?: string
      readonly namespace: string
      readonly name: string
      readonly key: string
      readonly capture?: string
    }
  | {
      // A fact of a seeded object as it is at begin, such as its uid: text of the field, "" when it has none.
      readonly kind: 'field'
      readonly object: {
        readonly apiVersion: string
        readonly kind: string
        readonly namespace?: string
        readonly name: string
      }
      readonly field: string // dotted path: metadata.uid
      readonly capture: string
    }
  | {
      // The private key (PEM) with which the add-on sealed-secrets opens what is sealed now: for a key that leaked.
      readonly kind: 'sealing-key'
      readonly file?: string
      readonly capture: string
      /** Name of its Secret in kube-system. */
      readonly captureName?: string
    }
  | {
      // A SealedSecret under the strict scope, put into the cluster as well.
      readonly kind: 'sealed'
      readonly namespace: string
      readonly name: string
      /** namespace/name that it is sealed for, when it is to be opened elsewhere than where it lies. */
      readonly sealedFor?: string
      readonly key: string
      readonly value: string
      readonly file: string
      readonly capture?: string
    }
