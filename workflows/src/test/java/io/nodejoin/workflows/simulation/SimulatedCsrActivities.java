package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Problem;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrActivities;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.csr.DeniedCsrs;
import io.nodejoin.workflows.csr.IssuedCertificates;
import io.nodejoin.workflows.csr.JoinCertificates;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Decision;
import io.nodejoin.workflows.token.TokenRef;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** An approver by the contract of the interface; a CSR may change between read and decision. */
final class SimulatedCsrActivities implements CsrActivities {
    static final String US = "nodejoin";
    private static final int FLOOD = 3;
    private static final Duration SKEW = Duration.ofMinutes(1);
    private static final Problem KEY_MISMATCH =
            new Problem(ErrorCode.CSR_KEY_MISMATCH, "the key is not the one of the token's host");
    private static final Duration YEAR = Duration.ofDays(366);

    private final World world;
    private final ActivityAttempt execution;
    private final FaultyCalls api;

    /** A CSR as it was read. */
    private record ObservedCsr(Csr csr, int version, Decision decision) {}

    SimulatedCsrActivities(World world, ActivityAttempt execution) {
        this.world = world;
        this.execution = execution;
        this.api = new FaultyCalls(world, execution);
    }

    @Override
    public CertificateResult decide(CsrDecisionRequest request) {
        for (int round = 0; ; round++) {
            List<ObservedCsr> observed = listCsrs(request.token());
            Optional<CertificateResult> decision = findEarlierDecision(request, observed);
            if (decision.isPresent()) {
                return decision.get();
            }
            Duration left = Duration.between(world.timeline.now(), request.deadline());
            if (!left.isPositive()) {
                return timedOut(observed);
            }
            execution.reportWaiting();
            Duration poll = world.random.nextMillis(100, round < 10 ? 1_000 : 5_000);
            execution.sleep(left.compareTo(poll) < 0 ? left : poll);
        }
    }

    @Override
    public CertificateResult denyOthers(CsrDecisionRequest request) {
        while (world.timeline.now().isBefore(request.deadline())) {
            execution.reportWaiting();
            Duration left = Duration.between(world.timeline.now(), request.deadline());
            Duration poll = world.random.nextMillis(100, 5_000);
            execution.sleep(left.compareTo(poll) < 0 ? left : poll);
            List<ObservedCsr> seen = listCsrs(request.token());
            if (request.keyDigest() != null) {
                denyRivals(request.keyDigest(), seen);
            } else if (checkSecondKey(request, seen).orElse(null) instanceof CertificateResult.Denied denied) {
                return denied;
            }
        }
        List<ObservedCsr> observed = listCsrs(request.token());
        Optional<CertificateResult> result = request.keyDigest() == null
                ? checkSecondKey(request, observed)
                : decideByKey(request, request.keyDigest(), observed);
        return result.orElseGet(() -> timedOut(observed));
    }

