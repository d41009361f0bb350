package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.join.JoinCancelRequested;
import io.nodejoin.protocol.join.JoinEvent.Outcome;
import io.nodejoin.protocol.join.JoinRejected;
import io.nodejoin.testbed.canary.Canary;
import io.nodejoin.testbed.demo.HostWish;
import io.nodejoin.testbed.demo.JoinRequests;
import io.nodejoin.testbed.e2e.ClusterView.Token;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedHost.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Joins that end in different ways, and the secrets that each of them had. */
final class CanaryJoins {
    /** A PEM file breaks its lines every 48 bytes: the last bytes of a private number stand on one line there too. */
    private static final int KEY_PART = 18;

    private static final int SHORTEST_MILLIS = 15_000;

    private final SharedBed bed;
    private final FileSpy files;

    CanaryJoins(SharedBed bed, FileSpy files) {
        this.bed = bed;
        this.files = files;
    }

    /**
     * A join that has ended.
     *
     * @param root the host's file system
     * @param canaries token, one-time secret and the agent's key; the secret half stands for the whole token, which
     *     contains it in every encoding
     */
    record Past(HostWish wish, Course course, Outcome outcome, Path root, List<Canary> canaries) {}

    /** Runs one join to its end. */
    Past live(HostWish wish, Course course) {
        try (SimulatedHost host = bed.boot(wish, fault(course))) {
            files.watch(host.root());
            String event = UUID.randomUUID().toString();
            request(wish, course, event);
            JoinId join = JoinId.of(JoinRequests.SOURCE, event);
            Outcome outcome = switch (course.fate()) {
                case JOINS, KUBELET_CANNOT_START, KUBELET_MISSING, LATE -> end(wish);
                case CANCELLED -> cancelled(wish, course);
                case STOLEN -> stolen(wish, course, host, join);
            };
            if (!(outcome instanceof JoinRejected)) {
                bed.histories().awaitClosed(wish.node());
            }
            return new Past(wish, course, outcome, host.root(), canaries(wish, host.root(), join));
        }
    }

    private static Fault fault(Course course) {
        return switch (course.fate()) {
            case KUBELET_CANNOT_START -> Fault.KUBELET_CANNOT_START;
            case KUBELET_MISSING -> Fault.KUBELET_MISSING;
            case JOINS, CANCELLED, LATE, STOLEN -> Fault.NONE;
        };
    }

    private void request(HostWish wish, Course course, String event) {
        boolean endless = course.fate() == Course.Fate.CANCELLED || course.fate() == Course.Fate.LATE;
        Instant deadline = course.fate() == Course.Fate.LATE
                ? Instant.now()
                        .plusMillis(SHORTEST_MILLIS + course.delayMillis())
                        .truncatedTo(ChronoUnit.SECONDS)
                : null;
        bed.requests()
                .send(
                        SharedBed.asking(wish)
                                .readyGates(endless ? List.of("nodejoin.io/never") : List.of())
                                .deadline(deadline)
                                .build(),
                        SharedBed.key(wish.node()),
                        event);
    }

    private Outcome end(HostWish wish) {
        return bed.outcomes().awaitAnswer(wish.node());
    }

    private Outcome cancelled(HostWish wish, Course course) {
        bed.outcomes().awaitPhase(wish.node(), course.phase());
        bed.requests()
                .send(new JoinCancelRequested(SharedBed.CLUSTER, wish.node(), "canary"), SharedBed.key(wish.node()));
        return end(wish);
    }

    private Outcome stolen(HostWish wish, Course course, SimulatedHost host, JoinId join) {
        Path den = bed.parts().directories().root().resolve("simulated").resolve("thief-" + UUID.randomUUID());
        try (Thief thief = new Thief(host.identity(), den)) {
            Token token = bed.cluster().awaitTokens(join).iterator().next();
            CompletableFuture<Void> strike = CompletableFuture.runAsync(
                    () -> thief.strike(bed.cluster().bootstrapKubeconfig(token)),
                    CompletableFuture.delayedExecutor(course.delayMillis() / 10, TimeUnit.MILLISECONDS));
            Outcome outcome = end(wish);
            strike.join();
            return outcome;
        }
    }

    private List<Canary> canaries(HostWish wish, Path root, JoinId join) {
        List<Canary> canaries = new ArrayList<>();
        canaries.add(Canary.of("one-time secret of " + wish.node(), wish.secret()));
        canaries.add(new Canary("agent key of " + wish.node(), partOfKey(root.resolve("var/lib/nodejoin/agent.key"))));
        bed.cluster()
                .tokens(join)
                .forEach(
                        token -> canaries.add(Canary.of("token " + token.id() + " of " + wish.node(), token.secret())));
        return canaries;
    }

    private static byte[] partOfKey(Path file) {
        try {
            byte[] der = Base64.getDecoder().decode(Files.readAllLines(file).getFirst());
            var key = (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
            byte[] number = key.getS().toByteArray();
            return Arrays.copyOfRange(number, number.length - KEY_PART, number.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the agent's key is no EC key", e);
        }
    }
}
