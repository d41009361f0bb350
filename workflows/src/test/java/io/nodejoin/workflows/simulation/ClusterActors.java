package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Csr;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Decision;
import io.nodejoin.workflows.simulation.SimulatedApiServer.Node;
import java.time.Duration;
import java.util.Optional;

/** The other actors in the cluster: the signer, another approver, a thief of tokens, a person who deletes objects. */
final class ClusterActors {
    static final String OTHERS = "others";
    static final String THIEF = "thief-key";
    private static final Duration DAY = Duration.ofDays(1);

    private final World world;
    private boolean stolen;

    ClusterActors(World world) {
        this.world = world;
    }

    /** Creates a CSR as a token's user. */
    Csr requestCertificate(TokenId user, String key, String commonName) {
        Csr csr = world.api.request(user, key, commonName);
        world.trace.add("cluster", csr.name + " of " + user + " asks for " + commonName + " with " + key);
        if (world.faults.has(Fault.DENIED_EXTERNALLY)) {
            world.timeline.scheduleAfter(world.random.nextMillis(0, 1_500), () -> {
                if (world.api.decide(csr, csr.version, Decision.DENIED, OTHERS, null)) {
                    world.faults.fires(Fault.DENIED_EXTERNALLY);
                    world.trace.add("cluster", "others deny " + csr.name);
                }
            });
        }
        return csr;
    }

    void onApproved(Csr csr) {
        if (world.faults.fires(Fault.SIGNER_DOWN)) {
            return;
        }
        Duration time = world.faults.fires(Fault.SIGNER_SLOW)
                ? world.random.nextSeconds(10, 100)
                : world.random.nextMillis(50, 2_000);
        world.timeline.scheduleAfter(time, () -> {
            world.api.sign(csr, DAY);
            world.trace.add("cluster", csr.name + " is signed");
        });
    }

    /** Steals the token once a thief can read it: in its Secret, or on the host's disk. */
    void onTokenExposed(SimulatedHost.HeldToken token) {
        boolean same = world.faults.has(Fault.STOLEN_TOKEN_SAME_NAME);
        if (!stolen && (same || world.faults.has(Fault.STOLEN_TOKEN_OTHER_NAME))) {
            stolen = true;
            String name = same ? "system:node:" + World.NODE.name() : "system:node:another";
            Fault fault = same ? Fault.STOLEN_TOKEN_SAME_NAME : Fault.STOLEN_TOKEN_OTHER_NAME;
            world.timeline.scheduleAfter(
                    thiefDelay(), () -> Fiber.start(world.timeline, own -> useStolenToken(own, token, name, fault)));
        }
        if (world.faults.has(Fault.TOKEN_DELETED)) {
            world.timeline.scheduleAfter(world.random.nextMillis(0, 10_000), () -> {
                if (world.api.secrets.containsKey(token.id())) {
                    world.faults.fires(Fault.TOKEN_DELETED);
                    world.trace.add("cluster", "somebody deletes secret " + token.id());
                    world.api.deleteSecret(token.id());
                }
            });
        }
    }

    /** Half of the thieves watch Secrets and are quick. */
    private Duration thiefDelay() {
        if (world.random.nextPercent(50)) {
            return world.random.nextMillis(0, world.outside.tlsBootstrap == TlsBootstrap.AGENT ? 300 : 3_000);
        }
        return world.random.nextSeconds(0, 60);
    }

    private void useStolenToken(Fiber own, SimulatedHost.HeldToken token, String name, Fault fault) {
        if (!world.api.authenticates(token.id(), token.secret())) {
            return;
        }
        world.faults.fires(fault);
        Csr csr = requestCertificate(token.id(), THIEF, name);
        boolean issued =
                own.await(world.timeline.now().plusSeconds(300), Duration.ofMillis(500), () -> csr.notAfter != null);
        if (issued && fault == Fault.STOLEN_TOKEN_SAME_NAME && nameIsOpen()) {
            Node node = Optional.ofNullable(world.api.node)
                    .orElseGet(() -> new Node(world.api.freshUid(), THIEF, "", world.api.time()));
            node.adopt(THIEF, "machine-of-the-thief", world.timeline.now());
            node.readySince = world.timeline.now();
            world.api.node = node;
            world.trace.add("thief", "registers as " + node.uid);
        }
    }

    private boolean nameIsOpen() {
        return world.api.node == null || world.api.node.awaitsKubelet();
    }

    void onRegistered(Node node) {
        if (world.faults.has(Fault.NODE_RECREATED)) {
            world.timeline.scheduleAfter(world.random.nextSeconds(0, 30), () -> {
                if (world.api.deleteNode(node.uid, OTHERS)) {
                    world.faults.fires(Fault.NODE_RECREATED);
                    Node other = new Node(world.api.freshUid(), "foreign-key", "machine-9", world.api.time());
                    other.reported = world.timeline.now();
                    world.api.node = other;
                    world.trace.add("cluster", "somebody puts another Node in the place of " + node.uid);
                }
            });
        }
    }
}