    @Override
    public DeniedCsrs denyPending(TokenRef token) {
        List<String> names = new ArrayList<>();
        Problem problem = new Problem(ErrorCode.CSR_TIMEOUT, "the join no longer waits for a CSR of this token");
        for (int round = 0; round < 3; round++) {
            boolean contended = false;
            for (ObservedCsr one : listCsrs(token)) {
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
        return new DeniedCsrs(names);
    }

    /** The simulation starts no cleanup. */
    @Override
    public IssuedCertificates listIssuedToJoin(JoinCertificates.OfJoin join) {
        throw new UnsupportedOperationException();
    }

    @Override
    public IssuedCertificates listIssued(TokenRef token) {
        return api.call("list certificates", () -> {
            List<Csr> all = world.api.requestsOf(token.tokenId());
            List<CertificateResult.Issued> issued = all.stream()
                    .filter(Csr::isApproved)
                    .map(SimulatedCsrActivities::toIssued)
                    .toList();
            boolean otherKey = all.stream()
                    .anyMatch(csr ->
                            issued.stream().noneMatch(one -> one.keyDigest().equals(csr.key)));
            boolean manyKeys = issued.stream()
                            .map(CertificateResult.Issued::keyDigest)
                            .distinct()
                            .count()
                    > 1;
            return new IssuedCertificates(issued, otherKey || manyKeys);
        });
    }

    private Optional<CertificateResult> findEarlierDecision(CsrDecisionRequest request, List<ObservedCsr> observed) {
        return request.keyDigest() == null
                ? decideFirst(request, observed)
                : decideByKey(request, request.keyDigest(), observed);
    }

    /** Decides the CSRs with the known key, and denies all others without further effect. */
    private Optional<CertificateResult> decideByKey(
            CsrDecisionRequest request, String key, List<ObservedCsr> observed) {
        denyRivals(key, observed);
        for (ObservedCsr rival : observed) {
            if (rival.decision() == Decision.APPROVED && !rival.csr().key.equals(key)) {
                return Optional.of(new CertificateResult.Denied(rival.csr().name, KEY_MISMATCH));
            }
        }
        List<ObservedCsr> own =
                observed.stream().filter(one -> one.csr().key.equals(key)).toList();
        Optional<ObservedCsr> approved =
                own.stream().filter(one -> one.decision() == Decision.APPROVED).findFirst();
        if (approved.isPresent()) {
            Csr right = approved.get().csr();
            return Optional.ofNullable(right.notAfter).map(_ -> toIssued(right));
        }
        Optional<ObservedCsr> denied =
                own.stream().filter(one -> one.decision() == Decision.DENIED).findFirst();
        return denied.isPresent() ? denied.map(one -> denied(one.csr())) : decidePending(request, own);
    }

    private void denyRivals(String key, List<ObservedCsr> observed) {
        observed.stream()
                .filter(one -> one.decision() == Decision.UNDECIDED)
                .filter(one -> !one.csr().key.equals(key))
                .forEach(rival -> deny(rival, KEY_MISMATCH));
    }

    private Optional<CertificateResult> decideFirst(CsrDecisionRequest request, List<ObservedCsr> observed) {
        if (observed.stream().anyMatch(one -> one.decision() == Decision.APPROVED)) {
            return checkSecondKey(request, observed);
        }
        Optional<ObservedCsr> denied = observed.stream()
                .filter(one -> one.decision() == Decision.DENIED)
                .findFirst();
        if (denied.isPresent()) {
            return denied.map(one -> denied(one.csr()));
        }
        return decidePending(request, observed);
    }

    private Optional<CertificateResult> decidePending(CsrDecisionRequest request, List<ObservedCsr> observed) {
        if (observed.isEmpty()) {
            return Optional.empty();
        }
        boolean nameTaken = api.call(
                "find the node of the name",
                () -> world.api.node != null && !world.api.node.uid.equals(request.createdNodeUid()));
        Optional<CertificateResult> first = Optional.empty();
        for (ObservedCsr one : observed.subList(0, Math.min(observed.size(), FLOOD))) {
            Optional<Problem> broken = violation(request, one, observed, nameTaken);
            if (broken.isEmpty()) {
                approve(one);
                return Optional.empty();
            }
            if (deny(one, broken.get()) && first.isEmpty()) {
                first = Optional.of(new CertificateResult.Denied(one.csr().name, broken.get()));
            }
        }
        return first;
    }

    private static Optional<Problem> violation(
            CsrDecisionRequest request, ObservedCsr one, List<ObservedCsr> observed, boolean nameTaken) {
        Csr csr = one.csr();
        if (observed.size() > FLOOD) {
            return Optional.of(new Problem(ErrorCode.TOO_MANY_CSRS, "too many requests"));
        }
        if (!csr.commonName.equals("system:node:" + request.node())) {
            return Optional.of(new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, "asks for " + csr.commonName));
        }
        if (nameTaken) {
            return Optional.of(new Problem(ErrorCode.NODE_NAME_IN_USE, "a Node holds the name"));
        }
        if (csr.created.isBefore(request.issuedAt().minus(SKEW))
                || csr.created.isAfter(request.csrsAcceptedUntil().plus(SKEW))) {
            return Optional.of(new Problem(ErrorCode.CSR_TIMEOUT, "came at " + csr.created));
        }
        boolean rival = observed.stream().anyMatch(other -> !other.csr().key.equals(csr.key));
        return rival
                ? Optional.of(new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request has another key"))
                : Optional.empty();
    }

    /** Returns the result of the approved CSR, and whether another key used the token. */
    private Optional<CertificateResult> checkSecondKey(CsrDecisionRequest request, List<ObservedCsr> observed) {
        List<ObservedCsr> approved = observed.stream()
                .filter(one -> one.decision() == Decision.APPROVED)
                .toList();
        for (ObservedCsr one : approved) {
            if (!one.csr().commonName.equals("system:node:" + request.node())) {
                return Optional.of(new CertificateResult.Denied(
                        one.csr().name, new Problem(ErrorCode.NODE_IDENTITY_MISMATCH, one.csr().commonName)));
            }
        }
        if (approved.isEmpty()) {
            return Optional.empty();
        }
        Csr right = approved.getFirst().csr();
        Problem problem = new Problem(ErrorCode.CSR_KEY_MISMATCH, "another request of the same token is approved");
        for (ObservedCsr other : observed) {
            if (other.csr() == right) {
                continue;
            }
            if (other.decision() == Decision.UNDECIDED) {
                deny(other, problem);
            }
            if (!other.csr().key.equals(right.key)) {
                return Optional.of(
                        other.decision() == Decision.DENIED
                                ? denied(other.csr())
                                : new CertificateResult.Denied(other.csr().name, problem));
            }
        }
        return Optional.ofNullable(right.notAfter).map(_ -> toIssued(right));
    }

    private List<ObservedCsr> listCsrs(TokenRef token) {
        return api.call(
                "list requests",
                () -> world.api.requestsOf(token.tokenId()).stream()
                        .map(csr -> new ObservedCsr(csr, csr.version, csr.decision))
                        .toList());
    }

    private void approve(ObservedCsr one) {
        api.effect("approve " + one.csr().name, () -> {
            boolean done = world.api.decide(one.csr(), one.version(), Decision.APPROVED, US, null);
            if (done) {
                world.check.checkApproved(one.csr());
                world.controllers.onApproved(one.csr());
            }
            return done;
        });
    }

    private boolean deny(ObservedCsr one, Problem problem) {
        return api.effect(
                "deny " + one.csr().name,
                () -> world.api.decide(one.csr(), one.version(), Decision.DENIED, US, problem));
    }

    private static CertificateResult denied(Csr csr) {
        Problem problem = csr.decidedBy.equals(US)
                ? Objects.requireNonNull(csr.problem)
                : new Problem(ErrorCode.CSR_DENIED_EXTERNALLY, "another approver has denied " + csr.name);
        return new CertificateResult.Denied(csr.name, problem);
    }

    private static CertificateResult.Issued toIssued(Csr csr) {
        Instant approvedAt = Objects.requireNonNull(csr.decidedAt);
        Instant notAfter = csr.notAfter == null ? approvedAt.plus(YEAR) : csr.notAfter;
        return new CertificateResult.Issued(csr.name, csr.key, approvedAt, notAfter);
    }

    private static CertificateResult timedOut(List<ObservedCsr> observed) {
        boolean approved = observed.stream().anyMatch(one -> one.decision() == Decision.APPROVED);
        return new CertificateResult.TimedOut(
                approved
                        ? new Problem(ErrorCode.CERTIFICATE_NOT_ISSUED, "approved, but not signed")
                        : new Problem(ErrorCode.CSR_TIMEOUT, "no decided request by the deadline"));
    }
}
