package io.nodejoin.agent.gateway;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.wire.Json;
import io.nodejoin.protocol.agent.Assignment;
import io.nodejoin.protocol.agent.EnrollmentAnswer;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostResult;
import io.nodejoin.protocol.agent.PollRequest;
import io.nodejoin.protocol.agent.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Gets ready, without asking the gateway, what a session with it takes: how each message is read and written, and a TLS
 * client with this agent's key.
 */
public final class GatewayRehearsal {
    private final GatewayEndpoint endpoint;
    private final AgentIdentity identity;

    public GatewayRehearsal(GatewayEndpoint endpoint, AgentIdentity identity) {
        this.endpoint = endpoint;
        this.identity = identity;
    }

    /** A second call costs little and changes nothing. */
    public void run() throws IOException, CertificateException {
        Json.tolerant().readerFor(EnrollmentAnswer.Enrolled.class);
        Stream.concat(Stream.of(Assignment.class), kindsOf(HostCommand.class).stream())
                .forEach(Json.mapper()::readerFor);
        Stream.concat(
                        Stream.of(PollRequest.class, Progress.class, Assignment.class),
                        kindsOf(HostResult.class).stream())
                .forEach(Json.mapper()::writerFor);
        HttpGateway.client(endpoint, identity.keyManagers(Pem.certificates(Files.readString(endpoint.caFile()))))
                .close();
    }

    private static List<Class<?>> kindsOf(Class<?> sealed) {
        return List.of(sealed.getPermittedSubclasses());
    }
}
