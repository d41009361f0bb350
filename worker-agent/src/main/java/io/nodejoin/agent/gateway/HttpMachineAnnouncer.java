package io.nodejoin.agent.gateway;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.wire.HttpDate;
import io.nodejoin.agent.wire.JsonMappers;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.MachineFacts;
import io.nodejoin.protocol.agent.PoolAnnouncement;
import io.nodejoin.protocol.agent.PoolAssignment;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Announces a machine over HTTPS. A waiting machine keeps one connection, and the facts of its beginning: the facts are
 * read again after a failure, as when the machine's addresses have changed.
 */
public final class HttpMachineAnnouncer implements MachineAnnouncer {
    private static final String PATH = "/v1/machines";
    private static final int SERVER_ERROR = 500;

    private final GatewayServer server;
    private final EnrollmentSecret secret;
    private final ClusterName cluster;
    private final PoolName pool;
    private final Supplier<MachineFacts> facts;
    private final Consumer<Instant> onServerTime;
    private final Duration timeout;
    private final RejectionParser rejections = new RejectionParser();
    private final JsonMapper strict = JsonMappers.strict();
    private final JsonMapper tolerant = JsonMappers.tolerant();
    private volatile @Nullable Wait wait;

    /** One wait for a join. */
    private record Wait(HttpClient client, MachineFacts facts) {}

    /**
     * @param facts reads what the machine says of itself
     * @param onServerTime receives the Date header of each response
     */
    public HttpMachineAnnouncer(
            GatewayServer server,
            EnrollmentSecret secret,
            ClusterName cluster,
            PoolName pool,
            Supplier<MachineFacts> facts,
            Consumer<Instant> onServerTime) {
        this(server, secret, cluster, pool, facts, onServerTime, HttpGatewayClient.POLL_TIMEOUT);
    }

    HttpMachineAnnouncer(
            GatewayServer server,
            EnrollmentSecret secret,
            ClusterName cluster,
            PoolName pool,
            Supplier<MachineFacts> facts,
            Consumer<Instant> onServerTime,
            Duration timeout) {
        this.server = server;
        this.secret = secret;
        this.cluster = cluster;
        this.pool = pool;
        this.facts = facts;
        this.onServerTime = onServerTime;
        this.timeout = timeout;
    }

    @Override
    public Answer announce() throws InterruptedException {
        try {
            Answer answer = toAnswer(send(beginOrContinue()));
            if (!(answer instanceof Answer.Waits)) {
                close();
            }
            return answer;
        } catch (IOException | CertificateException e) {
            server.addresses().avoidCurrent();
            close();
            return new Answer.Unanswered(server.unavailable(e));
        } catch (HostException e) {
            return new Answer.Unanswered(new GatewayResponse.Unavailable(
                    e.problem().code(), e.problem().detail()));
        }
    }

    private Wait beginOrContinue() throws IOException, CertificateException {
        Wait present = wait;
        if (present == null) {
            present = new Wait(server.client(), facts.get());
            wait = present;
        }
        return present;
    }

    /** Reads the secret each time: it may have been replaced. */
    private HttpResponse<byte[]> send(Wait present) throws IOException, InterruptedException {
        String json = strict.writeValueAsString(new PoolAnnouncement(cluster, pool, secret.read(), present.facts()));
        HttpResponse<byte[]> response = present.client()
                .send(server.post(PATH, json, timeout).build(), HttpResponse.BodyHandlers.ofByteArray());
        HttpDate.parse(response).ifPresent(onServerTime);
        return response;
    }

    private Answer toAnswer(HttpResponse<byte[]> response) throws IOException {
        return switch (response.statusCode()) {
            case 200 ->
                new Answer.Assigned(tolerant.readValue(response.body(), PoolAssignment.class)
                        .node());
            case 202 -> new Answer.Waits();
            case 400, 401, 403, 404, 405, 409 -> new Answer.Unanswered(rejections.parse(response));
            default -> {
                if (response.statusCode() >= SERVER_ERROR) {
                    server.addresses().avoidCurrent();
                }
                yield new Answer.Unanswered(GatewayResponse.Unavailable.ofStatus(server.base(), response.statusCode()));
            }
        };
    }

    @Override
    public void close() {
        Wait present = wait;
        wait = null;
        if (present != null) {
            present.client().shutdownNow();
        }
    }
}
