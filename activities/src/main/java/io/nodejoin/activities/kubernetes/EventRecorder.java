package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import io.fabric8.kubernetes.api.model.events.v1.EventSeries;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.nodejoin.activities.RootCause;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.Sha256;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes Events ({@code events.k8s.io/v1}) on objects without a namespace, for {@code kubectl describe}. Of one object,
 * subject and reason there is one Event, which counts repetitions. Best effort: nothing waits for them, and a cluster that
 * does not take them, or takes them slowly, has fewer.
 */
public final class EventRecorder implements AutoCloseable {
    /** Events of objects without a namespace lie here. */
    private static final String NAMESPACE = "default";

    private static final String CONTROLLER = "nodejoin.io/nodejoin";
    private static final int MAX_CONCURRENT = 64;
    private static final int NAME_DIGEST = 16;
    private static final int MAX_OBJECT_NAME = 200;
    private static final int MAX_NOTE = 1_024;
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Logger LOG = LoggerFactory.getLogger(EventRecorder.class);

    private final ClusterClients clients;
    private final String instance;
    private final Semaphore free = new Semaphore(MAX_CONCURRENT);
    private final ExecutorService executor = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("events-", 0).factory());

    /** @param instance the name of this replica */
    public EventRecorder(ClusterClients clients, String instance) {
        this.clients = clients;
        this.instance = instance;
    }

    /**
     * What one Event says.
     *
     * @param join null if it is of no join that is known
     * @param warning whether its type is Warning rather than Normal
     * @param reason a word in CamelCase, which is stable: people and tools filter by it
     */
    public record Entry(
            ObjectReference regarding,
            @Nullable JoinId join,
            Instant time,
            boolean warning,
            String reason,
            String note) {
        public Entry {
            note = note.length() <= MAX_NOTE ? note : note.substring(0, MAX_NOTE - 1) + "…";
        }
    }

    /** Writes them in the background, in order, so that a reader sees them in order. Does not block, and does not fail. */
    public void write(ClusterName cluster, List<Entry> entries) {
        if (!entries.isEmpty() && free.tryAcquire()) {
            executor.execute(() -> {
                try {
                    entries.forEach(entry -> put(cluster, entry));
                } catch (RuntimeException e) { // an Event that is not told must not matter to anything
                    LOG.debug(
                            "Events on {} are left out: {}",
                            entries.getFirst().regarding().getName(),
                            RootCause.message(e));
                } finally {
                    free.release();
                }
            });
        }
    }

    private void put(ClusterName cluster, Entry entry) {
        KubernetesClient client = clients.client(cluster);
        Resource<Event> resource =
                client.events().v1().events().inNamespace(NAMESPACE).resource(build(entry));
        try {
            resource.create();
        } catch (KubernetesClientException e) {
            if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
                throw e;
            }
            countRepetition(client, resource.item().getMetadata().getName(), entry.time());
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

    private Event build(Entry entry) {
        String object = entry.regarding().getName();
        String subject =
                entry.join() == null ? entry.regarding().getUid() : entry.join().value();
        String digest = Sha256.hex(subject + entry.reason()).substring(0, NAME_DIGEST);
        EventBuilder event = new EventBuilder()
                .withNewMetadata()
                .withName(object.substring(0, Math.min(object.length(), MAX_OBJECT_NAME)) + "." + digest)
                .withNamespace(NAMESPACE)
                .endMetadata()
                .withEventTime(new MicroTime(MICROS.format(entry.time())))
                .withReportingController(CONTROLLER)
                .withReportingInstance(instance)
                .withAction(entry.reason())
                .withReason(entry.reason())
                .withType(entry.warning() ? "Warning" : "Normal")
                .withNote(entry.note())
                .withRegarding(entry.regarding());
        if (entry.join() != null) {
            event.editMetadata()
                    .addToLabels("nodejoin.io/join-id", entry.join().value())
                    .endMetadata();
        }
        return event.build();
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
