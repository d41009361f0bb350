package io.nodejoin.workflows.join;

import io.nodejoin.workflows.certificate.IssuedCertificates;

/** What is known, once an attempt is taken back, of the key of the host's own kubelet. */
sealed interface HostKey {

    /** Nobody has looked: the host was not reset, or not wholly. A key may lie there. */
    record Unknown() implements HostKey {}

    /** It lay on the host, and is gone. */
    record Wiped(String digest) implements HostKey {}

    /**
     * None lay there.
     *
     * @param mayHaveAsked whether its kubelet may have asked for a certificate and been stopped before it had it. It has its key in
     *     memory alone until then.
     */
    record None(boolean mayHaveAsked) implements HostKey {}

    /** Those of the certificates whose key is not known to be gone. */
    default IssuedCertificates unaccounted(IssuedCertificates certificates) {
        return new IssuedCertificates(
                certificates.issued().stream()
                        .filter(issued -> !(this instanceof Wiped(String digest) && digest.equals(issued.keyDigest())))
                        .toList(),
                certificates.otherKey());
    }

    /** Whether the keys of those may lie on another machine than this host. */
    default boolean elsewhere(IssuedCertificates certificates) {
        return certificates.otherKey()
                || switch (this) {
                    case Unknown _ -> false;
                    case Wiped _ -> true;
                    case None(boolean mayHaveAsked) -> !mayHaveAsked;
                };
    }
}
