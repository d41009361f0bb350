package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.simulation.ApiServer.Csr;
import io.nodejoin.workflows.simulation.ApiServer.Node;
import java.time.Duration;
import java.time.Instant;

/** A kubelet that bootstraps: asks with a fresh key, asks again after a denial, registers, reports, becomes Ready. */
final class Kubelet {
    private static final int LONGEST_BACKOFF = 32;
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final World world;
    private final Host host;
    private final Host.Held token;
    private final Fiber fiber;

    Kubelet(World world, Host host, Host.Held token) {
        this.world = world;
        this.host = host;
        this.token = token;
        this.fiber = Fiber.start(world.timeline, this::live);
    }

    void stop() {
        fiber.kill();
    }

    private void live(Fiber own) {
        own.sleep(world.chance.millis(300, 3_000));
        String key = bootstrap(own);
        host.clientKey = key;
        world.trace.add("kubelet", "has its certificate for " + key);
        if (world.weather.strikes(Fault.NODE_ABSENT)) {
            return;
        }
        own.sleep(world.chance.millis(50, 2_000));
        register(own, key);
    }

    /** Ends with the key of its certificate. */
    private String bootstrap(Fiber own) {
        int backoff = 2;
        while (true) {
            String key = "host-key-" + world.chance.text(6);
            while (!world.weather.isReachable() || !world.api.authenticates(token.id(), token.secret())) {
                own.sleep(Duration.ofSeconds(5));
            }
            Csr csr = world.controllers.ask(token.id(), key, "system:node:" + World.NODE.node());
            Instant end = world.timeline.now().plus(PATIENCE);
            own.await(end, world.chance.millis(200, 1_000), () -> !csr.isUndecided());
            if (csr.isApproved() && crashes()) {
                world.trace.add("kubelet", "crashes before it has its certificate");
                own.sleep(world.chance.seconds(1, 5));
                continue;
            }
            boolean fetched = csr.isApproved()
                    && own.await(
                            end,
                            world.chance.millis(200, 1_000),
                            () -> csr.notAfter != null && world.api.authenticates(token.id(), token.secret()));
            if (fetched) {
                return key;
            }
            own.sleep(Duration.ofSeconds(backoff));
            backoff = Math.min(2 * backoff, LONGEST_BACKOFF);
        }
    }

    private boolean crashes() {
        return world.weather.has(Fault.KUBELET_CRASHES)
                && world.chance.percent(60)
                && world.weather.strikes(Fault.KUBELET_CRASHES);
    }

    /** A kubelet makes its Node with its status in it. */
    private void register(Fiber own, String key) {
        while (!world.weather.isReachable() || world.api.node != null) {
            own.sleep(Duration.ofSeconds(2));
        }
        Node node = new Node(world.api.freshUid(), key, Host.FACTS.machineId(), world.api.time());
        node.reported = world.timeline.now();
        world.api.node = node;
        world.trace.add("kubelet", "registers as " + node.uid);
        world.controllers.registered(node);
        if (world.weather.strikes(Fault.NODE_UNREADY)) {
            return;
        }
        own.sleep(world.chance.millis(500, 30_000));
        node.readySince = world.timeline.now();
    }
}
