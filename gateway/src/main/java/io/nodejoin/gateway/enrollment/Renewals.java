package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.AuthenticatedAgent;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.RunningJoin;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews an agent's certificate with the same identity and key while its join runs. */
public final class Renewals {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);

    private final JoinWorkflows workflows;
    private final AgentCertificates certificates;
    private final RateLimiter agentLimiter;
    private final RefusalAudit refusalAudit;

    public Renewals(
            JoinWorkflows workflows,
            AgentCertificates certificates,
            RateLimiter agentLimiter,
            RefusalAudit refusalAudit) {
        this.workflows = workflows;
        this.certificates = certificates;
        this.agentLimiter = agentLimiter;
        this.refusalAudit = refusalAudit;
    }

    /** The result of a renewal. */
    public sealed interface Outcome {
        record Renewed(EnrollmentResponse.Enrolled answer) implements Outcome {}

        /** The agent's join no longer runs. */
        record Refused() implements Outcome {}

        record Throttled() implements Outcome {}

        /** Temporal or the audit log is unavailable. */
        record Unavailable() implements Outcome {}
    }

    public Outcome renew(AuthenticatedAgent caller) {
        if (!agentLimiter.tryAcquire(caller.identity().uri())) {
            return new Outcome.Throttled();
        }
        Optional<RunningJoin> running;
        try {
            running = workflows.findRunningJoin(caller.identity().node());
        } catch (RuntimeException e) {
            // The agent still has its certificate and retries.
            LOG.warn("the certificate of {} is not renewed now: {}", caller.identity(), RootCause.message(e));
            return new Outcome.Unavailable();
        }
        if (running.filter(join -> join.id().equals(caller.identity().join())).isEmpty()) {
            String holder = running.map(join -> "join " + join.id()).orElse("no join");
            refusalAudit.identityRefused(
                    caller.identity(), caller.address(), "renewal refused: " + holder + " runs for the node");
            return new Outcome.Refused();
        }
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(
                caller.certificate().getPublicKey().getEncoded());
        return certificates
                .issue(caller.identity(), key, AgentCertificates.Occasion.RENEWAL)
                .<Outcome>map(Outcome.Renewed::new)
                .orElseGet(Outcome.Unavailable::new);
    }
}
