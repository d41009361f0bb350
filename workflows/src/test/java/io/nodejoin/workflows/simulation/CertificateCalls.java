package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.certificate.CertificateActivities;
import io.nodejoin.workflows.certificate.CertificateDecision;
import io.nodejoin.workflows.certificate.CertificateOrder;
import io.nodejoin.workflows.certificate.DeniedRequests;
import io.nodejoin.workflows.certificate.IssuedCertificates;
import io.nodejoin.workflows.simulation.ApiServer.Csr;
import io.nodejoin.workflows.simulation.ApiServer.Decision;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** An approver by the rules of the interface's contract; what it reads may have changed when it decides. */
final class CertificateCalls implements CertificateActivities {
    static final String US = "nodejoin";
    private static final int FLOOD = 3;
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final Duration YEAR = Duration.ofDays(366);

    private final World world;
    private final ActivityExecution execution;
    private final Api api;

    /** A request as it was read. */
    private record Seen(Csr csr, int version, Decision decision) {}

    CertificateCalls(World world, ActivityExecution execution) {
        this.world = world;
        this.execution = execution;
        this.api = new Api(world, execution);
    }

    @Override
    public CertificateDecision decide(CertificateOrder order) {
        for (int round = 0; ; round++) {
            List<Seen> seen = list(order.token());
            Optional<CertificateDecision> decision = look(order, seen);
            if (decision.isPresent()) {
                return decision.get();
            }
            Duration left = Duration.between(world.timeline.now(), order.deadline());
            if (!left.isPositive()) {
                return missing(seen);
            }
            execution.pulse();
            Duration poll = world.chance.millis(100, round < 10 ? 1_000 : 5_000);
            execution.sleep(left.compareTo(poll) < 0 ? left : poll);
        }
    }

    @Override
    public CertificateDecision denyOthers(CertificateOrder order) {
        List<Seen> seen = list(order.token());
        return beside(order, seen).orElseGet(() -> missing(seen));
    }

    @Override
    public DeniedRequests denyUndecided(TokenRef token) {
        List<String> names = new ArrayList<>();
        Problem problem = new Problem(ErrorCode.CSR_TIMEOUT, "the join no longer waits for a request of this token");
        for (int round = 0; round < 3; round++) {
            boolean contended = false;
            for (Seen one : list(token)) {
                if (one.decision() == Decision.UNDECIDED) {
                    boolean denied = deny(one, problem);
                    contended |= !denied;
                    if (denied) {
                        names.add(one.csr().name);
                    }
                }
            }
            if (!contended) {
                break;
            }
        }
        return new DeniedRequests(names);
    }

    @Override
    public IssuedCertificates issued(TokenRef token) {
        return api.call("list certificates", () -> {
            List<Csr> all = world.api.requestsOf(token.tokenId());
            List<CertificateDecision.Issued> issued = all.stream()
                    .filter(Csr::isApproved)
                    .map(CertificateCalls::certificate)
                    .toList();
            boolean otherKey = all.stream()
                    .anyMatch(csr ->
                            issued.stream().noneMatch(one -> one.keyDigest().equals(csr.key)));
            boolean manyKeys = issued.stream()
                            .map(CertificateDecision.Issued::keyDigest)
                            .distinct()
                            .count()
                    > 1;
            return new IssuedCertificates(issued, otherKey || manyKeys);
        });
    }

    private Optional<CertificateDecision> look(CertificateOrder order, List<Seen> seen) {
        if (seen.stream().anyMatch(one -> one.decision() == Decision.APPROVED)) {
            return beside(order, seen);
        }
        Optional<Seen> denied =
                seen.stream().filter(one -> one.decision() == Decision.DENIED).findFirst();
        if (denied.isPresent()) {
            return denied.map(one -> earlierDenial(one.csr()));
        }
        return judge(order, seen);
    }

    private Optional<CertificateDecision> judge(CertificateOrder order, List<Seen> seen) {
        if (seen.isEmpty()) {
            return Optional.empty();
        }
        boolean held = api.call("look who holds the name", () -> world.api.node != null);
        Optional<CertificateDecision> first = Optional.empty();
        for (Seen one : seen.subList(0, Math.min(seen.size(), FLOOD))) {
            Optional<Problem> broken = broken(order, one, seen, held);
            if (broken.isEmpty()) {
                approve(one);
                return Optional.empty();
            }
            if (deny(one, broken.get()) && first.isEmpty()) {
                first = Optional.of(new CertificateDecision.Denied(one.csr().name, broken.get()));
            }
        }
        return first;
    }

