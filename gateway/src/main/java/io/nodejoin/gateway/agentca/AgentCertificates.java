package io.nodejoin.gateway.agentca;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Issues agents' certificates; each is written to the audit log first. */
public final class AgentCertificates {
    private static final Logger LOG = LoggerFactory.getLogger(AgentCertificates.class);

    private final GatewayCredentials credentials;
    private final AuditLog audit;

    public AgentCertificates(GatewayCredentials credentials, AuditLog audit) {
        this.credentials = credentials;
        this.audit = audit;
    }

    /** Why a certificate is issued. */
    public enum Occasion {
        ENROLLMENT("enrollment"),
        RENEWAL("renewal");

        private final String text;

        Occasion(String text) {
            this.text = text;
        }
    }

    /**
     * Issues a certificate for this identity and key; empty if the audit entry could not be written. Not idempotent:
     * each call issues another one.
     */
    public Optional<EnrollmentResponse.Enrolled> issue(
            AgentIdentity agent, SubjectPublicKeyInfo key, Occasion occasion) {
        AgentCertificateAuthority.IssuedCertificate issued =
                credentials.authority().issue(agent, key);
        Map<String, String> results = Map.of(
                "occasion", occasion.text,
                "key-digest", digest(key),
                "serial", issued.serial().toString(16),
                "not-after", issued.expiresAt().toString());
        try {
            audit.record(new AuditEntry(
                    agent.node().cluster(),
                    agent.join().value(),
                    "agent.certificate.issue",
                    "nodes/" + agent.node().name(),
                    results));
        } catch (RuntimeException e) {
            // Without an audit entry the certificate is not returned.
            LOG.error("a certificate for {} was not handed out: {}", agent, e.getMessage());
            return Optional.empty();
        }
        LOG.atInfo()
                .addKeyValue("cluster", agent.node().cluster())
                .addKeyValue("node", agent.node().name())
                .addKeyValue("joinId", agent.join())
                .log("agent certificate issued: {}", occasion.text);
        return Optional.of(new EnrollmentResponse.Enrolled(issued.chain(), issued.expiresAt(), null));
    }

    private static String digest(SubjectPublicKeyInfo key) {
        try {
            return Sha256.hex(key.getEncoded("DER"));
        } catch (IOException e) {
            throw new UncheckedIOException("a key that was read has a DER form", e);
        }
    }
}
