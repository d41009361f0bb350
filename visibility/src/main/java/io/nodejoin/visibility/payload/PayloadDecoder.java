package io.nodejoin.visibility.payload;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;

/** Decrypts what Temporal stores, for people who read it. */
@FunctionalInterface
public interface PayloadDecoder {
    /**
     * Decrypts payloads. One that cannot be decrypted, and one that is not encrypted, comes back as it is. Changes nothing.
     *
     * @param payloads the message {@code temporal.api.common.v1.Payloads} in the JSON of Protocol Buffers
     * @return empty if the argument is no such message
     */
    Optional<Decoded> decode(byte[] payloads);

    /**
     * Payloads that can be read.
     *
     * @param payloads as many as there were, in the same order and form
     * @param workflows the workflows that those which were decrypted were made for, each once
     */
    record Decoded(String payloads, SequencedSet<String> workflows) {
        public Decoded {
            workflows = Collections.unmodifiableSequencedSet(new LinkedHashSet<>(workflows));
        }
    }
}
