package io.nodejoin.workflows.certificate;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.Problem;
import java.time.Instant;

/** What became of the token's certificate signing request. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "decision")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Issued", value = CertificateDecision.Issued.class),
    @JsonSubTypes.Type(name = "Denied", value = CertificateDecision.Denied.class),
    @JsonSubTypes.Type(name = "Missing", value = CertificateDecision.Missing.class)
})
public sealed interface CertificateDecision {

    /**
     * Approved and signed.
     *
     * @param request name of the CertificateSigningRequest
     * @param keyDigest lower-case hex SHA-256 of the requested SubjectPublicKeyInfo
     * @param notAfter end of the certificate's life
     */
    record Issued(String request, String keyDigest, Instant approvedAt, Instant notAfter)
            implements CertificateDecision {}

    /** Refused by a rule, or by someone else. */
    record Denied(String request, Problem problem) implements CertificateDecision {}

    /** No request came, or an approved one was never signed, before the deadline. */
    record Missing(Problem problem) implements CertificateDecision {}
}
