package io.nodejoin.agent;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.gateway.GatewayRehearsal;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.host.HostParts;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.plan.HostPlan;
import io.nodejoin.agent.plan.Profile;
import io.nodejoin.agent.preflight.Expectation;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.join.HostProfile;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Walks the paths of a join once, with values of its own, while the agent waits for work: what a join needs is loaded and
 * known to run on this host before a token is at stake. Changes nothing and contacts nobody, but for the host's own name
 * server.
 */
final class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final String DONE = "self-test: done";

    private final HostParts host;
    private final HostProbe probe;
    private final HostChecks checks;
    private final Path certificates;
    private final GatewayRehearsal gateway;

    WarmUp(HostParts host, HostProbe probe, HostChecks checks, Path certificates, GatewayRehearsal gateway) {
        this.host = host;
        this.probe = probe;
        this.checks = checks;
        this.certificates = certificates;
        this.gateway = gateway;
    }

    /** A failure is logged and not more: the command that needs the same will report it. */
    void run() {
        walk("gateway", gateway::run);
        walk("identity", probe::identity);
        walk("plan", this::plan);
        walk("units", () -> host.systemd().show(List.of(KubeletPaths.UNIT)));
        walk("kubelet", () -> host.network().kubeletHealthy());
        walk("token", () -> new SelfTest(host.clock()).run(Pem.certificates(Files.readString(certificates))));
        walk("checks", () -> checks.lookAhead(Expectation.of(HostProfile.CONTAINERD)));
        // The heap grew for this; while the agent waits, the machine can have it back.
        System.gc();
        LOG.log(Level.INFO, DONE);
    }

    private void plan() {
        Profile profile = Profile.of(HostProfile.CONTAINERD);
        HostPlan.of(profile, probe.snapshot(HostPlan.questions(profile)));
    }

    private static void walk(String path, Walk walk) {
        try {
            walk.run();
        } catch (HostFailure e) {
            LOG.log(Level.WARNING, "self-test of {0}: {1}", path, e.problem().text());
        } catch (Exception e) {
            // Whatever a defect here is, the agent can still be told to report it.
            LOG.log(Level.WARNING, "self-test of " + path + " failed", e);
        }
    }

    /** One path of a join. */
    private interface Walk {
        void run() throws Exception;
    }
}
