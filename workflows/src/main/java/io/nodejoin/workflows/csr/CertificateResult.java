package io.nodejoin.workflows.csr;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.nodejoin.protocol.Problem;
import java.time.Instant;

/** The result of a token's CSR. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Issued", value = CertificateResult.Issued.class),
    @JsonSubTypes.Type(name = "Denied", value = CertificateResult.Denied.class),
    @JsonSubTypes.Type(name = "TimedOut", value = CertificateResult.TimedOut.class)
})
public sealed interface CertificateResult {

    /**
     * Approved and signed.
     *
     * @param csrName name of the CertificateSigningRequest
     * @param keyDigest lower-case hex SHA-256 of the requested SubjectPublicKeyInfo
     * @param notAfter end of the certificate's validity
     */
    record Issued(String csrName, String keyDigest, Instant approvedAt, Instant notAfter)
            implements CertificateResult {}

    /** Denied by a rule, or by another approver. */
    record Denied(String csrName, Problem problem) implements CertificateResult {}

    /** No CSR was created by the deadline, or an approved one was not signed. */
    record TimedOut(Problem problem) implements CertificateResult {}
}
