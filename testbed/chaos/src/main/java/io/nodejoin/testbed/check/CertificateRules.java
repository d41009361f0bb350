package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.ClusterSnapshot.CertificateRequest;
import io.nodejoin.testbed.check.ClusterSnapshot.Condition;
import io.nodejoin.testbed.check.ClusterSnapshot.Run;
import io.nodejoin.testbed.check.Invariant.Breach;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Rules for CSRs that were created with bootstrap tokens. */
final class CertificateRules {
    private static final Duration DECISION_TIMEOUT = Duration.ofSeconds(30);
    private static final String OURS = "NodejoinApproved";

    private CertificateRules() {}

    static Stream<Breach> areDecidedOnceTheirJoinHasEnded(ClusterSnapshot snapshot) {
        return Stream.concat(
                snapshot.cluster().requests().stream()
                        .filter(request -> !request.isDecided())
                        .filter(request -> isOverdue(snapshot, request))
                        .map(request -> Breach.of(
                                "nobody has decided what the token " + request.tokenId() + " asked for at "
                                        + request.created(),
                                evidence(snapshot, request))),
                snapshot.cluster().requests().stream()
                        .filter(request -> isDecidedLate(snapshot, request))
                        .map(request -> Breach.of(
                                "what the token " + request.tokenId() + " asked for at " + request.created()
                                        + " was decided after its join's end: " + request.conditions(),
                                evidence(snapshot, request))));
    }

    private static boolean isDecidedLate(ClusterSnapshot snapshot, CertificateRequest request) {
        return snapshot.runOfToken(request.tokenId())
                .map(Run::closed)
                .filter(closed -> request.conditions().stream()
                        .anyMatch(condition -> condition.at().isAfter(closed.plus(DECISION_TIMEOUT))))
                .isPresent();
    }

    private static boolean isOverdue(ClusterSnapshot snapshot, CertificateRequest request) {
        Instant limit = snapshot.at().minus(DECISION_TIMEOUT);
        return snapshot.runOfToken(request.tokenId())
                .map(run -> run.closed() != null && run.closed().isBefore(limit))
                .orElseGet(() -> request.created().isBefore(limit));
    }

    static Stream<Breach> areApprovedOncePerToken(ClusterSnapshot snapshot) {
        Map<String, List<CertificateRequest>> approved =
                approved(snapshot).collect(Collectors.groupingBy(CertificateRequest::tokenId));
        return approved.entrySet().stream()
                .filter(token -> token.getValue().size() > 1)
                .map(token -> Breach.of(
                        token.getValue().size() + " requests of the token " + token.getKey() + " are approved",
                        token.getValue().stream().map(CertificateRequest::ref).toArray()));
    }

    static Stream<Breach> areApprovedForTheNodeOfTheirJoin(ClusterSnapshot snapshot) {
        return approved(snapshot).flatMap(request -> {
            Optional<Run> run = snapshot.runOfToken(request.tokenId());
            String wanted = run.map(found -> "system:node:" + found.node()).orElse("nothing");
            return request.commonName().equals(wanted)
                    ? Stream.empty()
                    : Stream.of(Breach.of(
                            "approved is " + request.commonName() + " where the join of the token " + request.tokenId()
                                    + " asked for " + wanted,
                            evidence(snapshot, request)));
        });
    }

    static Stream<Breach> areDecidedOneWay(ClusterSnapshot snapshot) {
        return snapshot.cluster().requests().stream()
                .filter(request -> request.has("Approved") && request.has("Denied"))
                .map(request -> Breach.of("one request is approved and denied", request.ref()));
    }

    static Stream<Breach> areAuditedBefore(ClusterSnapshot snapshot) {
        return approved(snapshot)
                .flatMap(request -> request.conditions().stream()
                        .filter(condition ->
                                condition.reason().equals(OURS) && !isOnRecord(snapshot, request, condition))
                        .map(condition -> Breach.of(
                                "an approval of Nodejoin's at " + condition.at() + " was not in its audit log by then",
                                request.ref())));
    }

    /** The API server's time of a condition has no fraction of a second. */
    private static boolean isOnRecord(ClusterSnapshot snapshot, CertificateRequest request, Condition approval) {
        return snapshot.audit().stream()
                .filter(line -> line.action().equals("csr.approve")
                        && line.object().endsWith("#" + request.ref().uid()))
                .anyMatch(line -> !line.time().truncatedTo(ChronoUnit.SECONDS).isAfter(approval.at()));
    }

    static Stream<CertificateRequest> approved(ClusterSnapshot snapshot) {
        return snapshot.cluster().requests().stream().filter(request -> request.has("Approved"));
    }

    private static Object[] evidence(ClusterSnapshot snapshot, CertificateRequest request) {
        return Stream.concat(Stream.of(request.ref()), snapshot.runOfToken(request.tokenId()).stream())
                .toArray();
    }
}
