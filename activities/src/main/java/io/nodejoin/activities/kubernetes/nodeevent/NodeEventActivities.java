package io.nodejoin.activities.kubernetes.nodeevent;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventSeries;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.workflows.event.EventActivities;
import io.nodejoin.workflows.event.OutcomeEvent;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes through the delegate, then tells what happened in Events on the Node, for {@code kubectl describe node}. Of one
 * join and reason there is one Event, which counts repetitions. Best effort: nothing waits for them, and a cluster that does
 * not take them, or takes them slowly, has fewer.
 */
public final class NodeEventActivities implements EventActivities, AutoCloseable {
    /** Events of objects without a namespace lie here. */
    private static final String NAMESPACE = "default";

    private static final String CONTROLLER = "nodejoin.io/nodejoin";
    private static final int MAX_CONCURRENT = 64;
    private static final int NAME_DIGEST = 16;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Logger LOG = LoggerFactory.getLogger(NodeEventActivities.class);

    private final EventActivities events;
    private final ClusterClients clients;
    private final String instance;
    private final Semaphore free = new Semaphore(MAX_CONCURRENT);
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("node-events-", 0).factory());

    /** @param instance the name of this replica */
    public NodeEventActivities(EventActivities events, ClusterClients clients, String instance) {
        this.events = events;
        this.clients = clients;
        this.instance = instance;
    }

    @Override
    public void publish(List<OutcomeEvent> batch) {
        events.publish(batch);
        if (free.tryAcquire()) {
            executor.execute(() -> tell(batch));
        }
    }

    /** In order, so that a reader sees them in order. */
    private void tell(List<OutcomeEvent> batch) {
        try {
            for (OutcomeEvent outcome : batch) {
                NodeEvent.of(outcome.event()).ifPresent(event -> put(outcome, event));
            }
        } catch (RuntimeException e) { // an Event that is not told must not matter to anything
            LOG.debug(
                    "Events on the Node of {} are left out: {}",
                    batch.getFirst().node(),
                    RootCause.message(e));
        } finally {
            free.release();
        }
    }

    private void put(OutcomeEvent outcome, NodeEvent event) {
        KubernetesClient client = clients.client(outcome.cluster());
        Resource<Event> resource =
                client.events().v1().events().inNamespace(NAMESPACE).resource(build(outcome, event));
        try {
            resource.create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            countRepetition(client, resource.item().getMetadata().getName(), outcome.time());
        }
    }

    private static void countRepetition(KubernetesClient client, String name, Instant time) {
        Resource<Event> told =
                client.events().v1().events().inNamespace(NAMESPACE).withName(name);
        EventSeries before = told.require().getSeries();
        int count = before == null ? 2 : before.getCount() + 1;
        told.patch(
                PatchContext.of(PatchType.JSON_MERGE),
                "{\"series\":{\"count\":%d,\"lastObservedTime\":\"%s\"}}".formatted(count, MICROS.format(time)));
    }

    private Event build(OutcomeEvent outcome, NodeEvent event) {
        String node = outcome.node();
        String digest = Sha256.hex(event.join() + event.reason()).substring(0, NAME_DIGEST);
        return new EventBuilder()
                .withNewMetadata()
                .withName(node.substring(0, Math.min(node.length(), 200)) + "." + digest)
                .withNamespace(NAMESPACE)
                .addToLabels("nodejoin.io/join-id", event.join().value())
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(outcome.time())))
                .withReportingController(CONTROLLER)
                .withReportingInstance(instance)
                .withAction(event.reason())
                .withReason(event.reason())
                .withType(event.warning() ? "Warning" : "Normal")
                .withNote(event.note())
                .withNewRegarding()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .withUid(node) // as kubelets do, and kubectl describe looks for: a Node may not exist yet
                .endRegarding()
                .build();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
