package io.nodejoin.testbed.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.stream.StreamSupport;

/** A node's own objects, written as {@code system:node:<name>}: Node, its status, its Lease. */
final class NodeRegistration {
    /** Kubernetes requires six fraction digits, even if they are zero. */
    private static final DateTimeFormatter MICRO_TIME =
            new DateTimeFormatterBuilder().appendInstant(6).toFormatter(Locale.ROOT);

    private static final String LEASES = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
    private static final int LEASE_SECONDS = 40;
    /** The {@code nodeStatusReportFrequency} of kubelets. */
    private static final Duration STATUS_INTERVAL = Duration.ofMinutes(5);

    private final KubeletApiClient api;
    private final HostIdentity host;
    private final JsonNode settings;
    private final Clock clock;
    private final Instant startedAt;
    private Instant reportedAt = Instant.MIN;

    NodeRegistration(KubeletApiClient api, HostIdentity host, JsonNode settings, Clock clock) {
        this.api = api;
        this.host = host;
        this.settings = settings;
        this.clock = clock;
        this.startedAt = clock.instant();
    }

    /** Creates the Node and its Lease. Objects that exist are taken over. */
    void register() throws IOException, InterruptedException {
        KubeletApiClient.Response answer = api.post("/api/v1/nodes", node());
        JsonNode node = answer.isConflict() ? adopt() : answer.created("registration of the node");
        createLease(node.at("/metadata/uid").asText());
    }

    private void createLease(String uid) throws IOException, InterruptedException {
        ObjectNode lease = KubeletApiClient.JSON.createObjectNode();
        lease.put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        ObjectNode metadata = lease.putObject("metadata").put("name", name());
        metadata.putArray("ownerReferences")
                .addObject()
                .put("apiVersion", "v1")
                .put("kind", "Node")
                .put("name", name())
                .put("uid", uid);
        lease.setAll(renewal());
        api.post(LEASES, lease).created("the node's lease");
    }

    /** Sets the labels that a kubelet gives each Node, and reports the status; other labels and taints stay. */
    private JsonNode adopt() throws IOException, InterruptedException {
        ObjectNode change = status("False", "KubeletNotReady");
        defaultLabels(change.putObject("metadata").putObject("labels"));
        return api.strategicPatch(path() + "/status", change).created("adoption of the node");
    }

    private void defaultLabels(ObjectNode labels) {
        labels.put("kubernetes.io/hostname", name())
                .put("kubernetes.io/os", "linux")
                .put("kubernetes.io/arch", "amd64");
    }

    /** Reports Ready. */
    void reportReady() throws IOException, InterruptedException {
        api.strategicPatch(path() + "/status", status("True", "KubeletReady")).created("status of the node");
        reportedAt = clock.instant();
    }

    /** Renews the Lease, and reports Ready again if the Node is not Ready or the last report is five minutes old. */
    void sendHeartbeat() throws IOException, InterruptedException {
        JsonNode node = api.get(path() + "?resourceVersion=0").created("read of the node");
        if (!isReady(node) || clock.instant().isAfter(reportedAt.plus(STATUS_INTERVAL))) {
            reportReady();
        }
        KubeletApiClient.Response renewed = api.mergePatch(LEASES + "/" + name(), renewal());
        if (renewed.isMissing()) {
            // Kubernetes deletes the Lease of an earlier Node.
            createLease(node.at("/metadata/uid").asText());
        } else {
            renewed.created("renewal of the node's lease");
        }
    }

    private static boolean isReady(JsonNode node) {
        return StreamSupport.stream(node.at("/status/conditions").spliterator(), false)
                .anyMatch(condition -> condition.path("type").asText().equals("Ready")
                        && condition.path("status").asText().equals("True"));
    }

    private String path() {
        return "/api/v1/nodes/" + name();
    }

    private ObjectNode node() {
        ObjectNode node = KubeletApiClient.JSON.createObjectNode();
        node.put("apiVersion", "v1").put("kind", "Node");
        defaultLabels(node.putObject("metadata").put("name", name()).putObject("labels"));
        ObjectNode spec = node.putObject("spec");
        if (settings.path("registerWithTaints") instanceof ArrayNode taints) {
            spec.set("taints", taints);
        }
        if (settings.path("providerID").isTextual()) {
            spec.set("providerID", settings.path("providerID"));
        }
        node.setAll(status("False", "KubeletNotReady"));
        return node;
    }

    private ObjectNode status(String ready, String reason) {
        ObjectNode body = KubeletApiClient.JSON.createObjectNode();
        ObjectNode status = body.putObject("status");
        ArrayNode addresses = status.putArray("addresses");
        addresses.addObject().put("type", "InternalIP").put("address", host.nodeIp());
        addresses.addObject().put("type", "Hostname").put("address", name());
        status.putObject("capacity").put("cpu", "2").put("memory", "2Gi").put("pods", "110");
        ArrayNode conditions = status.putArray("conditions");
        condition(conditions, "MemoryPressure", "False", "KubeletHasSufficientMemory");
        condition(conditions, "DiskPressure", "False", "KubeletHasNoDiskPressure");
        condition(conditions, "PIDPressure", "False", "KubeletHasSufficientPID");
        condition(conditions, "Ready", ready, reason);
        nodeInfo(status.putObject("nodeInfo"));
        return body;
    }

    private void condition(ArrayNode conditions, String type, String status, String reason) {
        conditions
                .addObject()
                .put("type", type)
                .put("status", status)
                .put("reason", reason)
                .put("message", reason)
                .put("lastHeartbeatTime", seconds(clock.instant()))
                .put("lastTransitionTime", seconds(startedAt));
    }

    private void nodeInfo(ObjectNode info) {
        info.put("machineID", host.machineId())
                .put("systemUUID", host.systemUuid())
                .put("bootID", host.systemUuid())
                .put("kernelVersion", System.getProperty("os.version"))
                .put("osImage", "simulated host")
                .put("containerRuntimeVersion", "simulated://1")
                .put("kubeletVersion", host.kubeletVersion())
                .put("kubeProxyVersion", "")
                .put("operatingSystem", "linux")
                .put("architecture", "amd64");
    }

    private ObjectNode renewal() {
        ObjectNode body = KubeletApiClient.JSON.createObjectNode();
        body.putObject("spec")
                .put("holderIdentity", name())
                .put("leaseDurationSeconds", LEASE_SECONDS)
                .put("renewTime", MICRO_TIME.format(clock.instant()));
        return body;
    }

    private String name() {
        return host.node().value();
    }

    private static String seconds(Instant instant) {
        return instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
