package io.nodejoin.protocol.golden;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.ReasonClass;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.protocol.event.LifecycleEvent;
import io.nodejoin.protocol.event.LifecycleEventType;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** What the page of events says before it lists the types: a text, with records and values that are made from the code. */
final class EventsPage {
    private static final String SOURCE = "/fleet/fra-1";
    private static final String TIME = "2026-11-25T10:00:00Z";
    private static final Map<LifecycleEventType, String> IDS = Map.of(
            LifecycleEventType.JOIN_REQUESTED, "b7b1c3de-0001",
            LifecycleEventType.JOIN_CANCEL_REQUESTED, "b7b1c3de-0002",
            LifecycleEventType.LEAVE_REQUESTED, "b7b1c3de-0003",
            LifecycleEventType.MACHINE_OFFERED, "b7b1c3de-0004");

    private EventsPage() {}

    static String introduction() throws JsonProcessingException {
        return GoldenFiles.readResource("/reference/events.md")
                .replace("{{joinRecord}}", binary(LifecycleEventType.JOIN_REQUESTED))
                .replace("{{joinStructured}}", structured(LifecycleEventType.JOIN_REQUESTED))
                .replace("{{cancelRecord}}", binary(LifecycleEventType.JOIN_CANCEL_REQUESTED))
                .replace("{{leaveRecord}}", binary(LifecycleEventType.LEAVE_REQUESTED))
                .replace("{{offerRecord}}", binary(LifecycleEventType.MACHINE_OFFERED))
                .replace("{{phases}}", phases())
                .replace("{{classes}}", classes())
                .replace("{{profiles}}", profiles());
    }

    private static String binary(LifecycleEventType type) throws JsonProcessingException {
        String data = GoldenFiles.readEvent(type);
        String key = ((LifecycleEvent.Request) GoldenFiles.MAPPER.readValue(data, type.dataClass())).recordKey();
        return """
                ```
                key      %s
                headers  ce_specversion: 1.0
                         ce_type: %s
                         ce_source: %s
                         ce_id: %s
                         ce_time: %s
                         content-type: application/json
                value
                %s```""".formatted(key, type.cloudEventType(), SOURCE, IDS.get(type), TIME, data);
    }

    private static String structured(LifecycleEventType type) throws JsonProcessingException {
        ObjectNode event = GoldenFiles.MAPPER.createObjectNode();
        event.put("specversion", "1.0");
        event.put("type", type.cloudEventType());
        event.put("source", SOURCE);
        event.put("id", IDS.get(type));
        event.put("time", TIME);
        event.put("datacontenttype", "application/json");
        ObjectNode smallest = (ObjectNode) GoldenFiles.MAPPER.readTree(GoldenFiles.readEvent(type));
        event.set("data", smallest.retain("cluster", "nodeName", "enrollment"));
        ObjectWriter pretty = GoldenFiles.MAPPER.writer(SerializationFeature.INDENT_OUTPUT);
        return "```\nkey      fra-1/worker-7.fra.example\nheaders  content-type: application/cloudevents+json\nvalue\n"
                + pretty.writeValueAsString(event) + "\n```";
    }

    private static String phases() {
        return "| phase | meaning |\n|---|---|\n"
                + Arrays.stream(Phase.values())
                        .map(phase ->
                                "| `%s`%s | %s |".formatted(phase, phase.terminal() ? ", final" : "", meaning(phase)))
                        .collect(Collectors.joining("\n"));
    }

    private static String classes() {
        return "| class | meaning | what a sender does |\n|---|---|---|\n"
                + Arrays.stream(ReasonClass.values())
                        .map(reasonClass -> "| `%s` | %s |".formatted(json(reasonClass), meaning(reasonClass)))
                        .collect(Collectors.joining("\n"));
    }

    private static String profiles() {
        return "| profile | meaning |\n|---|---|\n"
                + Arrays.stream(HostProfile.values())
                        .map(profile -> "| `%s` | %s |".formatted(json(profile), meaning(profile)))
                        .collect(Collectors.joining("\n"));
    }

    private static String json(Enum<?> value) {
        return GoldenFiles.MAPPER.valueToTree(value).asText();
    }

    private static String meaning(Phase phase) {
        return switch (phase) {
            case Requested -> "the request is admitted; it waits for the machine's agent";
            case AgentConnected -> "the agent has shown the secret, and its key is bound to the join";
            case HostPrepared -> "the host is checked and prepared";
            case TokenIssued -> "the bootstrap token exists, sealed for the agent";
            case CertificateIssued -> "the kubelet's certificate is signed";
            case KubeletStarted -> "the kubelet runs";
            case NodeReady -> "the Node is Ready by this kubelet, with labels, taints and ready gates";
            case Compensating ->
                "the attempt has failed or the join is cancelled; its effects are being undone. Another"
                        + " attempt begins again at `AgentConnected`";
            case Cordoned -> "of a leave: the Node is unschedulable, its pods are being evicted";
            case Drained -> "of a leave: no pod is left; from here on the leave is not stopped";
            case Joined -> "the node has joined: `succeeded`";
            case Failed -> "the join is undone, or the leave has failed: `failed`";
            case Cancelled -> "the join was cancelled and is undone: `cancelled`";
            case Rejected -> "the request was not admitted: `rejected`";
            case Left -> "the node has left: `leave.succeeded`";
        };
    }

    private static String meaning(ReasonClass reasonClass) {
        return switch (reasonClass) {
            case CAPACITY -> "too much at once | request again after `retryAfter`, fewer at a time";
            case HOST_PREFLIGHT -> "the host is not fit | correct the image or replace the machine";
            case HOST_STEP -> "a step on the host failed | replace the machine if `replaceHost` says so";
            case NETWORK ->
                "host, gateway or API server do not reach each other | replace the machine; many at once are a"
                        + " fault of the network";
            case IDENTITY ->
                "somebody or something is not who it should be | do not repeat; replace the machine, have a"
                        + " person look";
            case CONTROL_PLANE ->
                "the cluster, or what Nodejoin runs on | other machines fail alike: slow down, request"
                        + " again after `retryAfter`";
            case TIMEOUT ->
                "it took too long | request again after `retryAfter`, with a later deadline if machines are" + " slow";
            case CANCELLED -> "it was cancelled | nothing";
            case REQUEST -> "the request itself | correct it, and send it with a new ID";
        };
    }

    private static String meaning(HostProfile profile) {
        return switch (profile) {
            case CONTAINERD -> "containerd, the default";
            case DOCKER -> "Docker beside containerd; the kubelet uses cri-dockerd where that is installed";
        };
    }
}
