package io.nodejoin.testbed.e2e;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.EnrollmentRequest;
import io.nodejoin.protocol.agent.RejoinRequest;
import io.nodejoin.testbed.net.NetworkNamespace;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.List;
import java.util.UUID;

/** What strangers try, by the number of the threat in docs/security.md. */
enum StrangerAttack {
    T49_CONNECTIONS_THAT_NEVER_FINISH(60),
    T49_CONNECTIONS_OF_THE_ADMIN_PORT_THAT_NEVER_FINISH(60),
    T47_REJOINS_OF_NAMES_THAT_JOIN(60),
    T82_ENROLLMENTS_WITH_RANDOM_NAMES(300),
    T43_WRONG_SECRETS_FROM_THE_ADDRESS_OF_THE_MACHINES(6),
    T69_GUESSED_PASSWORDS_OF_THE_DASHBOARD(20);

    private static final ObjectMapper JSON = JsonMapper.builder().build();
    /** A well-formed signature of nothing. */
    private static final String SIGNATURE =
            Base64.getEncoder().encodeToString(new byte[] {0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01});

    private static final DrippingRequest[] KINDS = DrippingRequest.values();

    private final int perSecond;

    StrangerAttack(int perSecond) {
        this.perSecond = perSecond;
    }

    /**
     * What is attacked, and from where.
     *
     * @param authority the file of the authority that the gateway's certificate comes from
     * @param strangers with an address each
     * @param names how the names of the nodes that join meanwhile begin, before a number
     */
    record Target(
            URI gateway,
            String authority,
            URI admin,
            List<NetworkNamespace> strangers,
            ClusterName cluster,
            String names,
            int joins) {

        private String joining(int number) {
            return names + "-" + number % joins;
        }
    }

    int perSecond() {
        return perSecond;
    }

    StrangerRequests.Attempt on(Target target) throws IOException, GeneralSecurityException {
        GatewayDoor gateway = new GatewayDoor(target.gateway(), Path.of(target.authority()));
        String key = newPublicKey();
        List<StrangerSockets> strangers =
                target.strangers().stream().map(StrangerSockets::new).toList();
        return switch (this) {
            case T49_CONNECTIONS_THAT_NEVER_FINISH ->
                number -> {
                    try (SocketChannel channel = open(strangers, number)) {
                        KINDS[number / strangers.size() % KINDS.length].send(gateway, gateway.connect(channel));
                        return StrangerRequests.CLOSED;
                    }
                };
            case T49_CONNECTIONS_OF_THE_ADMIN_PORT_THAT_NEVER_FINISH ->
                _ -> {
                    try (Socket socket =
                            new Socket(target.admin().getHost(), target.admin().getPort())) {
                        DrippingRequest.send(socket);
                        return StrangerRequests.CLOSED;
                    }
                };
            case T47_REJOINS_OF_NAMES_THAT_JOIN ->
                number -> StrangerRequests.post(
                        gateway,
                        open(strangers, number),
                        "/v1/rejoins",
                        rejoin(target.cluster(), target.joining(number), key));
            case T82_ENROLLMENTS_WITH_RANDOM_NAMES ->
                number -> StrangerRequests.post(
                        gateway,
                        open(strangers, number),
                        "/v1/enrollments",
                        enrollment(target.cluster(), "r" + UUID.randomUUID(), key));
            case T43_WRONG_SECRETS_FROM_THE_ADDRESS_OF_THE_MACHINES ->
                number -> StrangerRequests.post(
                        gateway,
                        SocketChannel.open(),
                        "/v1/enrollments",
                        enrollment(target.cluster(), target.joining(number), key));
            case T69_GUESSED_PASSWORDS_OF_THE_DASHBOARD ->
                number -> StrangerRequests.dashboard(target.admin(), "otto:guess-" + number);
        };
    }

    private static SocketChannel open(List<StrangerSockets> strangers, int number)
            throws IOException, InterruptedException {
        return strangers.get(number % strangers.size()).open();
    }

    private static String enrollment(ClusterName cluster, String node, String key) throws IOException {
        return JSON.writeValueAsString(new EnrollmentRequest(
                cluster, new NodeName(node), UUID.randomUUID().toString(), key, null, null));
    }

    private static String rejoin(ClusterName cluster, String node, String key) throws IOException {
        return JSON.writeValueAsString(
                new RejoinRequest(cluster, new NodeName(node), UUID.randomUUID().toString(), key, "abc123", SIGNATURE));
    }

    private static String newPublicKey() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(256);
        return Base64.getEncoder()
                .encodeToString(generator.generateKeyPair().getPublic().getEncoded());
    }
}
