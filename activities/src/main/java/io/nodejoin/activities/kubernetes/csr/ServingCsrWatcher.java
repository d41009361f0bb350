package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.WatchTriggers;
import io.nodejoin.protocol.ClusterName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides serving CSRs for the whole life of a node, since a kubelet renews its certificate long after its join. Every
 * replica of the service runs one; the second to decide gets a conflict.
 */
public final class ServingCsrWatcher {
    private static final Logger LOG = LoggerFactory.getLogger(ServingCsrWatcher.class);
    /** Not urgent: a kubelet renews while a fifth of its certificate's life is left. */
    private static final Duration POLL_INTERVAL = Duration.ofSeconds(30);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final ClusterClients clients;
    private final Set<ClusterName> clusters;
    private final AuditLog audit;
    private final Consumer<String> decisionCounter;
    private final CsrDecisionListener listener;
    private final Duration retryDelay;
    private final WatchTriggers<CertificateSigningRequest> triggers;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param decisionCounter receives "approved" or "denied" for each decision
     * @param retryDelay delay between retries after a failure
     */
    public ServingCsrWatcher(
            ClusterClients clients,
            Set<ClusterName> clusters,
            AuditLog audit,
            Consumer<String> decisionCounter,
            CsrDecisionListener listener,
            Duration retryDelay) {
        this.listener = listener;
        this.clients = clients;
        this.clusters = Set.copyOf(clusters);
        this.audit = audit;
        this.decisionCounter = decisionCounter;
        this.retryDelay = retryDelay;
        this.triggers = CsrClient.watchTriggers(clients, ServingCsrPolicy.SIGNER, _ -> ServingCsrPolicy.SIGNER);
    }

    /** Starts watching, even if clusters are not reachable yet. */
    public void start() {
        for (ClusterName cluster : clusters) {
            threads.add(Thread.ofVirtual().name("serving-approver-" + cluster).start(() -> run(cluster)));
        }
    }

    /**
     * Stops watching. Aborts a decision in progress: if the API server has it already, it counts in no metric; if not, the next watcher decides.
     */
    public void stop() throws InterruptedException {
        stopped.countDown();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(STOP_TIMEOUT);
        }
        triggers.close();
    }

    private void run(ClusterName cluster) {
        while (stopped.getCount() > 0) {
            try {
                watch(cluster);
            } catch (RuntimeException failure) { // no failure may stop the renewals of a whole cluster
                if (stopped.getCount() > 0) {
                    LOG.warn(
                            "serving certificates of {}: {}; going on in {}",
                            cluster,
                            RootCause.message(failure),
                            retryDelay);
                    pause();
                }
            } catch (Error failure) {
                SupervisedLoop.logOrHalt("deciding serving certificates of " + cluster, failure);
                pause();
            }
        }
    }

    private void watch(ClusterName cluster) {
        KubernetesClient client = clients.client(cluster);
        CsrClient csrClient = new CsrClient(client, ServingCsrPolicy.SIGNER);
        ServingCsrController controller = new ServingCsrController(
                new ServingSansStore(cluster, client),
                new CsrDecisionWriter(cluster, csrClient, audit, _ -> {}, listener),
                decisionCounter);
        try (var trigger = triggers.subscribe(cluster, ServingCsrPolicy.SIGNER)) {
            controller.reconcile(csrClient.listAll());
            while (stopped.getCount() > 0) {
                boolean changed = trigger.await(POLL_INTERVAL);
                controller.reconcile(changed ? trigger.cached() : csrClient.listAll());
            }
        }
    }

    private void pause() {
        try {
            boolean _ = stopped.await(retryDelay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
