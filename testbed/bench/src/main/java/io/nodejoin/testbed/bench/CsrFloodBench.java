package io.nodejoin.testbed.bench;

import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.kubernetes.KubeconfigClients;
import io.nodejoin.activities.kubernetes.csr.KubernetesCertificateActivities;
import io.nodejoin.activities.kubernetes.preparation.Accounts;
import io.nodejoin.activities.kubernetes.preparation.AdminCluster;
import io.nodejoin.activities.kubernetes.preparation.ClusterPreparation;
import io.nodejoin.activities.kubernetes.preparation.ServiceCredential;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.JoinId;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.discovery.TokenId;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.pki.ClientKey;
import io.nodejoin.workflows.csr.ApprovalMode;
import io.nodejoin.workflows.csr.CertificateResult;
import io.nodejoin.workflows.csr.CsrDecisionRequest;
import io.nodejoin.workflows.token.TokenRef;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Measures the approver on a real API server: how long a host waits for its approval while another token creates many
 * CSRs.
 */
final class CsrFloodBench implements AutoCloseable {
    private static final ClusterName CLUSTER = new ClusterName("testbed");
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final int WARM_UP = 30;
    private static final int QUIET_SAMPLES = 60;
    private static final int FLOODING_THREADS = 4;

    private final Consumer<String> progress;
    private final KubeconfigClients clients;
    private final KubernetesCertificateActivities adapter;
    private final CsrWorkflows workflows;
    private final CsrRequester hosts;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Map<String, Long> approvals = new ConcurrentHashMap<>();
    private int samples;

    /** @param bed with its control plane up */
    CsrFloodBench(TestBed bed, Consumer<String> progress) throws IOException {
        this.progress = progress;
        Path admin = bed.controlPlane().adminKubeconfig();
        Path credential = bed.directories().serviceCredential();
        try (AdminCluster cluster = AdminCluster.open(admin)) {
            new ClusterPreparation(cluster, ApprovalMode.NODEJOIN, Accounts.single, false).apply();
            new ServiceCredential(cluster, Accounts.Account.SERVICE, Clock.systemUTC(), Duration.ofHours(1))
                    .write(credential);
        }
        this.clients = new KubeconfigClients(Map.of(CLUSTER, credential));
        this.hosts = new CsrRequester(admin);
        this.adapter = new KubernetesCertificateActivities(clients, this::onAudit, _ -> {});
        this.workflows = new CsrWorkflows(bed.temporal().target(), adapter);
    }

    /** Runs the measurement. Call it once. */
    CsrFloodResult run(int pending, int junk, int perSecond) {
        for (int i = 0; i < pending; i++) {
            var _ = workflows.startDecision(newOrder("p", i));
        }
        progress.accept(pending + " joins wait");
        measureApprovals(() -> samples < WARM_UP);
        Samples quiet = measureApprovals(() -> samples < WARM_UP + QUIET_SAMPLES);
        CsrDecisionRequest thief = newOrder("x", 0);
        CompletableFuture<CertificateResult> caught = workflows.startDecision(thief);
        CompletableFuture<Void> flooding = flood(thief, junk, perSecond);
        Samples flood = measureApprovals(() -> !flooding.isDone());
        progress.accept(junk + " requests of one token are there: " + caught.join());
        CompletableFuture<Void> denying = workflows.startDenial(thief.token());
        Samples aftermath = measureApprovals(() -> !denying.isDone());
        denying.join();
        return new CsrFloodResult(pending, junk, perSecond, quiet, flood, aftermath);
    }

    private CompletableFuture<Void> flood(CsrDecisionRequest thief, int junk, int perSecond) {
        String request = ClientKey.newRequestFor(new NodeName("victim"));
        CountDownLatch left = new CountDownLatch(junk);
        ScheduledExecutorService lanes = Executors.newScheduledThreadPool(FLOODING_THREADS);
        for (int lane = 0; lane < FLOODING_THREADS; lane++) {
            Future<?> _ = lanes.scheduleAtFixedRate(
                    () -> {
                        hosts.createCsr(thief.token().tokenId(), request);
                        left.countDown();
                    },
                    0,
                    TimeUnit.SECONDS.toNanos(FLOODING_THREADS) / perSecond,
                    TimeUnit.NANOSECONDS);
        }
        return CompletableFuture.runAsync(
                () -> {
                    try {
                        left.await();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    } finally {
                        lanes.shutdownNow();
                    }
                },
                threads);
    }

    /** One honest host after the other. */
    private Samples measureApprovals(BooleanSupplier more) {
        List<Double> seconds = new ArrayList<>();
        do {
            seconds.add(measureApproval(newOrder("m", samples++)));
        } while (more.getAsBoolean());
        return new Samples(seconds);
    }

    private double measureApproval(CsrDecisionRequest order) {
        String request = ClientKey.newRequestFor(order.node());
        CompletableFuture<CertificateResult> decision = workflows.startDecision(order);
        long asked = System.nanoTime();
        hosts.createCsr(order.token().tokenId(), request);
        if (!(decision.join() instanceof CertificateResult.Issued)) {
            throw new IllegalStateException("an honest host got " + decision.join());
        }
        long approved =
                Objects.requireNonNull(approvals.get(order.token().joinId().value()), "an approval is audited");
        return (approved - asked) / 1e9;
    }

    private void onAudit(AuditEntry entry) {
        if (entry.action().equals("csr.approve")) {
            approvals.putIfAbsent(entry.join(), System.nanoTime());
        }
    }

    private static CsrDecisionRequest newOrder(String kind, int number) {
        String id = String.format(Locale.ROOT, "%s%05d", kind, number);
        Instant now = Instant.now();
        return new CsrDecisionRequest(
                new TokenRef(CLUSTER, JoinId.of("bench", id), new TokenId(id)),
                new NodeName("bench-" + id),
                ApprovalMode.NODEJOIN,
                null,
                null,
                now,
                now.plus(LIMIT),
                now.plus(LIMIT),
                null);
    }

    /** Ends the waiting joins with their process. */
    @Override
    public void close() {
        threads.shutdownNow();
        workflows.close();
        adapter.close();
        hosts.close();
        clients.close();
    }
}