    private static Optional<Problem> broken(CertificateOrder order, Seen one, List<Seen> seen, boolean held) {
        Csr csr = one.csr();
        if (seen.size() > FLOOD) {
            return Optional.of(new Problem(ErrorCode.CSR_FLOOD, "too many requests"));
        }
        if (!csr.commonName.equals("system:node:" + order.node())) {
            return Optional.of(new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, "asks for " + csr.commonName));
        }
        if (held) {
            return Optional.of(new Problem(ErrorCode.NODE_NAME_IN_USE, "a Node holds the name"));
        }
        if (csr.created.isBefore(order.issuedAt().minus(SKEW))
                || csr.created.isAfter(order.closesAt().plus(SKEW))) {
            return Optional.of(new Problem(ErrorCode.CSR_TIMEOUT, "came at " + csr.created));
        }
        boolean rival = seen.stream().anyMatch(other -> !other.csr().key.equals(csr.key));
        return rival
                ? Optional.of(new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request has another key"))
                : Optional.empty();
    }

    /** What became of the approved request, and whether another key used the token. */
    private Optional<CertificateDecision> beside(CertificateOrder order, List<Seen> seen) {
        List<Seen> approved =
                seen.stream().filter(one -> one.decision() == Decision.APPROVED).toList();
        for (Seen one : approved) {
            if (!one.csr().commonName.equals("system:node:" + order.node())) {
                return Optional.of(new CertificateDecision.Denied(
                        one.csr().name, new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, one.csr().commonName)));
            }
        }
        if (approved.isEmpty()) {
            return Optional.empty();
        }
        Csr right = approved.getFirst().csr();
        Problem problem = new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved");
        for (Seen other : seen) {
            if (other.csr() == right) {
                continue;
            }
            if (other.decision() == Decision.UNDECIDED) {
                deny(other, problem);
            }
            if (!other.csr().key.equals(right.key)) {
                return Optional.of(
                        other.decision() == Decision.DENIED
                                ? earlierDenial(other.csr())
                                : new CertificateDecision.Denied(other.csr().name, problem));
            }
        }
        return Optional.ofNullable(right.notAfter).map(_ -> certificate(right));
    }

    private List<Seen> list(TokenRef token) {
        return api.call(
                "list requests",
                () -> world.api.requestsOf(token.tokenId()).stream()
                        .map(csr -> new Seen(csr, csr.version, csr.decision))
                        .toList());
    }

    private void approve(Seen one) {
        api.effect("approve " + one.csr().name, () -> {
            boolean done = world.api.decide(one.csr(), one.version(), Decision.APPROVED, US, null);
            if (done) {
                world.check.approved(one.csr());
                world.controllers.approved(one.csr());
            }
            return done;
        });
    }

    private boolean deny(Seen one, Problem problem) {
        return api.effect(
                "deny " + one.csr().name,
                () -> world.api.decide(one.csr(), one.version(), Decision.DENIED, US, problem));
    }

    private static CertificateDecision earlierDenial(Csr csr) {
        Problem problem = csr.decidedBy.equals(US)
                ? Objects.requireNonNull(csr.problem)
                : new Problem(ErrorCode.CSR_DENIED_EXTERNALLY, "another approver has denied " + csr.name);
        return new CertificateDecision.Denied(csr.name, problem);
    }

    private static CertificateDecision.Issued certificate(Csr csr) {
        Instant approvedAt = Objects.requireNonNull(csr.decidedAt);
        Instant notAfter = csr.notAfter == null ? approvedAt.plus(YEAR) : csr.notAfter;
        return new CertificateDecision.Issued(csr.name, csr.key, approvedAt, notAfter);
    }

    private static CertificateDecision missing(List<Seen> seen) {
        boolean approved = seen.stream().anyMatch(one -> one.decision() == Decision.APPROVED);
        return new CertificateDecision.Missing(
                approved
                        ? new Problem(ErrorCode.CERT_NOT_ISSUED, "approved, but not signed")
                        : new Problem(ErrorCode.CSR_TIMEOUT, "no decided request by the deadline"));
    }
}
