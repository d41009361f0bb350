package io.nodejoin.activities.kubernetes.csr;

import io.fabric8.kubernetes.api.model.certificates.v1.CertificateSigningRequest;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.Lasting;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ClusterClients;
import io.nodejoin.activities.kubernetes.ResourceHints;
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
 * Decides serving certificates for as long as the nodes of the inventory live: a kubelet renews its certificate long after
 * its join. Every replica of the service has one; whichever comes second finds the request decided.
 */
public final class ServingApprover {
    private static final Logger LOG = LoggerFactory.getLogger(ServingApprover.class);
    /** Nobody waits: a kubelet renews while its certificate has a fifth of its life left. */
    private static final Duration POLL = Duration.ofSeconds(30);

    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final ClusterClients clients;
    private final Set<ClusterName> clusters;
    private final AuditLog audit;
    private final Consumer<String> count;
    private final Duration pause;
    private final ResourceHints<CertificateSigningRequest> hints;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param count hears "approved" or "denied" of each decision that is made
     * @param pause between two tries after a failure
     */
    public ServingApprover(
            ClusterClients clients, Set<ClusterName> clusters, AuditLog audit, Consumer<String> count, Duration pause) {
        this.clients = clients;
        this.clusters = Set.copyOf(clusters);
        this.audit = audit;
        this.count = count;
        this.pause = pause;
        this.hints = RequestHints.to(ServingRules.SIGNER, clients, _ -> ServingRules.SIGNER);
    }

    /** Begins, whether the clusters can be reached by now or later. */
    public void start() {
        for (ClusterName cluster : clusters) {
            threads.add(Thread.ofVirtual().name("serving-approver-" + cluster).start(() -> run(cluster)));
        }
    }

    /** Ends all watching; a decision that is under way is made. */
    public void stop() throws InterruptedException {
        stopped.countDown();
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(CLOSE);
        }
        hints.close();
    }

    private void run(ClusterName cluster) {
        while (stopped.getCount() > 0) {
            try {
                watch(cluster);
            } catch (RuntimeException failure) { // whatever it is, it must not end the renewals of a whole cluster
                if (stopped.getCount() > 0) {
                    LOG.warn(
                            "serving certificates of {}: {}; going on in {}",
                            cluster,
                            RootCause.reason(failure),
                            pause);
                    pause();
                }
            } catch (Error failure) {
                Lasting.survive("deciding serving certificates of " + cluster, failure);
                pause();
            }
        }
    }

    private void watch(ClusterName cluster) {
        KubernetesClient client = clients.client(cluster);
        RequestBoard board = new RequestBoard(client, ServingRules.SIGNER);
        ServingDesk desk = new ServingDesk(
                new ServingEntries(cluster, client), new DecisionDesk(cluster, board, audit, _ -> {}), count);
        try (var hint = hints.on(cluster, ServingRules.SIGNER)) {
            desk.decideAll(board.all());
            while (stopped.getCount() > 0) {
                boolean changed = hint.await(POLL);
                desk.decideAll(changed ? hint.seen() : board.all());
            }
        }
    }

    private void pause() {
        try {
            boolean _ = stopped.await(pause.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
