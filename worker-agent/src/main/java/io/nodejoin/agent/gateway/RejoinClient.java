package io.nodejoin.agent.gateway;

import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.agent.RejoinRequest;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;

/** Requests from the gateway that this machine may rejoin as its own Node. */
public final class RejoinClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int ACCEPTED = 202;
    private static final int REFUSED = 403;

    private final GatewayEndpoint endpoint;
    private final AgentIdentity identity;

    public RejoinClient(GatewayEndpoint endpoint, AgentIdentity identity) {
        this.endpoint = endpoint;
        this.identity = identity;
    }

    /**
     * Sends the request with proof of secret and key. Idempotent.
     *
     * @param certificateSerial serial number of the kubelet's certificate, in lower-case hex digits
     */
    public GatewayResponse requestRejoin(String certificateSerial) throws InterruptedException {
        try (HttpClient client = endpoint.client()) {
            String secret = endpoint.secret().read();
            byte[] proof = RejoinRequest.signingInput(endpoint.cluster(), endpoint.node(), secret, certificateSerial);
            RejoinRequest request = new RejoinRequest(
                    endpoint.cluster(),
                    endpoint.node(),
                    secret,
                    identity.publicKey(),
                    certificateSerial,
                    identity.sign(proof));
            HttpResponse<Void> response = client.send(
                    endpoint.post("/v1/rejoins", JsonMappers.strict().writeValueAsString(request), TIMEOUT)
                            .build(),
                    HttpResponse.BodyHandlers.discarding());
            return switch (response.statusCode()) {
                case ACCEPTED -> new GatewayResponse.Accepted();
                case REFUSED ->
                    new GatewayResponse.Rejected(
                            ErrorCode.ENROLLMENT_REFUSED,
                            "the gateway does not take this machine back as " + endpoint.node());
                default -> GatewayResponse.Unavailable.ofStatus(endpoint.base(), response.statusCode());
            };
        } catch (IOException | CertificateException e) {
            return new GatewayResponse.Unavailable(ErrorCode.AGENT_UNREACHABLE, endpoint.base() + ": " + e);
        }
    }
}
