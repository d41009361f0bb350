package io.nodejoin.agent;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.gateway.GatewayWarmUp;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.plan.HostPlan;
import io.nodejoin.agent.plan.Profile;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.preflight.HostExpectation;
import io.nodejoin.protocol.event.HostProfile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Executes the code paths of a join once with generated values while the agent waits for work, so that classes are
 * loaded and failures show before a token is at stake. Changes nothing and sends no traffic except to the host's name
 * server.
 */
final class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final String DONE = "self-test: done";

    private final HostPorts host;
    private final HostProbe probe;
    private final HostChecks checks;
    private final Path certificates;
    private final GatewayWarmUp gatewayWarmUp;

    WarmUp(HostPorts host, HostProbe probe, HostChecks checks, Path certificates, GatewayWarmUp gatewayWarmUp) {
        this.host = host;
        this.probe = probe;
        this.checks = checks;
        this.certificates = certificates;
        this.gatewayWarmUp = gatewayWarmUp;
    }

    /** Runs all paths. A failure is only logged: the command that needs the path reports it. */
    void run() {
        exercise("gateway", gatewayWarmUp::run);
        exercise("identity", probe::hostFacts);
        exercise("plan", this::exercisePlan);
        exercise("units", () -> host.systemd().unitStates(List.of(KubeletPaths.UNIT)));
        exercise("kubelet", () -> host.network().isKubeletHealthy());
        exercise("token", () -> new SelfTest(host.clock()).run(Pem.parseCertificates(Files.readString(certificates))));
        exercise("checks", () -> checks.precompute(HostExpectation.of(HostProfile.CONTAINERD)));
        // The heap grew during the warm-up; returns memory to the host while the agent waits.
        System.gc();
        LOG.log(Level.INFO, DONE);
    }

    private void exercisePlan() {
        Profile profile = Profile.of(HostProfile.CONTAINERD);
        HostPlan.create(profile, probe.snapshot(HostPlan.queries(profile)));
    }

    private static void exercise(String path, CodePath codePath) {
        try {
            codePath.run();
        } catch (HostException e) {
            LOG.log(Level.WARNING, "self-test of {0}: {1}", path, e.problem().toLine());
        } catch (Exception e) {
            // A failed warm-up does not stop the agent: it can still report errors.
            LOG.log(Level.WARNING, "self-test of " + path + " failed", e);
        }
    }

    /** One code path of a join. */
    private interface CodePath {
        void run() throws Exception;
    }
}
