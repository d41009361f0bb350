package io.nodejoin.testbed.simulated;

import io.nodejoin.protocol.discovery.BootstrapToken;
import io.nodejoin.testbed.pki.ClientKey;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a host asks of the API server to join, and nothing else: no agent, no gateway, no files. The methods are called once each, in their
 * order; two connections, as of an agent and its kubelet.
 */
public final class AgentlessHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AgentlessHost.class);
    private static final String CLUSTER_INFO = "/api/v1/namespaces/kube-public/configmaps/cluster-info";

    private final HostIdentity host;
    private final Kubeconfig config;
    private final LongAdder kubeletCalls;
    private final ClientKey key = ClientKey.generate();
    private final KubeletApiClient anonymous;
    private @Nullable KubeletApiClient kubelet;
    private @Nullable Thread heartbeats;

    /**
     * Connects with the first request.
     *
     * @param kubeletCalls counts the requests that a kubelet makes
     */
    public AgentlessHost(HostIdentity host, URI apiServer, String caPem, LongAdder kubeletCalls)
            throws IOException, GeneralSecurityException {
        this.host = host;
        this.config = new Kubeconfig(apiServer, caPem, "");
        this.kubeletCalls = kubeletCalls;
        this.anonymous = KubeletApiClient.withToken(config, new LongAdder());
    }

    /** Reads cluster-info without a credential, and returns its data. */
    public Map<String, String> readClusterInfo() throws IOException, InterruptedException {
        Map<String, String> data = new HashMap<>();
        anonymous
                .get(CLUSTER_INFO)
                .created("read of cluster-info")
                .path("data")
                .properties()
                .forEach(entry -> data.put(entry.getKey(), entry.getValue().asText()));
        return data;
    }

    /** Creates the CSR with the token, and returns its name. */
    public String requestCertificate(BootstrapToken token) throws IOException, InterruptedException {
        certificateRequest(token).submit(key);
        return key.requestName();
    }

    /** Waits until the CSR is approved and signed, registers the Node with its Lease, reports it Ready, and sends heartbeats from then on. */
    public void register(BootstrapToken token) throws IOException, GeneralSecurityException, InterruptedException {
        String certificate = certificateRequest(token).await(key);
        anonymous.close();
        KubeletApiClient api = KubeletApiClient.withCertificate(config, certificate, kubeletCalls);
        kubelet = api;
        var node = new NodeRegistration(api, host, KubeletApiClient.JSON.createObjectNode(), Clock.systemUTC());
        node.register();
        node.reportReady();
        heartbeats = Thread.ofVirtual().name("kubelet-" + host.node()).start(() -> sendHeartbeats(node));
    }

    private void sendHeartbeats(NodeRegistration node) {
        try {
            while (true) {
                TimeUnit.SECONDS.sleep(SimulatedHost.HEARTBEAT.toSeconds());
                node.sendHeartbeat();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("the kubelet of {} ends: {}", host.node(), e.toString());
        }
    }

    private CertificateRequest certificateRequest(BootstrapToken token) {
        return new CertificateRequest(anonymous.bearing(token), host);
    }

    /** Ends its kubelet; the Node stays. */
    @Override
    public void close() {
        anonymous.close();
        if (heartbeats != null) {
            heartbeats.interrupt();
        }
        if (kubelet != null) {
            kubelet.close();
        }
    }
}
