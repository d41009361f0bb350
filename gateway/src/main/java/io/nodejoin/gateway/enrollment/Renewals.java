package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.AuthenticatedAgent;
import io.nodejoin.gateway.ratelimit.RateLimiter;
import io.nodejoin.gateway.ratelimit.RefusalAudit;
import io.nodejoin.gateway.reply.Reply;
import io.nodejoin.gateway.session.GatewayMetrics;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.JoinWorkflows.RunningJoin;
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
    private final GatewayMetrics metrics;

    public Renewals(
            JoinWorkflows workflows,
            AgentCertificates certificates,
            RateLimiter agentLimiter,
            RefusalAudit refusalAudit,
            GatewayMetrics metrics) {
        this.workflows = workflows;
        this.certificates = certificates;
        this.agentLimiter = agentLimiter;
        this.refusalAudit = refusalAudit;
        this.metrics = metrics;
    }

    public Reply renew(AuthenticatedAgent caller) {
        if (!agentLimiter.tryAcquire(caller.identity().uri())) {
            return counted("throttled", Reply.tooManyRequests());
        }
        Optional<RunningJoin> running;
        try {
            running = workflows.findRunningJoin(caller.identity().node());
        } catch (RuntimeException e) {
            // The agent still has its certificate and retries.
            LOG.warn("the certificate of {} is not renewed now: {}", caller.identity(), RootCause.message(e));
            return counted("unavailable", Reply.serviceUnavailable());
        }
        if (running.filter(join -> join.id().equals(caller.identity().join())).isEmpty()) {
            String holder = running.map(join -> "join " + join.id()).orElse("no join");
            refusalAudit.identityRefused(
                    caller.identity(), caller.address(), "renewal refused: " + holder + " runs for the node");
            return counted("refused", Reply.forbidden());
        }
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(
                caller.certificate().getPublicKey().getEncoded());
        return certificates
                .issue(caller.identity(), key, AgentCertificates.Occasion.RENEWAL)
                .map(answer -> counted("renewed", Reply.ok(answer)))
                .orElseGet(() -> counted("unavailable", Reply.serviceUnavailable()));
    }

    private Reply counted(String result, Reply reply) {
        metrics.renewal(result);
        return reply;
    }
}
