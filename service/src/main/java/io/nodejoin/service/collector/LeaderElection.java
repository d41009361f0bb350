package io.nodejoin.service.collector;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfig;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaderElectionRecord;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import io.nodejoin.activities.EffectGuard;
import io.nodejoin.activities.RootCause;
import io.nodejoin.activities.SupervisedLoop;
import io.nodejoin.activities.audit.AuditEntry;
import io.nodejoin.activities.audit.AuditLog;
import io.nodejoin.activities.kubernetes.ManagedObjects;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Leader election per cluster by a Lease. Before each effect the Lease is read again, as a fencing check against a
 * process that was suspended.
 */
public final class LeaderElection implements EffectGuard {
    public static final String LEASE = "nodejoin-garbage-collector";

    private static final Logger LOG = LoggerFactory.getLogger(LeaderElection.class);
    /** An elector may fail silently, so one that neither renews nor leads is replaced. */
    private static final Duration MAX_ELECTOR_LIFE = Duration.ofMinutes(1);

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(3);

    private final Supplier<KubernetesClient> client;
    private final String identity;
    private final LeaseTimings timings;
    private final String cluster;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean leader;
    private volatile boolean auditFailed;

    /**
     * @param client client of the cluster; may throw while the cluster is unavailable
     * @param identity an identity that no other process has
     * @param cluster the cluster's name, for the log
     */
    public LeaderElection(Supplier<KubernetesClient> client, String identity, LeaseTimings timings, String cluster) {
        this.client = client;
        this.identity = identity;
        this.timings = timings;
        this.cluster = cluster;
        this.thread = Thread.ofVirtual().name("gc-lease-" + cluster).unstarted(this::run);
    }

    public void start() {
        thread.start();
    }

    /**
     * Releases the Lease, so that another replica becomes leader immediately; if that fails, once the Lease expires.
     */
    public void stop() throws InterruptedException {
        stopping.countDown();
        if (thread.isAlive() && !thread.join(STOP_TIMEOUT)) {
            LOG.info("the leader election of the garbage collector in {} does not stop in time", cluster);
        }
        leader = false;
    }

    public boolean isLeader() {
        return leader;
    }

    @Override
    public void beforeEffect(String effect) {
        LeaderElectionRecord latest = leader ? lock().get(client.get()) : null;
        if (latest == null || !identity.equals(latest.getHolderIdentity())) {
            throw new NotLeaderException(effect + " is not done in " + cluster + ": another replica is leader");
        }
    }

    /** Releases leadership if the audit log cannot be written: another replica's disk may work. */
    @Override
    public void recordEffect(AuditEntry effect, AuditLog audit) {
        beforeEffect(effect.action());
        try {
            audit.record(effect);
        } catch (RuntimeException e) {
            auditFailed = true;
            throw e;
        }
        beforeEffect(effect.action());
    }

    private void run() {
        try {
            while (stopping.getCount() > 0) {
                if (!SupervisedLoop.runIteration(
                        "the leader election of the garbage collector in " + cluster, this::runElector)) {
                    pause(timings.retryPeriod());
                }
            }
            releaseLease();
        } catch (InterruptedException _) {
            LOG.debug("interrupted");
        }
    }

    /** Runs one elector until it loses the Lease, does not acquire it for a while, or is stopped. */
    private void runElector() throws InterruptedException {
        CompletableFuture<?> elector;
        RenewalTrackingLock trackingLock = new RenewalTrackingLock(lock(), timings.leaseDuration(), System::nanoTime);
        try {
            elector = client.get()
                    .leaderElector()
                    .withConfig(config(trackingLock))
                    .build()
                    .start();
        } catch (RuntimeException e) { // an unavailable cluster is retried
            LOG.warn("the garbage collector cannot start its leader election in {}: {}", cluster, RootCause.message(e));
            pause(timings.leaseDuration());
            return;
        }
        try {
            long electorEnds = System.nanoTime() + MAX_ELECTOR_LIFE.toNanos();
            while (stopping.getCount() > 0
                    && !auditFailed
                    && !elector.isDone()
                    && (leader ? trackingLock.expiresAtNanos() : electorEnds) - System.nanoTime() > 0) {
                pause(timings.retryPeriod());
            }
        } finally {
            elector.cancel(true);
            leader = false;
        }
        if (auditFailed) {
            stepAside();
        }
        pause(timings.retryPeriod());
    }

    /** Waits long enough for another replica to acquire the Lease. */
    private void stepAside() throws InterruptedException {
        LOG.warn("this replica's garbage collector releases its Lease in {}: it cannot write its audit log", cluster);
        releaseLease();
        pause(timings.leaseDuration());
        auditFailed = false;
    }

    private void releaseLease() {
        try {
            Resource<Lease> resource =
                    client.get().leases().inNamespace(ManagedObjects.NAMESPACE).withName(LEASE);
            Lease lease = resource.get();
            if (lease != null && identity.equals(lease.getSpec().getHolderIdentity())) {
                resource.patch(PatchContext.of(PatchType.JSON_MERGE), withoutHolder(lease));
            }
        } catch (RuntimeException e) { // the stop does not wait for an unavailable cluster
            LOG.info(
                    "the garbage collector's Lease in {} is not released and expires: {}",
                    cluster,
                    RootCause.message(e));
        }
    }

    /** Preconditioned on the resourceVersion, so that it conflicts with any change since the read. */
    private static String withoutHolder(Lease lease) {
        return "{\"metadata\":{\"resourceVersion\":\"" + lease.getMetadata().getResourceVersion()
                + "\"},\"spec\":{\"holderIdentity\":null}}";
    }

    private void pause(Duration time) throws InterruptedException {
        if (stopping.await(time.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("stopped");
        }
    }

    private LeaderElectionConfig config(RenewalTrackingLock trackingLock) {
        return new LeaderElectionConfigBuilder()
                .withName("Nodejoin's garbage collector of " + cluster)
                .withLock(trackingLock)
                .withLeaseDuration(timings.leaseDuration())
                .withRenewDeadline(timings.renewDeadline())
                .withRetryPeriod(timings.retryPeriod())
                // The elector's release is a merge patch without the holder, which changes nothing: see releaseLease.
                .withReleaseOnCancel(false)
                .withLeaderCallbacks(new LeaderCallbacks(this::onStartLeading, this::onStopLeading, _ -> {}))
                .build();
    }

    /** A lock keeps the version that it read, so each user has its own. */
    private LeaseLock lock() {
        return new LeaseLock(ManagedObjects.NAMESPACE, LEASE, identity);
    }

    private void onStartLeading() {
        leader = true;
        LOG.info("this replica's garbage collector is leader in {}", cluster);
    }

    private void onStopLeading() {
        if (leader) {
            LOG.info("this replica's garbage collector is no longer leader in {}", cluster);
        }
        leader = false;
    }
}
