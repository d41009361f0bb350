package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.workflows.simulation.ApiServer.Csr;
import io.nodejoin.workflows.simulation.ApiServer.Decision;
import io.nodejoin.workflows.simulation.ApiServer.Node;
import java.time.Duration;

/** Whoever else acts in the cluster: the signer, another approver, a thief of tokens, a person who deletes things. */
final class Controllers {
    static final String OTHERS = "others";
    static final String THIEF = "thief-key";
    private static final Duration DAY = Duration.ofDays(1);

    private final World world;
    private boolean stolen;

    Controllers(World world) {
        this.world = world;
    }

    /** A request by a token's user. */
    Csr ask(TokenId user, String key, String commonName) {
        Csr csr = world.api.request(user, key, commonName);
        world.trace.add("cluster", csr.name + " of " + user + " asks for " + commonName + " with " + key);
        if (world.weather.has(Fault.DENIED_BY_OTHERS)) {
            world.timeline.after(world.chance.millis(0, 1_500), () -> {
                if (world.api.decide(csr, csr.version, Decision.DENIED, OTHERS, null)) {
                    world.weather.strikes(Fault.DENIED_BY_OTHERS);
                    world.trace.add("cluster", "others deny " + csr.name);
                }
            });
        }
        return csr;
    }

    void approved(Csr csr) {
        if (world.weather.strikes(Fault.SIGNER_AWAY)) {
            return;
        }
        Duration time = world.weather.strikes(Fault.SIGNER_SLOW)
                ? world.chance.seconds(10, 100)
                : world.chance.millis(50, 2_000);
        world.timeline.after(time, () -> {
            world.api.sign(csr, DAY);
            world.trace.add("cluster", csr.name + " is signed");
        });
    }

    /** Whoever steals a token does so once it lies on the host. */
    void tokenReachedHost(Host.Held token) {
        boolean same = world.weather.has(Fault.THIEF_OF_THE_NAME);
        if (!stolen && (same || world.weather.has(Fault.THIEF_OF_ANOTHER_NAME))) {
            stolen = true;
            String name = same ? "system:node:" + World.NODE.node() : "system:node:another";
            Fault fault = same ? Fault.THIEF_OF_THE_NAME : Fault.THIEF_OF_ANOTHER_NAME;
            Duration delay = world.chance.percent(50) ? world.chance.millis(0, 3_000) : world.chance.seconds(0, 60);
            world.timeline.after(delay, () -> Fiber.start(world.timeline, own -> steal(own, token, name, fault)));
        }
        if (world.weather.has(Fault.TOKEN_DELETED)) {
            world.timeline.after(world.chance.millis(0, 10_000), () -> {
                if (world.api.secrets.containsKey(token.id())) {
                    world.weather.strikes(Fault.TOKEN_DELETED);
                    world.trace.add("cluster", "somebody deletes secret " + token.id());
                    world.api.deleteSecret(token.id());
                }
            });
        }
    }

    private void steal(Fiber own, Host.Held token, String name, Fault fault) {
        if (!world.api.authenticates(token.id(), token.secret())) {
            return;
        }
        world.weather.strikes(fault);
        Csr csr = ask(token.id(), THIEF, name);
        boolean issued =
                own.await(world.timeline.now().plusSeconds(300), Duration.ofMillis(500), () -> csr.notAfter != null);
        if (issued && fault == Fault.THIEF_OF_THE_NAME && world.api.node == null) {
            Node node = new Node(world.api.freshUid(), THIEF, "machine-of-the-thief", world.api.time());
            node.reported = world.timeline.now();
            node.readySince = world.timeline.now();
            world.api.node = node;
            world.trace.add("thief", "registers as " + node.uid);
        }
    }

    void registered(Node node) {
        if (world.weather.has(Fault.NODE_RECREATED)) {
            world.timeline.after(world.chance.seconds(0, 30), () -> {
                if (world.api.deleteNode(node.uid, OTHERS)) {
                    world.weather.strikes(Fault.NODE_RECREATED);
                    Node other = new Node(world.api.freshUid(), "foreign-key", "machine-9", world.api.time());
                    other.reported = world.timeline.now();
                    world.api.node = other;
                    world.trace.add("cluster", "somebody puts another Node in the place of " + node.uid);
                }
            });
        }
    }
}
