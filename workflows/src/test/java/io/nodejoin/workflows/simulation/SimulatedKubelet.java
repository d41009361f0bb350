package io.nodejoin.workflows.simulation;

import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Node;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BiFunction;

/**
 * A kubelet: gets its certificate, unless it has one, by a CSR with a new key, again after a denial; registers, reports,
 * becomes Ready.
 */
final class SimulatedKubelet {
    private static final int LONGEST_BACKOFF = 32;
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    private final World world;
    private final SimulatedHost host;
    private final Fiber fiber;

    private SimulatedKubelet(World world, SimulatedHost host, BiFunction<SimulatedKubelet, Fiber, String> key) {
        this.world = world;
        this.host = host;
        this.fiber = Fiber.start(world.timeline, own -> runLifecycle(own, key));
    }

    static SimulatedKubelet bootstrapping(World world, SimulatedHost host, SimulatedHost.HeldToken token) {
        return new SimulatedKubelet(world, host, (kubelet, own) -> kubelet.bootstrap(own, token));
    }

    static SimulatedKubelet certified(World world, SimulatedHost host, String key) {
        return new SimulatedKubelet(world, host, (_, _) -> key);
    }

    void stop() {
        fiber.kill();
    }

    private void runLifecycle(Fiber own, BiFunction<SimulatedKubelet, Fiber, String> obtainKey) {
        own.sleep(world.random.nextMillis(300, 3_000));
        String key = obtainKey.apply(this, own);
        host.clientKey = key;
        world.trace.add("kubelet", "has its certificate for " + key);
        if (world.faults.fires(Fault.NODE_NEVER_REGISTERS)) {
            return;
        }
        own.sleep(world.random.nextMillis(50, 2_000));
        register(own, key);
    }

    /** Returns the key of its certificate. */
    private String bootstrap(Fiber own, SimulatedHost.HeldToken token) {
        int backoff = 2;
        while (true) {
            String key = "host-key-" + world.random.nextText(6);
            while (!world.faults.isReachable() || !world.api.authenticates(token.id(), token.secret())) {
                own.sleep(Duration.ofSeconds(5));
            }
            Csr csr = world.controllers.requestCertificate(token.id(), key, "system:node:" + World.NODE.name());
            Instant end = world.timeline.now().plus(TIMEOUT);
            own.await(end, world.random.nextMillis(200, 1_000), () -> !csr.isUndecided());
            if (csr.isApproved() && crashes()) {
                world.trace.add("kubelet", "crashes before it has its certificate");
                own.sleep(world.random.nextSeconds(1, 5));
                continue;
            }
            boolean fetched = csr.isApproved()
                    && own.await(
                            end,
                            world.random.nextMillis(200, 1_000),
                            () -> csr.notAfter != null && world.api.authenticates(token.id(), token.secret()));
            if (fetched) {
                return key;
            }
            own.sleep(Duration.ofSeconds(backoff));
            backoff = Math.min(2 * backoff, LONGEST_BACKOFF);
        }
    }

    private boolean crashes() {
        return world.faults.has(Fault.KUBELET_CRASHES)
                && world.random.nextPercent(60)
                && world.faults.fires(Fault.KUBELET_CRASHES);
    }

    /** Creates the Node with its status, or adopts the one that is there, as a kubelet does. */
    private void register(Fiber own, String key) {
        while (!world.faults.isReachable() || (world.api.node != null && !world.api.node.awaitsKubelet())) {
            own.sleep(Duration.ofSeconds(2));
        }
        Node node = Optional.ofNullable(world.api.node)
                .orElseGet(() -> new Node(world.api.freshUid(), key, "", world.api.time()));
        node.adopt(key, SimulatedHost.FACTS.machineId(), world.timeline.now());
        world.api.node = node;
        world.trace.add("kubelet", "registers as " + node.uid);
        world.controllers.onRegistered(node);
        if (world.faults.fires(Fault.NODE_NEVER_READY)) {
            return;
        }
        own.sleep(world.random.nextMillis(500, 30_000));
        node.readySince = world.timeline.now();
    }
}
