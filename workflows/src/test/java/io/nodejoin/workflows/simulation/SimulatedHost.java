package io.nodejoin.workflows.simulation;

import io.nodejoin.protocol.agent.HostFacts;
import io.nodejoin.protocol.discovery.TokenId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The machine: its disk, its agent and its kubelet. */
final class SimulatedHost {
    static final HostFacts FACTS = new HostFacts("machine-1", "system-1", "v1.37.2", "Debian 13", "6.12");
    static final String SECRET_DIGEST = "0f".repeat(32);
    static final String AGENT_KEY = "the-key-of-the-agent";

    final SimulatedAgent agent;
    /** Whether the agent prepares the host before its join. */
    final boolean preparesEarly;

    private final World world;

    /** The bootstrap kubeconfig. */
    @Nullable HeldToken held;
    /** The key that the agent has created for the kubelet, until its certificate is on the host. */
    @Nullable String preparedKey;
    /** The key of the kubelet's client certificate. */
    @Nullable String clientKey;
    /** Whether an earlier command has changed the host. */
    boolean changed;
    /** When the last reset without residue completed. */
    Instant resetAt = Instant.MIN;

    private @Nullable SimulatedKubelet kubelet;

    /** A token on the host. */
    record HeldToken(TokenId id, String secret) {}

    SimulatedHost(World world) {
        this.world = world;
        this.preparesEarly = world.random.nextPercent(50);
        this.agent = new SimulatedAgent(world, this);
    }

    boolean runsKubelet() {
        return kubelet != null;
    }

    /** Starts a kubelet that requests its certificate with this token. */
    void startKubelet(HeldToken token) {
        held = token;
        if (kubelet == null) {
            kubelet = SimulatedKubelet.bootstrapping(world, this, token);
        }
        world.controllers.onTokenExposed(token);
    }

    /** Starts a kubelet that has its certificate. */
    void startCertifiedKubelet(String key) {
        if (kubelet == null) {
            kubelet = SimulatedKubelet.certified(world, this, key);
        }
    }

    void stopKubelet() {
        if (kubelet != null) {
            kubelet.stop();
            kubelet = null;
            world.trace.add("host", "kubelet stopped");
        }
    }

    /** Powers the machine off. */
    void powerOff() {
        agent.end();
        stopKubelet();
    }
}
