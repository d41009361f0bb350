package io.nodejoin.agent.gateway;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentResponse;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.ProgressReport;
import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prepares, without contacting the gateway, what a session needs: serializers of each message, and a TLS client with
 * this agent's key.
 */
public final class GatewayWarmUp {
    private final GatewayEndpoint endpoint;
    private final AgentIdentity identity;

    public GatewayWarmUp(GatewayEndpoint endpoint, AgentIdentity identity) {
        this.endpoint = endpoint;
        this.identity = identity;
    }

    /** Runs the warm-up. A second call costs little and changes nothing. */
    public void run() throws IOException, CertificateException {
        JsonMappers.tolerant().readerFor(EnrollmentResponse.Enrolled.class);
        Stream.concat(Stream.of(Assignment.class), permittedTypes(HostCommand.class).stream())
                .forEach(JsonMappers.strict()::readerFor);
        Stream.concat(
                        Stream.of(PollRequest.class, ProgressReport.class, Assignment.class),
                        permittedTypes(HostResult.class).stream())
                .forEach(JsonMappers.strict()::writerFor);
        HttpGatewayClient.client(
                        endpoint, identity.keyManagers(Pem.parseCertificates(Files.readString(endpoint.caFile()))))
                .close();
    }

    private static List<Class<?>> permittedTypes(Class<?> sealed) {
        return List.of(sealed.getPermittedSubclasses());
    }
}
