package io.nodejoin.agent;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.facts.HostProbe;
import io.nodejoin.agent.gateway.AgentIdentity;
import io.nodejoin.agent.gateway.GatewayServer;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.host.HostPorts;
import io.nodejoin.agent.kubelet.KubeletPaths;
import io.nodejoin.agent.plan.HostPlan;
import io.nodejoin.agent.plan.Profile;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.agent.preflight.HostExpectation;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Stream;

/**
 * Executes the code paths of a join once with generated values while the agent waits for work, so that classes are
 * loaded and failures show before a token is at stake. Changes nothing and sends no traffic except to the host's name
 * server, and anonymous requests to the API server if that is configured.
 */
final class WarmUp {
    private static final Logger LOG = System.getLogger(WarmUp.class.getName());
    private static final String DONE = "self-test: done";

    private final HostPorts host;
    private final HostProbe probe;
    private final HostChecks checks;
    private final GatewayServer gateway;
    private final AgentIdentity identity;
    private final CodePath connection;

    /** @param connection opens the connections to the API server */
    WarmUp(
            HostPorts host,
            HostProbe probe,
            HostChecks checks,
            GatewayServer gateway,
            AgentIdentity identity,
            CodePath connection) {
        this.host = host;
        this.probe = probe;
        this.checks = checks;
        this.gateway = gateway;
        this.identity = identity;
        this.connection = connection;
    }

    /** Runs all paths. A failure is only logged: the command that needs the path reports it. */
    void run() {
        exercise("gateway", this::exerciseGateway);
        exercise("identity", probe::hostFacts);
        exercise("plan", this::exercisePlan);
        exercise("units", () -> host.systemd().unitStates(List.of(KubeletPaths.UNIT)));
        exercise("kubelet", () -> host.network().isKubeletHealthy());
        exercise("token", () -> new SelfTest(host.clock()).run(gatewayAuthorities()));
        exercise("connection", connection);
        exercise("checks", () -> checks.precompute(HostExpectation.of(HostProfile.CONTAINERD)));
        // The heap grew during the warm-up; returns memory to the host while the agent waits.
        System.gc();
        LOG.log(Level.INFO, DONE);
    }

    /** Prepares the serializers of each message and a TLS client with this agent's key; does not contact the gateway. */
    private void exerciseGateway() throws IOException, CertificateException {
        JsonMappers.tolerant().readerFor(EnrollmentResponse.Enrolled.class);
        Stream.concat(Stream.of(Assignment.class), Stream.of(HostCommand.class.getPermittedSubclasses()))
                .forEach(JsonMappers.strict()::readerFor);
        Stream.concat(
                        Stream.of(PollRequest.class, ProgressReport.class, Assignment.class),
                        Stream.of(HostResult.class.getPermittedSubclasses()))
                .forEach(JsonMappers.strict()::writerFor);
        gateway.client(identity.keyManagers(gatewayAuthorities())).close();
    }

    private List<X509Certificate> gatewayAuthorities() throws IOException, CertificateException {
        return Pem.parseCertificates(Files.readString(gateway.caFile()));
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
    @FunctionalInterface
    interface CodePath {
        void run() throws Exception;
    }
}
