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

/** Gives an agent another certificate for the one that it shows: same identity, same key, as long as its join runs. */
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

    /** How a renewal ended. */
    public sealed interface Outcome {
        record Renewed(EnrollmentResponse.Enrolled answer) implements Outcome {}

        /** The agent's join is not the one that holds its node. */
        record Refused() implements Outcome {}

        record Throttled() implements Outcome {}

        /** It could not be found out, or not be recorded. */
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
            // Whatever keeps Temporal from answering: the agent still has its certificate and asks again.
            LOG.warn("the certificate of {} is not renewed now: {}", caller.identity(), RootCause.message(e));
            return new Outcome.Unavailable();
        }
        if (running.filter(join -> join.id().equals(caller.identity().join())).isEmpty()) {
            String holder = running.map(join -> "join " + join.id()).orElse("no join");
            refusalAudit.identityRefused(
                    caller.identity(), caller.address(), "renewal refused: " + holder + " holds the node");
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
