package io.nodejoin.workflows.compensation;

import io.nodejoin.workflows.csr.IssuedCertificates;

/** What is known, once an attempt is taken back, of the key of the host's own kubelet. */
sealed interface KubeletKeyState {

    /** Nobody has looked: the host was not reset, or not wholly. A key may lie there. */
    record Unknown() implements KubeletKeyState {}

    /** It lay on the host, and is gone. */
    record Wiped(String digest) implements KubeletKeyState {}

    /**
     * None lay there.
     *
     * @param mayHaveAsked whether its kubelet may have asked for a certificate and been stopped before it had it. It has its key in
     *     memory alone until then.
     */
    record Absent(boolean mayHaveAsked) implements KubeletKeyState {}

    /** Those of the certificates whose key is not known to be gone. */
    default IssuedCertificates withoutWiped(IssuedCertificates certificates) {
        return new IssuedCertificates(
                certificates.issued().stream()
                        .filter(issued -> !(this instanceof Wiped(String digest) && digest.equals(issued.keyDigest())))
                        .toList(),
                certificates.otherKeyRequested());
    }

    /** Whether the keys of those may lie on another machine than this host. */
    default boolean mayLieElsewhere(IssuedCertificates certificates) {
        return certificates.otherKeyRequested()
                || switch (this) {
                    case Unknown _ -> false;
                    case Wiped _ -> true;
                    case Absent(boolean mayHaveAsked) -> !mayHaveAsked;
                };
    }
}
