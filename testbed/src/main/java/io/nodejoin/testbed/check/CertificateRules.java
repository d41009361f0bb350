package io.nodejoin.testbed.check;

import io.nodejoin.testbed.check.Invariant.Broken;
import io.nodejoin.testbed.check.Scene.CertificateRequest;
import io.nodejoin.testbed.check.Scene.Condition;
import io.nodejoin.testbed.check.Scene.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What was asked for with bootstrap tokens, and what came of it. */
final class CertificateRules {
    private static final Duration LATE = Duration.ofSeconds(30);
    private static final String OURS = "NodejoinApproved";

    private CertificateRules() {}

    static Stream<Broken> areDecidedOnceTheirJoinHasEnded(Scene scene) {
        return Stream.concat(
                scene.cluster().requests().stream()
                        .filter(request -> !request.decided())
                        .filter(request -> isOverdue(scene, request))
                        .map(request -> Broken.because(
                                "nobody has decided what the token " + request.tokenId() + " asked for at "
                                        + request.created(),
                                evidence(scene, request))),
                scene.cluster().requests().stream()
                        .filter(request -> isDecidedLate(scene, request))
                        .map(request -> Broken.because(
                                "what the token " + request.tokenId() + " asked for at " + request.created()
                                        + " was decided after its join's end: " + request.conditions(),
                                evidence(scene, request))));
    }

    private static boolean isDecidedLate(Scene scene, CertificateRequest request) {
        return scene.runOfToken(request.tokenId())
                .map(Run::closed)
                .filter(closed -> request.conditions().stream()
                        .anyMatch(condition -> condition.at().isAfter(closed.plus(LATE))))
                .isPresent();
    }

    private static boolean isOverdue(Scene scene, CertificateRequest request) {
        Instant limit = scene.at().minus(LATE);
        return scene.runOfToken(request.tokenId())
                .map(run -> run.closed() != null && run.closed().isBefore(limit))
                .orElseGet(() -> request.created().isBefore(limit));
    }

    static Stream<Broken> areApprovedOncePerToken(Scene scene) {
        Map<String, List<CertificateRequest>> approved =
                approved(scene).collect(Collectors.groupingBy(CertificateRequest::tokenId));
        return approved.entrySet().stream()
                .filter(token -> token.getValue().size() > 1)
                .map(token -> Broken.because(
                        token.getValue().size() + " requests of the token " + token.getKey() + " are approved",
                        token.getValue().stream().map(CertificateRequest::ref).toArray()));
    }

    static Stream<Broken> areApprovedForTheNodeOfTheirJoin(Scene scene) {
        return approved(scene).flatMap(request -> {
            Optional<Run> run = scene.runOfToken(request.tokenId());
            String wanted = run.map(found -> "system:node:" + found.node()).orElse("nothing");
            return request.commonName().equals(wanted)
                    ? Stream.empty()
                    : Stream.of(Broken.because(
                            "approved is " + request.commonName() + " where the join of the token " + request.tokenId()
                                    + " asked for " + wanted,
                            evidence(scene, request)));
        });
    }

    static Stream<Broken> areDecidedOneWay(Scene scene) {
        return scene.cluster().requests().stream()
                .filter(request -> request.has("Approved") && request.has("Denied"))
                .map(request -> Broken.because("one request is approved and denied", request.ref()));
    }

    static Stream<Broken> areAuditedBefore(Scene scene) {
        return approved(scene)
                .flatMap(request -> request.conditions().stream()
                        .filter(condition -> condition.reason().equals(OURS) && !isOnRecord(scene, request, condition))
                        .map(condition -> Broken.because(
                                "an approval of Nodejoin's at " + condition.at() + " was not in its audit log by then",
                                request.ref())));
    }

    /** The API server's time of a condition has no fraction of a second. */
    private static boolean isOnRecord(Scene scene, CertificateRequest request, Condition approval) {
        return scene.audit().stream()
                .filter(line -> line.action().equals("certificate.approve")
                        && line.object().endsWith("#" + request.ref().uid()))
                .anyMatch(line -> !line.time().truncatedTo(ChronoUnit.SECONDS).isAfter(approval.at()));
    }

    static Stream<CertificateRequest> approved(Scene scene) {
        return scene.cluster().requests().stream().filter(request -> request.has("Approved"));
    }

    private static Object[] evidence(Scene scene, CertificateRequest request) {
        return Stream.concat(Stream.of(request.ref()), scene.runOfToken(request.tokenId()).stream())
                .toArray();
    }
}
