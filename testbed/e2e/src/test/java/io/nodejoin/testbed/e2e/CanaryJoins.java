package io.nodejoin.testbed.e2e;

import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.event.JoinCancelRequested;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.event.LifecycleEvent.Outcome;
import io.nodejoin.testbed.canary.Canary;
import io.nodejoin.testbed.client.HostFixture;
import io.nodejoin.testbed.client.JoinRequestProducer;
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

    private static final int MIN_DEADLINE_MILLIS = 15_000;

    private final SharedBed bed;
    private final FileRecorder files;

    CanaryJoins(SharedBed bed, FileRecorder files) {
        this.bed = bed;
        this.files = files;
    }

    /**
     * A join that has ended.
     *
     * @param root the host's file system
     * @param canaries token, enrollment secret and the agent's key; the secret half stands for the whole token, which
     *     contains it in every encoding
     */
    record EndedJoin(HostFixture wish, JoinScenario course, Outcome outcome, Path root, List<Canary> canaries) {}

    /** Runs one join to its end. */
    EndedJoin run(HostFixture fixture, JoinScenario scenario) {
        try (SimulatedHost host = bed.boot(fixture, fault(scenario))) {
            files.watch(host.root());
            String event = UUID.randomUUID().toString();
            request(fixture, scenario, event);
            JoinId join = JoinId.of(JoinRequestProducer.SOURCE, event);
            Outcome outcome = switch (scenario.ending()) {
                case SUCCEEDS, KUBELET_CANNOT_START, KUBELET_MISSING, TIMES_OUT -> end(fixture);
                case CANCELLED -> cancelled(fixture, scenario);
                case TOKEN_STOLEN -> stolen(fixture, scenario, host, join);
            };
            if (!(outcome instanceof JoinRejected)) {
                bed.histories().awaitClosed(fixture.node());
            }
            return new EndedJoin(fixture, scenario, outcome, host.root(), canaries(fixture, host.root(), join));
        }
    }

    private static Fault fault(JoinScenario scenario) {
        return switch (scenario.ending()) {
            case KUBELET_CANNOT_START -> Fault.KUBELET_CANNOT_START;
            case KUBELET_MISSING -> Fault.KUBELET_MISSING;
            case SUCCEEDS, CANCELLED, TIMES_OUT, TOKEN_STOLEN -> Fault.NONE;
        };
    }

    private void request(HostFixture fixture, JoinScenario scenario, String event) {
        boolean endless = scenario.ending() == JoinScenario.Ending.CANCELLED
                || scenario.ending() == JoinScenario.Ending.TIMES_OUT;
        Instant deadline = scenario.ending() == JoinScenario.Ending.TIMES_OUT
                ? Instant.now()
                        .plusMillis(MIN_DEADLINE_MILLIS + scenario.delayMillis())
                        .truncatedTo(ChronoUnit.SECONDS)
                : null;
        bed.requests()
                .send(
                        SharedBed.requestBuilder(fixture)
                                .readyGates(endless ? List.of("nodejoin.io/never") : List.of())
                                .deadline(deadline)
                                .build(),
                        SharedBed.recordKey(fixture.node()),
                        event);
    }

    private Outcome end(HostFixture fixture) {
        return bed.outcomes().awaitOutcomeOrRejection(fixture.node());
    }

    private Outcome cancelled(HostFixture fixture, JoinScenario scenario) {
        bed.outcomes().awaitPhase(fixture.node(), scenario.phase());
        bed.requests()
                .send(
                        new JoinCancelRequested(SharedBed.CLUSTER, fixture.node(), "canary", null),
                        SharedBed.recordKey(fixture.node()));
        return end(fixture);
    }

    private Outcome stolen(HostFixture fixture, JoinScenario scenario, SimulatedHost host, JoinId join) {
        Path den = bed.testBed().directories().root().resolve("simulated").resolve("thief-" + UUID.randomUUID());
        try (TokenThief thief = new TokenThief(host.identity(), den)) {
            Token token = bed.cluster().awaitTokens(join).iterator().next();
            CompletableFuture<Void> strike = CompletableFuture.runAsync(
                    () -> thief.useToken(bed.cluster().bootstrapKubeconfig(token)),
                    CompletableFuture.delayedExecutor(scenario.delayMillis() / 10, TimeUnit.MILLISECONDS));
            Outcome outcome = end(fixture);
            strike.join();
            return outcome;
        }
    }

    private List<Canary> canaries(HostFixture fixture, Path root, JoinId join) {
        List<Canary> canaries = new ArrayList<>();
        canaries.add(Canary.of("enrollment secret of " + fixture.node(), fixture.secret()));
        canaries.add(
                new Canary("agent key of " + fixture.node(), partOfKey(root.resolve("var/lib/nodejoin/agent.key"))));
        bed.cluster()
                .tokens(join)
                .forEach(token ->
                        canaries.add(Canary.of("token " + token.id() + " of " + fixture.node(), token.secret())));
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
