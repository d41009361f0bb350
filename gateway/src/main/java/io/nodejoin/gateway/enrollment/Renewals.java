package io.nodejoin.gateway.enrollment;

import io.nodejoin.activities.RootCause;
import io.nodejoin.gateway.agentca.AgentCertificates;
import io.nodejoin.gateway.agentca.Caller;
import io.nodejoin.gateway.ratelimit.AttemptLimit;
import io.nodejoin.gateway.ratelimit.Refusals;
import io.nodejoin.gateway.temporal.JoinWorkflows;
import io.nodejoin.gateway.temporal.RunningJoin;
import io.nodejoin.protocol.agent.EnrollmentAnswer;
import java.util.Optional;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives an agent another certificate for the one that it shows: same identity, same key, as long as its join runs. */
public final class Renewals {
    private static final Logger LOG = LoggerFactory.getLogger(Renewals.class);

    private final JoinWorkflows workflows;
    private final AgentCertificates certificates;
    private final AttemptLimit perAgent;
    private final Refusals refusals;

    public Renewals(JoinWorkflows workflows, AgentCertificates certificates, AttemptLimit perAgent, Refusals refusals) {
        this.workflows = workflows;
        this.certificates = certificates;
        this.perAgent = perAgent;
        this.refusals = refusals;
    }

    /** How a renewal ended. */
    public sealed interface Outcome {
        record Renewed(EnrollmentAnswer.Enrolled answer) implements Outcome {}

        /** The agent's join is not the one that holds its node. */
        record Refused() implements Outcome {}

        record Throttled() implements Outcome {}

        /** It could not be found out, or not be recorded. */
        record Unavailable() implements Outcome {}
    }

    public Outcome renew(Caller caller) {
        if (!perAgent.allows(caller.agent().uri())) {
            return new Outcome.Throttled();
        }
        Optional<RunningJoin> running;
        try {
            running = workflows.runningJoin(caller.agent().node());
        } catch (RuntimeException e) {
            // Whatever keeps Temporal from answering: the agent still has its certificate and asks again.
            LOG.warn("the certificate of {} is not renewed now: {}", caller.agent(), RootCause.reason(e));
            return new Outcome.Unavailable();
        }
        if (running.filter(join -> join.id().equals(caller.agent().join())).isEmpty()) {
            String holder = running.map(join -> "join " + join.id()).orElse("no join");
            refusals.identity(caller.agent(), caller.address(), "renewal refused: " + holder + " holds the node");
            return new Outcome.Refused();
        }
        SubjectPublicKeyInfo key = SubjectPublicKeyInfo.getInstance(
                caller.certificate().getPublicKey().getEncoded());
        return certificates
                .issue(caller.agent(), key, AgentCertificates.Occasion.RENEWAL)
                .<Outcome>map(Outcome.Renewed::new)
                .orElseGet(Outcome.Unavailable::new);
    }
}
