package io.nodejoin.workflows.compensation;

import io.nodejoin.workflows.csr.IssuedCertificates;

/** What is known, after compensation, of the private key of the host's kubelet. */
sealed interface KubeletKeyState {

    /** Not known: the host was not reset, or not completely. The host may have a key. */
    record Unknown() implements KubeletKeyState {}

    /** The host was not reset, or not completely. The agent has created this key, which is on the host only. */
    record OnHost(String digest) implements KubeletKeyState {}

    /** The key was on the host and has been erased. */
    record Wiped(String digest) implements KubeletKeyState {}

    /**
     * The host had no key.
     *
     * @param mayHaveAsked whether its kubelet may have requested a certificate and been stopped before it was issued;
     *     until then the key exists only in memory
     */
    record Absent(boolean mayHaveAsked) implements KubeletKeyState {}

    /** Returns the certificates whose key is not known to be erased. */
    default IssuedCertificates withoutWiped(IssuedCertificates certificates) {
        return new IssuedCertificates(
                certificates.issued().stream()
                        .filter(issued -> !(this instanceof Wiped(String digest) && digest.equals(issued.keyDigest())))
                        .toList(),
                certificates.otherKeyRequested());
    }

    /** Returns whether the keys of these certificates may be on another machine. */
    default boolean mayLieElsewhere(IssuedCertificates certificates) {
        return switch (this) {
            case Unknown _ -> certificates.otherKeyRequested();
            case OnHost(String digest) ->
                certificates.issued().stream().anyMatch(issued -> !digest.equals(issued.keyDigest()));
            case Wiped _ -> true;
            case Absent(boolean mayHaveAsked) -> certificates.otherKeyRequested() || !mayHaveAsked;
        };
    }
}
